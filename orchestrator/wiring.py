"""Adapters put behind the ports: the one place that knows both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters import cache, machine
from orchestrator.adapters.aws.doors import AwsDoors, StateReader
from orchestrator.adapters.aws.inspector import AwsInspector
from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.baselines import KeptBaselines
from orchestrator.adapters.checkov.scanner import CheckovScanner
from orchestrator.adapters.folders import BuildFolders
from orchestrator.adapters.git import Git
from orchestrator.adapters.process import Processes
from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.reader import NoReader, ProviderReader
from orchestrator.adapters.runs import KeptRuns
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.providers import OwnProviders, Providers
from orchestrator.adapters.terraform.toolchain import Toolchain, toolchain
from orchestrator.model.machine import Need
from orchestrator.model.organization import Organization
from orchestrator.ports import Folders, History, Ports, Reader
from orchestrator.render.standards import arn


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


@dataclass(frozen=True, slots=True)
class Connected:
    """The ports, and how to ask everything that runs behind them to stop."""

    ports: Ports
    interrupt: Callable[[], None]


@contextmanager
def connect(
    places: Places,
    organization: Organization,
    env: Mapping[str, str],
    run_id: str,
    *,
    warm: bool = True,
) -> Iterator[Connected]:
    """The real adapters, for as long as a run lasts. Raises ToolMissing without Terraform.

    `warm`: Terraform is given provider processes that are kept between its runs.
    """
    processes = Processes()
    with (
        TemporaryDirectory(prefix="orchestrator-run-") as private,
        _providers(env, warm=warm) as providers,
    ):
        tools = toolchain(env, places.lock_file, Path(private), processes)
        keyring = Keyring(
            AwsSession(env, organization.facts.home_region),
            organization.facts,
            organization.management.id,
            run_id,
        )
        severities = places.policies / "severities.yaml"
        ports = Ports(
            folders(places.build),
            TerraformCli(tools.tool, processes, tools.environment, providers=providers),
            CheckovScanner(places.policies, severities, processes.run),
            AwsDoors(keyring, organization, {}),
            AwsInspector(keyring, organization, arn),
            _reader(providers, keyring, organization, tools),
            KeptBaselines(places.baselines),
            lambda: datetime.now(UTC),
        )
        yield Connected(ports, processes.interrupt_all)


@contextmanager
def _providers(env: Mapping[str, str], *, warm: bool) -> Iterator[Providers]:
    if not warm:
        yield OwnProviders()
        return
    gateway = ProviderGateway(cache.folder(env, "providers"))
    try:
        yield gateway
    finally:
        gateway.stop()


def _reader(
    providers: Providers, keyring: Keyring, organization: Organization, tools: Toolchain
) -> Reader:
    if not isinstance(providers, ProviderGateway):
        return NoReader()
    fetch = StateReader(keyring, organization).read
    return ProviderReader(providers, fetch, tools.tool, tools.environment)


def folders(build: Path) -> Folders:
    """Rendered roots below `build`."""
    return BuildFolders(build)


def runs(folder: Path) -> KeptRuns:
    """The runs kept in `folder`."""
    return KeptRuns(folder)


def history(root: Path, env: Mapping[str, str]) -> History:
    """The git history of the checkout at `root`."""
    return Git(root, env, Processes().run)


def examine(env: Mapping[str, str], root: Path) -> tuple[Need, ...]:
    """What this machine has of what a run needs."""
    return machine.examine(env, root, Processes())
