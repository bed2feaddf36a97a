"""What lies outside of a run: AWS without Terraform, people, git, logs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import assets
from orchestrator.adapters import account_locks, files
from orchestrator.adapters.aws import state
from orchestrator.adapters.aws.call_queue import SqsCalls
from orchestrator.adapters.aws.conformance import AwsConformance
from orchestrator.adapters.aws.findings import AwsFindings
from orchestrator.adapters.aws.hub_controls import ask as ask_hub
from orchestrator.adapters.aws.inventory import AwsInventory
from orchestrator.adapters.aws.offboarding import AwsLeftovers, StateBucketArchive
from orchestrator.adapters.aws.preflight import everything
from orchestrator.adapters.aws.preflight.probes import Wanted, in_the_management_account
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.state import AwsStateRepair
from orchestrator.adapters.git import Git, GitBranches
from orchestrator.adapters.process import Processes
from orchestrator.adapters.tickets import NotifiedEvents
from orchestrator.model import drift
from orchestrator.model.hub_controls import Answered
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Check, Need, Readiness
from orchestrator.model.survey import Survey
from orchestrator.ports import (
    Branches,
    CallQueue,
    Conformance,
    Existing,
    Forge,
    History,
    Inventory,
    Leftovers,
    Purpose,
    StateArchive,
    StateRepair,
    Tickets,
)
from orchestrator.render.contexts import Footing, footing
from orchestrator.render.organization_policies import policies_of
from orchestrator.wiring.places import credential_cache

if TYPE_CHECKING:
    from orchestrator.adapters.aws.finding_import import FindingImport
    from orchestrator.adapters.aws.operator import Operator
    from orchestrator.findings.events import Parsed
    from orchestrator.findings.matrix import Matrix
    from orchestrator.logs.auto_enable import AutoEnable
    from orchestrator.logs.lake.question import Lake
    from orchestrator.logs.siem.setup import Target
    from orchestrator.model.exposures import RemediationTarget


@dataclass(frozen=True, slots=True)
class Outlook:
    """AWS looked at without Terraform."""

    inventory: Inventory
    conformance: Conformance
    states: Callable[[], frozenset[tuple[str, str]]]
    """Account id and stack of every state there is."""


def outlook(organization: Organization, env: Mapping[str, str], run_id: str) -> Outlook:
    """What needs no provider, and nothing of the organization but its facts and roles."""
    facts, management = organization.facts, organization.management.id
    keys = credential_cache(organization, env, run_id)
    return Outlook(
        AwsInventory(lambda: keys.session(management, Purpose.PLAN)),
        AwsConformance(keys, organization, policies_of),
        lambda: state.kept(keys.start(), facts.state.bucket),
    )


def signed_in(organization: Organization, env: Mapping[str, str], run_id: str) -> None:
    """Raises AwsDenied for who has no credentials at all: once, not for each stack."""
    credential_cache(organization, env, run_id).caller.credentials()


def may_change(organization: Organization, env: Mapping[str, str], run_id: str) -> None:
    """To be asked before a run is started that changes accounts.

    Raises UsageError for the reader role, and AwsDenied for who cannot be the runner role.
    """
    credential_cache(organization, env, run_id).changing()


def existing(organization: Organization, env: Mapping[str, str], run_id: str) -> Existing:
    """What accounts have of that which plans mean to create."""
    from orchestrator.adapters.aws.imports import AwsExisting  # noqa: PLC0415

    return AwsExisting(credential_cache(organization, env, run_id))


def leftovers(organization: Organization, env: Mapping[str, str], run_id: str) -> Leftovers:
    """What accounts leave behind in AWS."""
    return AwsLeftovers(credential_cache(organization, env, run_id), organization)


def state_archive(organization: Organization, env: Mapping[str, str], run_id: str) -> StateArchive:
    """The states of accounts that have gone."""
    made = credential_cache(organization, env, run_id)
    return StateBucketArchive(made, organization.facts.state.bucket)


def state_repair(
    organization: Organization, env: Mapping[str, str], run_id: str, build: Path
) -> StateRepair:
    """States, put right by hand."""
    bucket = organization.facts.state.bucket
    keys = credential_cache(organization, env, run_id)
    return AwsStateRepair(keys, bucket, build, account_locks.place(), account_locks.alive)


def operator(
    organization: Organization, env: Mapping[str, str], run_id: str, known: Matrix
) -> Operator:
    """The findings function, worked by hand. Raises UsageError if there is none, and AwsDenied."""
    from orchestrator.adapters.aws.operator import operator as made  # noqa: PLC0415  loads them all

    return made(credential_cache(organization, env, run_id), organization, env, known)


def failing(
    organization: Organization, env: Mapping[str, str], run_id: str, control: str
) -> tuple[Parsed, ...]:
    """What fails a control in the whole organization. Raises AwsDenied."""
    return AwsFindings(credential_cache(organization, env, run_id), organization).of(control)


def all_findings(
    organization: Organization, env: Mapping[str, str], run_id: str
) -> Iterator[Parsed]:
    """Every control's findings in the whole organization, one after the other. Raises AwsDenied."""
    return AwsFindings(credential_cache(organization, env, run_id), organization).all()


