"""Where the process starts."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from orchestrator.cli.main import run  # noqa: PLC0415  --help must not wait for imports

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
