"""Logs from everywhere in one shape, and what can be asked of them. Nothing here writes to AWS."""
