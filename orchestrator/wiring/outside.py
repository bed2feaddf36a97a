"""What lies outside of a run: AWS without Terraform, people, git, logs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.adapters import cache
from orchestrator.adapters.aws import state
from orchestrator.adapters.aws.census import AwsCensus
from orchestrator.adapters.aws.findings import AwsFindings
from orchestrator.adapters.aws.inspector import AwsInspector
from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.git import Git
from orchestrator.adapters.process import Processes
from orchestrator.model.machine import Need
from orchestrator.model.organization import Organization
from orchestrator.ports import Census, History, Inspector, Purpose, Tickets
from orchestrator.render.standards import arn

if TYPE_CHECKING:
    from orchestrator.adapters.aws.operator import Operator
    from orchestrator.findings.events import Parsed
    from orchestrator.findings.matrix import Matrix
    from orchestrator.logs.lake.engine import Lake
from orchestrator.wiring.places import keyring


@dataclass(frozen=True, slots=True)
class Outlook:
    """AWS looked at without Terraform."""

    census: Census
    inspector: Inspector
    states: Callable[[], frozenset[tuple[str, str]]]
    """Account id and stack of every state there is."""


def outlook(organization: Organization, env: Mapping[str, str], run_id: str) -> Outlook:
    """What needs no provider, and nothing of the organization but its facts and roles."""
    facts, management = organization.facts, organization.management.id
    keyring = Keyring(AwsSession(env, facts.home_region), facts, management, run_id)
    return Outlook(
        AwsCensus(lambda: keyring.session(management, Purpose.PLAN)),
        AwsInspector(keyring, organization, arn),
        lambda: state.kept(keyring.runner(), facts.state.bucket),
    )


def operator(
    organization: Organization, env: Mapping[str, str], run_id: str, known: Matrix
) -> Operator:
    """The findings function, worked by hand. Raises UsageError if there is none, and AwsDenied."""
    from orchestrator.adapters.aws.operator import operator as made  # noqa: PLC0415  loads them all

    return made(keyring(organization, env, run_id), organization, env, known)


def failing(
    organization: Organization, env: Mapping[str, str], run_id: str, control: str
) -> tuple[Parsed, ...]:
    """What fails a control in the whole organization. Raises AwsDenied."""
    return AwsFindings(keyring(organization, env, run_id), organization).of(control)


def tickets(kind: str, where: str, folder: Path, env: Mapping[str, str], region: str) -> Tickets:
    """A way to tell people: 'github', 'sns' or 'webhook'. Secrets are read from `env` alone."""
    from orchestrator.adapters.tickets.github import PUBLIC, GitHubIssues  # noqa: PLC0415
    from orchestrator.adapters.tickets.kept import KeptTickets  # noqa: PLC0415
    from orchestrator.adapters.tickets.sending import by_sns, by_webhook  # noqa: PLC0415

    if kind == "github":
        return GitHubIssues(where, env["GITHUB_TOKEN"], env.get("GITHUB_API_URL", PUBLIC))
    send = (
        by_sns(AwsSession(env, region), where)
        if kind == "sns"
        else by_webhook(where, env["ORCHESTRATOR_WEBHOOK_SECRET"])
    )
    name = hashlib.sha256(f"{kind}:{where}".encode()).hexdigest()[:16]
    return KeptTickets(folder / f"{name}.json", send)


def survey(region: str, env: Mapping[str, str]) -> Census:
    """AWS Organizations with the caller's own credentials: before there is a configuration."""
    return AwsCensus(lambda: AwsSession(env, region))


def history(root: Path, env: Mapping[str, str]) -> History:
    """The git history of the checkout at `root`."""
    return Git(root, env, Processes().run)


def examine(env: Mapping[str, str], root: Path) -> tuple[Need, ...]:
    """What this machine has of what a run needs."""
    from orchestrator.adapters import machine  # noqa: PLC0415

    return machine.examine(env, root, Processes())


def lake(place: str, region: str, env: Mapping[str, str]) -> Lake:
    """The lake in a folder, or in a bucket as `s3://bucket/prefix`. Raises UsageError."""
    from orchestrator.adapters.lake.s3 import S3Objects  # noqa: PLC0415
    from orchestrator.logs.lake.objects import LocalObjects  # noqa: PLC0415
    from orchestrator.logs.lake.opening import opened  # noqa: PLC0415

    if not place.startswith("s3://"):
        return opened(LocalObjects(Path(place)), place)
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    session = AwsSession(env, region)
    return opened(S3Objects(session, bucket, prefix, cache.folder(env, "lake")), place)


def event_history(region: str, env: Mapping[str, str]) -> Lake:
    """CloudTrail's own event history of the caller's account."""
    from orchestrator.adapters.lake.lookup import LookupLake  # noqa: PLC0415

    return LookupLake(AwsSession(env, region), region)
