"""What a run is made of: the ports, for as long as it lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters import files, machine, process_guard
from orchestrator.adapters.account_locks import KeptOut, Whereabouts
from orchestrator.adapters.aws.conformance import AwsConformance
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.findings import AwsFindings
from orchestrator.adapters.aws.leases import LeaseBucket
from orchestrator.adapters.aws.organization_policies import AwsPolicies
from orchestrator.adapters.aws.run_copies import Archive
from orchestrator.adapters.aws.sessions import AwsSessions, StateReader
from orchestrator.adapters.capacity import MachineCapacity, Throttling
from orchestrator.adapters.checkov.environment import Checkov, Environment
from orchestrator.adapters.checkov.scanner import CheckovScanner, merged
from orchestrator.adapters.journal.runs import Copy
from orchestrator.adapters.policied import PolicyTerraform
from orchestrator.adapters.private_folders import remove_abandoned
from orchestrator.adapters.process import Processes
from orchestrator.adapters.records import KeptBaselines, KeptSightings
from orchestrator.adapters.terraform import packages
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.toolchain import OwnProviders, Providers, Toolchain, toolchain
from orchestrator.assets import Assets, project
from orchestrator.errors import ToolMissing
from orchestrator.model.events import ToolVersions
from orchestrator.model.organization import Organization
from orchestrator.ports import Ports, Reader
from orchestrator.render.organization_policies import policies_of
from orchestrator.wiring.places import Places, credential_cache, now
from orchestrator.wiring.records import folders


@dataclass(frozen=True, slots=True)
class Connected:
    """The ports, and how to ask everything that runs behind them to stop."""

    ports: Ports
    interrupt: Callable[[], None]
    tool_versions: ToolVersions
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
) -> Iterator[Connected]:
    """The real adapters, for as long as a run lasts. Raises ToolMissing without Terraform or
    checkov; the first run on a machine downloads them.

    `warm`: Terraform is given provider processes that are kept between its runs.
    """
    processes = Processes()
    with (
        TemporaryDirectory(prefix="orchestrator-run-") as private,
        ThreadPoolExecutor(max_workers=1) as meanwhile,
    ):
        product = places.assets
        lock, policies = product.lock_file, _policies(product, places.build)
        looking = meanwhile.submit(toolchain, env, lock, Path(private), processes)
        with _providers(env, warm=warm) as providers:
            tools = looking.result()
            if not places.trial:
                _check_versions(places.root, tools, lock)
            checkov = Environment(env, processes).ensure()
            process_guard.awaited(places.build)
            remove_abandoned()
            means = _Means(
                places,
                policies,
                organization,
                env,
                run_id,
                processes,
                providers,
                tools,
                checkov,
            )
            tool_versions = machine.tool_versions(tools.tool, lock, policies)
            try:
                yield Connected(
                    _ports(means), processes.interrupt_all, tool_versions, _archive(means)
                )
            finally:
                processes.close()


@dataclass(frozen=True, slots=True)
class _Means:
    """All that adapters are made of."""

    places: Places
    policies: Path
    organization: Organization
    env: Mapping[str, str]
    run_id: str
    processes: Processes
    providers: Providers
    tools: Toolchain
    checkov: Checkov


def _check_versions(root: Path, tools: Toolchain, lock: Path) -> None:
    """Raises ToolMissing if the project is made with other versions than there are."""
    pinned = project(root)
    locked = packages.read_lock(lock.read_text("utf-8")) if lock.is_file() else None
    if not pinned.allows("terraform", str(tools.tool.version)):
        raise ToolMissing(
            f"this project is made with Terraform {pinned.versions['terraform']}, and {tools.tool} "
            "is another version",
            "install it, name it in ORCHESTRATOR_TERRAFORM, or change versions.terraform in "
            "orchestrator.toml",
        )
    if locked and not pinned.allows("provider", str(locked.version)):
        raise ToolMissing(
            f"this project is made with provider {pinned.versions['provider']}, and {lock} names "
            f"{locked.version}",
            "see what it would change, orchestrator upgrade; or keep the other one's lock file in "
            "overrides/terraform/.terraform.lock.hcl",
        )


def _policies(product: Assets, build: Path) -> Path:
    """The product's, or those with a project's own among them."""
    own = product.overrides
    if not own.checks and own.severities is None:
        return product.policies
    return merged(product.policies, own.checks, own.severities, build / "_policies")


def _ports(means: _Means) -> Ports:
    organization, places = means.organization, means.places
    throttling = Throttling()
    keys = credential_cache(organization, means.env, means.run_id, throttling.hear)
    severities, capacity = means.policies / "severities.yaml", MachineCapacity(throttling)
    return Ports(
        folders(places.build),
        _terraform(means, throttling, capacity, keys),
        CheckovScanner(means.checkov.python, means.policies, severities, means.processes.run),
        AwsSessions(keys, organization, {}),
        AwsConformance(keys, organization, policies_of),
        _reader(means.providers, keys, organization, means.tools),
        KeptBaselines(places.baselines),
        now,
        KeptSightings(places.sightings),
        capacity,
        AwsFindings(keys, organization),
        _locks(means, keys),
    )


def _archive(means: _Means) -> Copy | None:
    organization = means.organization
    if not organization.facts.state.journal:
        return None
    return Archive(credential_cache(organization, means.env, means.run_id), organization)


def _terraform(
    means: _Means, throttling: Throttling, capacity: MachineCapacity, keys: CredentialCache
) -> PolicyTerraform:
    tools = means.tools
    cli = TerraformCli(
        tools.tool,
        means.processes,
        tools.environment,
        providers=means.providers,
        throttled=throttling.gave_up,
        parallelism=capacity.parallelism,
    )
    policies = AwsPolicies(keys.session, means.organization)
    return PolicyTerraform(cli, policies, means.processes.refuse)


def _locks(means: _Means, credential_cache: CredentialCache) -> KeptOut:
    bucket = means.organization.facts.state.bucket
    who = Whereabouts(means.run_id, means.places.build)
    leases = LeaseBucket(credential_cache.runner, bucket)
    return KeptOut(who, leases, means.places.locks, means.processes)


@contextmanager
def _providers(env: Mapping[str, str], *, warm: bool) -> Iterator[Providers]:
    if not warm:
        yield OwnProviders()
        return
    from orchestrator.adapters.provider.gateway import ProviderGateway  # noqa: PLC0415

    gateway = ProviderGateway(files.folder(env, "providers"), applies=False)
    try:
        yield gateway
    finally:
        gateway.stop()


def _reader(
    providers: Providers,
    credential_cache: CredentialCache,
    organization: Organization,
    tools: Toolchain,
) -> Reader:
    from orchestrator.adapters.provider.gateway import ProviderGateway  # noqa: PLC0415
    from orchestrator.adapters.provider.reader import NoReader, ProviderReader  # noqa: PLC0415

    if not isinstance(providers, ProviderGateway):
        return NoReader()
    fetch = StateReader(credential_cache, organization).read
    return ProviderReader(providers, fetch, tools.tool, tools.environment)
