"""Adapters put behind the ports: the one place that knows both.

What takes its time to import is imported where it is used: a rollout does not wait for the lake's
engine, and the gateway is imported while Terraform is asked for its version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from orchestrator.adapters import cache, orphans, whole_file
from orchestrator.adapters import ground as grounds
from orchestrator.adapters.approvals import Approvals
from orchestrator.adapters.aws import state
from orchestrator.adapters.aws.archive import Archive
from orchestrator.adapters.aws.census import AwsCensus
from orchestrator.adapters.aws.doors import AwsDoors, StateReader
from orchestrator.adapters.aws.findings import AwsFindings
from orchestrator.adapters.aws.inspector import AwsInspector
from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.kms_approvals import CallersKeys, is_one
from orchestrator.adapters.aws.plan_bucket import StateBucketPlans
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.baselines import KeptBaselines
from orchestrator.adapters.capacity import MachineCapacity
from orchestrator.adapters.checkov.scanner import CheckovScanner
from orchestrator.adapters.folders import BuildFolders
from orchestrator.adapters.git import Git
from orchestrator.adapters.journal.copying import Copy
from orchestrator.adapters.journal.reading import this_process
from orchestrator.adapters.journal.runs import KeptRuns
from orchestrator.adapters.journal.writing import JournalFile
from orchestrator.adapters.locks.accounts import KeptOut, Whereabouts
from orchestrator.adapters.locks.bucket import LeaseBucket
from orchestrator.adapters.process import Processes
from orchestrator.adapters.sightings import KeptSightings
from orchestrator.adapters.stored_plans.files import StoredPlans
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.providers import OwnProviders, Providers
from orchestrator.adapters.terraform.toolchain import Toolchain, toolchain
from orchestrator.adapters.throttling import Throttling
from orchestrator.errors import ToolMissing, UsageError
from orchestrator.model.journal import Ground, Origin
from orchestrator.model.machine import Need
from orchestrator.model.organization import Organization
from orchestrator.ports import (
    Census,
    Folders,
    History,
    Inspector,
    KmsApprovals,
    PlanBucket,
    Ports,
    Purpose,
    Reader,
    Tickets,
)
from orchestrator.render.standards import arn

if TYPE_CHECKING:
    from orchestrator.adapters.aws.operator import Operator
    from orchestrator.findings.events import Parsed
    from orchestrator.findings.matrix import Matrix
    from orchestrator.logs.lake.engine import Lake


@dataclass(frozen=True, slots=True)
class Places:
    """The checkout, and where its roots are rendered."""

    root: Path
    build: Path

    @property
    def lock_file(self) -> Path:
        return self.root / "terraform" / ".terraform.lock.hcl"

    @property
    def policies(self) -> Path:
        return self.root / "policies"

    @property
    def baselines(self) -> Path:
        """Beside what is rendered: both are of this checkout's runs."""
        return self.build.parent / ".orchestrator" / "baselines"

    @property
    def locks(self) -> Path:
        return self.build.parent / ".orchestrator" / "locks"

    @property
    def sightings(self) -> Path:
        return self.build.parent / ".orchestrator" / "sightings"


@dataclass(frozen=True, slots=True)
class Connected:
    """The ports, and how to ask everything that runs behind them to stop."""

    ports: Ports
    interrupt: Callable[[], None]
    ground: Ground
    """What the run stands on besides its configuration."""
    archive: Copy | None
    """Where copies of journals are kept, if they are."""


@contextmanager
def connect(
    places: Places,
    organization: Organization,
    env: Mapping[str, str],
    run_id: str,
    *,
    warm: bool = True,
    earlier: frozenset[str] = frozenset(),
) -> Iterator[Connected]:
    """The real adapters, for as long as a run lasts. Raises ToolMissing without Terraform.

    `warm`: Terraform is given provider processes that are kept between its runs. `earlier` are the
    runs that this one takes up again.
    """
    processes = Processes()
    with (
        TemporaryDirectory(prefix="orchestrator-run-") as private,
        ThreadPoolExecutor(max_workers=1) as meanwhile,
    ):
        looking = meanwhile.submit(toolchain, env, places.lock_file, Path(private), processes)
        with _providers(env, warm=warm) as providers:
            tools = looking.result()
            orphans.awaited(places.build)
            means = _Means(places, organization, env, run_id, earlier, processes, providers, tools)
            ground = grounds.ground(tools.tool, places.lock_file, places.policies)
            try:
                yield Connected(_ports(means), processes.interrupt_all, ground, _archive(means))
            finally:
                processes.close()


@dataclass(frozen=True, slots=True)
class _Means:
    """All that adapters are made of."""

    places: Places
    organization: Organization
    env: Mapping[str, str]
    run_id: str
    earlier: frozenset[str]
    processes: Processes
    providers: Providers
    tools: Toolchain