def finding_import(
    organization: Organization, env: Mapping[str, str], run_id: str, region: str
) -> FindingImport:
    """Security Hub of every account, for findings of our own. Raises UsageError for the reader."""
    from orchestrator.adapters.aws.finding_import import FindingImport  # noqa: PLC0415

    cache = credential_cache(organization, env, run_id)
    cache.changing()
    return FindingImport(cache, region or organization.facts.home_region)


def remediation_targets(
    organization: Organization, env: Mapping[str, str], run_id: str
) -> tuple[RemediationTarget, ...] | None:
    """What closes exposures; None where the unified Security Hub is off. Raises AwsDenied."""
    cache = credential_cache(organization, env, run_id)
    return AwsFindings(cache, organization).remediation_targets()


def unwatched(
    organization: Organization, env: Mapping[str, str], run_id: str
) -> Mapping[AccountId, tuple[str, ...]]:
    """By account, what no security service watches there. Raises AwsDenied."""
    return AwsFindings(credential_cache(organization, env, run_id), organization).unwatched()


def tickets(kind: str, where: str, folder: Path, env: Mapping[str, str], region: str) -> Tickets:
    """A way to tell people: 'github', 'sns' or 'webhook'. Secrets are read from `env` alone."""
    from orchestrator.adapters.tickets import (  # noqa: PLC0415
        PUBLIC,
        GitHubIssues,
        KeptTickets,
        by_sns,
        by_webhook,
    )

    if kind == "github":
        return GitHubIssues(where, env["GITHUB_TOKEN"], env.get("GITHUB_API_URL", PUBLIC))
    send = (
        by_sns(AwsSession(env, region), where)
        if kind == "sns"
        else by_webhook(where, env["ORCHESTRATOR_WEBHOOK_SECRET"])
    )
    return KeptTickets(folder / f"{_target(kind, where)}.json", send)


def notified_events(kind: str, where: str, folder: Path) -> NotifiedEvents:
    """Which calls this target was told of."""
    return NotifiedEvents(folder / f"{_target(kind, where)}-events.json")


def _target(kind: str, where: str) -> str:
    return hashlib.sha256(f"{kind}:{where}".encode()).hexdigest()[:16]


def call_queue(organization: Organization, env: Mapping[str, str], run_id: str) -> CallQueue:
    """The calls that accounts forward."""
    return SqsCalls(credential_cache(organization, env, run_id), organization, drift.QUEUE)


def forge(kind: str, env: Mapping[str, str]) -> Forge:
    """'github' or 'gitlab', for a job that runs there. Raises UsageError."""
    from orchestrator.adapters.forges import GitHub, GitLab  # noqa: PLC0415

    return GitHub(env) if kind == "github" else GitLab(env)


def identity(env: Mapping[str, str], audience: str) -> str:
    """A token that says which job of GitHub Actions this is. Raises NotTold, UsageError."""
    from orchestrator.adapters.forges import github  # noqa: PLC0415

    return github(env, audience)


def survey(region: str, env: Mapping[str, str]) -> Inventory:
    """AWS Organizations with the caller's own credentials: before there is a configuration."""
    return AwsInventory(lambda: AwsSession(env, region))


