"""`certify`: ask an AWS that may be thrown away for every behaviour we rely on, and record it."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from orchestrator import wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.certify.behaviour import Behaviour, Place, certify
from orchestrator.certify.behaviours import ALL
from orchestrator.certify.recordings import Answer, write
from orchestrator.certify.report import Certified, as_json, text
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.fleet import Fleet, FleetAccount

VIEWS = {"text": text, "json": as_json}
MANAGEMENT, MEMBER, ORGANIZATION, ROOT = "210000000001", "210000000002", "o-certified1", "r-cert"


class Asked:
    """An AWS, put into the words that certifying knows."""

    def __init__(self, aws: wiring.CertifiedAws, origin: str) -> None:
        self._aws, self.origin = aws, origin

    def names(self) -> Mapping[str, str]:
        return self._aws.names()

    def ask(
        self, place: Place, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Answer:
        in_member = place is Place.MEMBER
        code, message, content = self._aws.ask(in_member, service, operation, region, parameters)
        return Answer(code, message, content)


@click.command(name="certify", short_help="Compare a disposable AWS organization with the sandbox.")
@click.option("--disposable", required=True, help="Id of an organization that may be thrown away.")
@click.option(
    "--member", required=True, help="Id of a member account of it; things are made there."
)
@click.option("--region", required=True, help="Where they are made.")
@click.option(
    "--entry-role",
    default="OrganizationAccountAccessRole",
    show_default=True,
    help="Of the member.",
)
@click.option("--only", "pattern", default="*", help="Behaviours by id, such as 'sqs.*'.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a recording for each behaviour, without ids, into this folder.",
)
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.pass_obj
def certify_(
    project: Project,
    disposable: str,
    member: str,
    region: str,
    entry_role: str,
    pattern: str,
    folder: Path | None,
    view: str,
) -> int:
    """Ask AWS for every behaviour the product relies on, and the sandbox the same.

    Makes and removes roles, buckets, queues and the like in the member account, and an OU and a
    policy in the organization. Never where something is of value: the organization's id must be
    repeated, and no answer is kept that holds an id. The exit code is 0 only if AWS and the
    sandbox both answer as it is written.

    \b
    orchestrator certify --disposable o-exampleorg1 --member 111122223333 --region eu-west-1
    """
    behaviours = [each for each in ALL if fnmatchcase(each.id, pattern)]
    if not behaviours:
        known = ", ".join(sorted({each.service for each in ALL}))
        raise UsageError(f"no behaviour is called '{pattern}'", f"one of {known}, as in 'sqs.*'")
    origin = "sandbox" if project.sandboxed else "aws"
    aws = Asked(
        wiring.CertifiedAws(environment(project), region, disposable, member, entry_role), origin
    )
    with _sandbox(region) as sandbox:
        found = tuple(_compared(aws, sandbox, behaviours))
    if folder is not None:
        for each in found:
            write(folder, each.asked.recording)
    click.echo(VIEWS[view](found))
    return ExitCode.DONE if all(each.holds for each in found) else ExitCode.INCOMPLETE


def _compared(aws: Asked, sandbox: Asked, behaviours: list[Behaviour]) -> Iterator[Certified]:
    run = secrets.token_hex(3)
    ours, theirs = certify(aws, behaviours, run), certify(sandbox, behaviours, run)
    for asked, emulated in zip(ours, theirs, strict=True):
        click.echo(f"{asked.behaviour.id}: {asked.standing.value}", err=True)
        yield Certified(asked, emulated)


@contextmanager
def _sandbox(region: str) -> Iterator[Asked]:
    """One of our own, so that nothing stands in it that others have made."""
    accounts = tuple(
        FleetAccount(number, name, f"{name}@example.com", ROOT)
        for number, name in ((MANAGEMENT, "management"), (MEMBER, "member"))
    )
    fleet = Fleet(ORGANIZATION, ROOT, MANAGEMENT, region, (), accounts)
    with (
        tempfile.TemporaryDirectory(prefix="certify-") as home,
        lifecycle.running(Path(home), fleet) as running,
    ):
        role = "OrganizationAccountAccessRole"
        made = wiring.CertifiedAws(running.environment, region, ORGANIZATION, MEMBER, role)
        yield Asked(made, "sandbox")