def _ports(means: _Means) -> Ports:
    organization, places = means.organization, means.places
    facts, throttling = organization.facts, Throttling()
    caller = AwsSession(means.env, facts.home_region, throttling.hear)
    keyring = Keyring(caller, facts, organization.management.id, means.run_id)
    severities, capacity = places.policies / "severities.yaml", MachineCapacity(throttling)
    return Ports(
        folders(places.build),
        _terraform(means, throttling, capacity),
        CheckovScanner(places.policies, severities, means.processes.run),
        AwsDoors(keyring, organization, {}),
        AwsInspector(keyring, organization, arn),
        _reader(means.providers, keyring, organization, means.tools),
        KeptBaselines(places.baselines),
        _now,
        KeptSightings(places.sightings),
        capacity,
        AwsFindings(keyring, organization),
        _locks(means, keyring),
    )


def _archive(means: _Means) -> Copy | None:
    organization = means.organization
    if not organization.facts.state.journal:
        return None
    caller = AwsSession(means.env, organization.facts.home_region)
    keyring = Keyring(caller, organization.facts, organization.management.id, means.run_id)
    return Archive(keyring, organization)


def _terraform(means: _Means, throttling: Throttling, capacity: MachineCapacity) -> TerraformCli:
    tools = means.tools
    return TerraformCli(
        tools.tool,
        means.processes,
        tools.environment,
        providers=means.providers,
        throttled=throttling.gave_up,
        parallelism=capacity.parallelism,
    )


def _locks(means: _Means, keyring: Keyring) -> KeptOut:
    bucket = means.organization.facts.state.bucket
    who = Whereabouts(means.run_id, _now, means.places.build, means.earlier)
    return KeptOut(who, LeaseBucket(keyring.runner, bucket), means.places.locks)


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _providers(env: Mapping[str, str], *, warm: bool) -> Iterator[Providers]:
    if not warm:
        yield OwnProviders()
        return
    from orchestrator.adapters.provider.gateway import ProviderGateway  # noqa: PLC0415

    gateway = ProviderGateway(cache.folder(env, "providers"), applies=False)
    try:
        yield gateway
    finally:
        gateway.stop()


def _reader(
    providers: Providers, keyring: Keyring, organization: Organization, tools: Toolchain
) -> Reader:
    from orchestrator.adapters.provider.gateway import ProviderGateway  # noqa: PLC0415
    from orchestrator.adapters.provider.reader import NoReader, ProviderReader  # noqa: PLC0415

    if not isinstance(providers, ProviderGateway):
        return NoReader()
    fetch = StateReader(keyring, organization).read
    return ProviderReader(providers, fetch, tools.tool, tools.environment)


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

    return made(_keyring(organization, env, run_id), organization, env, known)


def failing(
    organization: Organization, env: Mapping[str, str], run_id: str, control: str
) -> tuple[Parsed, ...]:
    """What fails a control in the whole organization. Raises AwsDenied."""
    return AwsFindings(_keyring(organization, env, run_id), organization).of(control)


def _keyring(organization: Organization, env: Mapping[str, str], run_id: str) -> Keyring:
    facts = organization.facts
    return Keyring(AwsSession(env, facts.home_region), facts, organization.management.id, run_id)


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


def folders(build: Path) -> Folders:
    """Rendered roots below `build`."""
    return BuildFolders(build)


def runs(folder: Path) -> KeptRuns:
    """The runs kept in `folder`."""
    return KeptRuns(folder)


def journal(folder: Path, run_id: str, archive: Copy | None) -> JournalFile:
    """The journal of a run that begins."""
    return JournalFile(folder / f"{run_id}.journal", _now, archive)


def origin(root: Path, env: Mapping[str, str]) -> Origin:
    """Who runs this process, where, and from which commit."""
    try:
        revision = history(root, env).revisions("HEAD").before
    except (UsageError, ToolMissing):
        revision = ""
    return this_process(env.get("USER") or env.get("LOGNAME") or "", revision)


def approvals(folder: Path, env: Mapping[str, str]) -> Approvals:
    """The approvals kept in `folder`."""
    return Approvals(folder, env, Processes().run)


def by_kms(approval: str) -> bool:
    """Whether an approval is a KMS key's, and not an SSH key's."""
    return is_one(approval)


def kms_approvals(env: Mapping[str, str], region: str) -> KmsApprovals:
    """Approvals by KMS keys, with the caller's own credentials."""
    return CallersKeys(AwsSession(env, region))


def stored_plans(folder: Path) -> StoredPlans:
    """The plans kept in `folder`."""
    return StoredPlans(folder)


def plan_bucket(
    organization: Organization, env: Mapping[str, str], run_id: str
) -> PlanBucket | None:
    """The plans kept in the state bucket, None if none are to be kept there."""
    if not organization.facts.state.plans:
        return None
    return StateBucketPlans(_keyring(organization, env, run_id), organization)


def whole(file: Path, text: str) -> None:
    """Write a file whole or not at all, for its owner alone."""
    whole_file.write(file, text)


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
