"""Many accounts over few processes, with crashes and cancels: everything in its own account."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.pool import Limits
from orchestrator.adapters.terraform.toolchain import Work
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.fleet import Fleet, FleetAccount
from tests.contract.provider.roots import Machine, Root
from tests.contract.provider.topics import Refused, Topics, configuration
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, OTHER_REGION, ROOT
from tests.unit.adapters.provider.workshop import Connection, connected

pytestmark = [pytest.mark.long, pytest.mark.terraform]

ACCOUNTS = tuple(f"3{number:011d}" for number in range(1, 51))
REGIONS = HOME_REGION, OTHER_REGION
STEPS, PROCESSES, THREADS, NAMES = 10_000, 4, 5, 24
"""The names are the same in every account, so that a mix-up cannot hide behind a name."""

CRASH, CANCEL, STOP = 0.01, 0.01, 0.005
"""How often, per step, one kind of accident happens."""

Place = tuple[str, str]


def a_large_fleet() -> Fleet:
    ids = (MANAGEMENT, *ACCOUNTS)
    accounts = tuple(FleetAccount(id_, f"a{id_}", f"{id_}@example.com", ROOT) for id_ in ids)
    return Fleet("o-exampleorg1", ROOT, MANAGEMENT, HOME_REGION, (), accounts)


@dataclass
class Coverage:
    """What was done, as those who did it saw it."""

    counts: Counter[str] = field(default_factory=Counter)
    made: dict[Place, set[str]] = field(default_factory=dict)
    tried: dict[Place, set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def steps(self) -> int:
        return sum(self.counts[step] for step in ("configure", "create", "read"))

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def note(self, notes: dict[Place, set[str]], place: Place, name: str) -> None:
        with self.lock:
            notes.setdefault(place, set()).add(name)


@dataclass
class Visitor:
    """Does as Terraform does, for one account after the other, and has accidents."""

    gateway: ProviderGateway
    roots: Mapping[str, Root]
    coverage: Coverage
    chance: random.Random

    def work(self) -> None:
        while self.coverage.steps < STEPS:
            account = self.chance.choice(ACCOUNTS)
            root = self.roots[account]
            env = {**root.machine.tools.environment, **root.env}
            with self.gateway.serve(root.folder, env, Work()) as served:
                self._visit(served, account)

    def _visit(self, env: Mapping[str, str], account: str) -> None:
        """Both regions at once, each through a connection of its own, until an accident."""
        with connected(env) as one, connected(env) as other:
            try:
                ways = {
                    region: self._enter(connection, account, region)
                    for region, connection in zip(REGIONS, (one, other), strict=True)
                }
                for _ in range(self.chance.randint(2, 12)):
                    region = self.chance.choice(REGIONS)
                    self._step(ways[region], (account, region))
            except grpc.RpcError:
                self.coverage.count("broken off")
            except Refused as error:
                if "context canceled" not in str(error):
                    raise
                self.coverage.count("broken off")

    def _enter(self, connection: Connection, account: str, region: str) -> Topics:
        self.coverage.count("configure")
        config = configuration(
            connection.ask("GetSchema"),
            region=region,
            profile=account,
            allowed_account_ids=[account],
        )
        assert connection.configure(**config) == []
        return Topics(connection)

    def _step(self, topics: Topics, place: Place) -> None:
        self._accident(topics, place)
        account, region = place
        name = f"t{self.chance.randrange(NAMES)}"
        if name in self.coverage.made.get(place, ()):
            self.coverage.count("read")
            found = topics.read(arn(place, name))
        else:
            self.coverage.count("create")
            self.coverage.note(self.coverage.tried, place, name)
            found = topics.create(name, f"of {account} in {region}")
            self.coverage.note(self.coverage.made, place, name)
        assert found
        assert found["arn"] == arn(place, name)
        assert found["display_name"] == f"of {account} in {region}"

    def _accident(self, topics: Topics, place: Place) -> None:
        what = self.chance.random()
        if what < CRASH:
            self.coverage.count("crash")
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(self.chance.choice(self.gateway.processes()), signal.SIGKILL)
        elif what < CRASH + CANCEL:
            self.coverage.count("cancel")
            name = f"t{self.chance.randrange(NAMES)}"
            self.coverage.note(self.coverage.tried, place, name)
            topics.create(name, f"of {place[0]} in {place[1]}", timeout=0.004)
        elif what < CRASH + CANCEL + STOP:
            self.coverage.count("stop")
            topics.connection.ask("Stop")


def arn(place: Place, name: str) -> str:
    return f"arn:aws:sns:{place[1]}:{place[0]}:{name}"


def there(sandbox: Sandbox, place: Place) -> dict[str, str]:
    """Every topic of an account and region, with what its display name says."""
    sns = sandbox.client("sns", place[0], region=place[1])
    found = {}
    for topic in sns.list_topics()["Topics"]:
        attributes = sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
        found[topic["TopicArn"].rpartition(":")[2]] = attributes["DisplayName"]
    return found


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path / "sandbox", a_large_fleet()) as running:
        yield running


@pytest.fixture
def roots(tmp_path: Path, sandbox: Sandbox) -> Mapping[str, Root]:
    """One folder, initialised once: what differs between accounts is their credentials."""
    machine = Machine.of(tmp_path / "private", sandbox)
    roots = {account: Root(tmp_path / account, sandbox, machine, account) for account in ACCOUNTS}
    first = roots[ACCOUNTS[0]]
    first.declare('resource "aws_sns_topic" "this" {}\n')
    first.terraform().init(first.folder, first.env)
    for root in roots.values():
        root.folder = first.folder
    return roots


def test_every_resource_is_in_its_own_account_whatever_happens(
    tmp_path: Path, sandbox: Sandbox, roots: Mapping[str, Root]
) -> None:
    coverage = Coverage()
    gateway = ProviderGateway(tmp_path / "cache", Limits(PROCESSES, uses=40))
    try:
        chances = (random.Random(number) for number in range(THREADS))  # noqa: S311 - repeatable
        visitors = [Visitor(gateway, roots, coverage, chance) for chance in chances]
        with ThreadPoolExecutor(THREADS) as threads:
            for done in [threads.submit(visitor.work) for visitor in visitors]:
                done.result()
        left = len(gateway.processes())
    finally:
        gateway.stop()

    sys.stdout.write(f"{coverage.steps} steps: {dict(coverage.counts)}\n")
    for place in ((account, region) for account in ACCOUNTS for region in REGIONS):
        found, made = there(sandbox, place), coverage.made.get(place, set())
        # A topic is named first and described afterwards: one that was broken off says nothing.
        silent = {name for name in set(found) - made if not found[name]}
        assert {found[name] for name in set(found) - silent} <= {f"of {place[0]} in {place[1]}"}
        assert made <= set(found) <= coverage.tried.get(place, set())
    assert min(coverage.counts[accident] for accident in ("crash", "cancel", "stop")) > 0
    assert left <= PROCESSES + 1
