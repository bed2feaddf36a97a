"""`approve`: sign the stored plans of a run."""

from __future__ import annotations

import os
from pathlib import Path

import click

from orchestrator import wiring
from orchestrator.cli.naming import named
from orchestrator.cli.project import Project
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode


@click.command(short_help="Sign the stored plans of a run.")
@click.argument("run")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    required=True,
    help="An SSH private key, or the public key of one that your SSH agent holds.",
)
@click.pass_obj
def approve(project: Project, run: str, key: Path) -> int:
    """Sign what RUN of `plan --out` has kept, as one of organization.approval.signers.

    The signature is over the digest of its manifest, and so over every plan. Talks to nobody.

    \b
    orchestrator approve last --key ~/.ssh/id_ed25519
    """
    if not key.is_file():
        raise UsageError(f"there is no key '{key}'", "name an SSH key with --key")
    plans = wiring.stored_plans(project.plans)
    manifest, digest = plans.manifest(named(run, plans.runs()))
    file = wiring.approvals(project.approvals, os.environ).sign(manifest.run, digest, key)
    count = len(manifest.stacks)
    click.echo(f"{file}: {count} {'stack' if count == 1 else 'stacks'}, manifest {digest}")
    return ExitCode.DONE
