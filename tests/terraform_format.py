"""Says which Terraform files are not as `terraform fmt` writes them.

python -m tests.terraform_format [--fix]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.terraform.toolchain import terraform

ROOT = Path(__file__).parents[1]
FOLDERS = ("modules", "terraform", "tests")


def main(fix: bool) -> int:
    """Run `terraform fmt` over the project's folders, and return its exit code."""
    processes = Processes()
    program = terraform(os.environ, processes).path
    wanted = () if fix else ("-check", "-diff")
    argv = (str(program), "fmt", "-recursive", *wanted, *FOLDERS)
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    ran = processes.run(Command(argv, ROOT, env, timeout=60))
    sys.stdout.write(ran.stdout)
    sys.stderr.write(ran.stderr)
    return ran.code


if __name__ == "__main__":
    sys.exit(main("--fix" in sys.argv[1:]))
