"""`approve`: sign the stored plans of a run."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.app.stored import shelf
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode


@click.command(short_help="Sign the stored plans of a run.")
@click.argument("run")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="An SSH private key, or the public key of one that your SSH agent holds.",
)
@click.option("--kms", metavar="ARN", default="", help="A KMS key for signing.")
@click.pass_obj
def approve(project: Project, run: str, key: Path | None, kms: str) -> int:
    """Sign what RUN of `plan --out` has kept, as one of organization.approval.

    The signature is over the digest of its manifest, and so over every plan. Nothing is asked of
    AWS, unless with --kms, or where organization.state.plans keeps the plans in the state bucket.

    \b
    orchestrator approve last --key ~/.ssh/id_ed25519
    """
    _check(key, kms)
    organization = config.load(project.configs, dates.today())
    kept = shelf(project, organization, environment(project), "approve")
    manifest, digest = kept.manifest(kept.run(run))
    file = kept.approve(manifest.run, digest, key, kms)
    count = len(manifest.stacks)
    click.echo(f"{file}: {count} {'stack' if count == 1 else 'stacks'}, manifest {digest}")
    return ExitCode.DONE


def _check(key: Path | None, kms: str) -> None:
    if bool(key) == bool(kms):
        raise UsageError("an approval is signed by one key", "name one: --key FILE, or --kms ARN")
    if key and not key.is_file():
        raise UsageError(f"there is no key '{key}'", "name an SSH key with --key")
    if kms and kms.split(":")[2:3] != ["kms"]:
        raise UsageError(f"'{kms}' is not the ARN of a KMS key", "write it as arn:aws:kms:…:key/…")
