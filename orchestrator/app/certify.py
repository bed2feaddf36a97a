"""`certify`: ask an AWS that may be thrown away for every behaviour we rely on, and record it."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from orchestrator import wiring
from orchestrator.app.project import Project, Say
from orchestrator.app.session import environment
from orchestrator.certify.behaviour import Behaviour, Place
from orchestrator.certify.behaviour import certify as ask_all
from orchestrator.certify.behaviours import ALL
from orchestrator.certify.recordings import Answer, write
from orchestrator.certify.report import Certified
from orchestrator.errors import UsageError
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.fleet import Fleet, FleetAccount

MANAGEMENT, MEMBER, ORGANIZATION, ROOT = "210000000001", "210000000002", "o-certified1", "r-cert"


class NamedAws:
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


def certify(
    project: Project,
    disposable: str,
    member: str,
    region: str,
    entry_role: str,
    pattern: str,
    folder: Path | None,
) -> tuple[Certified, ...]:
    """Ask AWS for the behaviours whose ids match `pattern`, and a sandbox the same.

    A recording of each is written into `folder`. Raises UsageError, AwsDenied.
    """
    behaviours = [each for each in ALL if fnmatchcase(each.id, pattern)]
    if not behaviours:
        known = ", ".join(sorted({each.service for each in ALL}))
        raise UsageError(f"no behaviour is called '{pattern}'", f"one of {known}, as in 'sqs.*'")
    made = wiring.CertifiedAws(environment(project), region, disposable, member, entry_role)
    aws = NamedAws(made, "sandbox" if project.sandboxed else "aws")
    with _sandbox(region) as sandbox:
        found = tuple(_compared(aws, sandbox, behaviours, project.say))
    if folder is not None:
        for each in found:
            write(folder, each.asked.recording)
    return found


def _compared(
    aws: NamedAws, sandbox: NamedAws, behaviours: Sequence[Behaviour], say: Say
) -> Iterator[Certified]:
    run = secrets.token_hex(3)
    ours, theirs = ask_all(aws, behaviours, run), ask_all(sandbox, behaviours, run)
    for asked, emulated in zip(ours, theirs, strict=True):
        say(f"{asked.behaviour.id}: {asked.standing.value}")
        yield Certified(asked, emulated)


@contextmanager
def _sandbox(region: str) -> Iterator[NamedAws]:
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
        yield NamedAws(made, "sandbox")