def look(
    regions: Sequence[str], role: str, most: int, now: datetime, env: Mapping[str, str]
) -> Survey:
    """An organization as the caller's own credentials show it. Raises AwsDenied without any."""
    from orchestrator.adapters.aws.survey import Surveyor  # noqa: PLC0415

    home = regions[0] if regions else env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION", "")
    home = home or "us-east-1"
    return Surveyor(AwsSession(env, home), home, role, most).look(regions, now)


def survey_policy() -> Mapping[str, object]:
    """An IAM policy that is enough for `look`."""
    from orchestrator.adapters.aws.survey import policy  # noqa: PLC0415

    return policy()


def hub_controls(region: str, env: Mapping[str, str]) -> Answered:
    """The controls that the hub of the caller's own account knows. Raises AwsDenied."""
    return ask_hub(AwsSession(env, region))


def history(root: Path, env: Mapping[str, str]) -> History:
    """The git history of the checkout at `root`."""
    return Git(root, env, Processes().run)


def branches(root: Path, env: Mapping[str, str]) -> Branches:
    """The branches of the checkout at `root`."""
    return GitBranches(Git(root, env, Processes().run))


def examine(env: Mapping[str, str], root: Path) -> tuple[Need, ...]:
    """What this machine has of what a run needs."""
    from orchestrator.adapters import machine  # noqa: PLC0415

    needs = machine.examine(env, assets.of(root).lock_file, Processes())
    pinned = assets.project(root)
    if not pinned.versions:
        return needs
    wrong = {what: v for what, v in versions(env, root).items() if not pinned.allows(what, v)}
    said = ", ".join(f"{what} {pinned.versions[what]}, here {v}" for what, v in wrong.items())
    if not wrong:
        return (*needs, Need("project", Readiness.OK, "these are the versions it is made with"))
    fix = "install those, or move the project: orchestrator upgrade"
    return (*needs, Need("project", Readiness.MISSING, f"it is made with {said}", fix))


def versions(env: Mapping[str, str], root: Path) -> Mapping[str, str]:
    """What the project at `root` would be planned with on this machine."""
    from orchestrator.adapters import machine  # noqa: PLC0415

    return machine.versions(env, assets.of(root).lock_file, Processes())


def lake(place: str, region: str, env: Mapping[str, str]) -> Lake:
    """The lake in a folder, or in a bucket as `s3://bucket/prefix`. Raises UsageError."""
    from orchestrator.adapters.lake.athena import S3Objects  # noqa: PLC0415
    from orchestrator.logs.lake.engine import opened  # noqa: PLC0415
    from orchestrator.logs.lake.objects import LocalObjects  # noqa: PLC0415

    if not place.startswith("s3://"):
        return opened(LocalObjects(Path(place)), place)
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    session = AwsSession(env, region)
    return opened(S3Objects(session, bucket, prefix, files.folder(env, "lake")), place)


def auto_enable(region: str, env: Mapping[str, str]) -> AutoEnable:
    """Security Lake's settings for new accounts, asked as the caller."""
    from orchestrator.adapters.lake.lookup import LakeAutoEnable  # noqa: PLC0415

    return LakeAutoEnable(AwsSession(env, region))


def process_pool(count: int) -> Executor:
    """So many processes of this program, to share work. The caller shuts it down."""
    from orchestrator.adapters.process_pool import process_pool  # noqa: PLC0415

    return process_pool(count)


def siem(url: str, region: str, service: str, env: Mapping[str, str]) -> Target:
    """The domain or collection at `url`, asked as the caller. Raises UsageError."""
    from orchestrator.adapters.lake.opensearch import Place, SignedTarget  # noqa: PLC0415

    return SignedTarget(Place(url, region, service), AwsSession(env, region).credentials)


def preflight(
    organization: Organization, env: Mapping[str, str], accounts: Sequence[Account]
) -> tuple[Check, ...]:
    """Every check, with the caller's own credentials. Raises AwsDenied for who has none."""
    caller = AwsSession(env, organization.facts.home_region)
    caller.credentials()
    return everything(caller, organization, _wanted(footing(organization)), accounts)


def preflight_policy(organization: Organization) -> Mapping[str, object]:
    """An IAM policy that is enough for it in the management account."""
    return in_the_management_account(organization.facts.access.entry_role)


def _wanted(made: Footing) -> Wanted:
    return Wanted(made.trusted, made.delegated, made.service_roles, made.regions, made.hubs)
