"""The journals of runs: JSON lines that are only ever appended to."""
