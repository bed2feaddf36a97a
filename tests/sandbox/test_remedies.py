"""What a message tells people to run, run: in the situation, and it helps."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from orchestrator import config
from orchestrator.adapters.aws.sessions import AwsSessions
from orchestrator.adapters.process import Completed, Ending
from orchestrator.adapters.terraform.diagnostics import explain
from orchestrator.cli import main as cli
from orchestrator.errors import StateDamaged, Transient
from orchestrator.model import dates
from orchestrator.model.inventory import compared
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.wiring.places import credential_cache
from tests.sandbox.calls import until

ROOT = Path(__file__).parents[2]
LOCK = "11111111-2222-3333-4444-555555555555"
CREATED = "2026-01-01 00:00:00.123456789 +0000 UTC"
INFO = {"ID": LOCK, "Who": "alice@laptop", "Created": "2026-01-01T00:00:00.123456789Z"}
STATE = {"version": 4, "serial": 7, "lineage": "a-lineage", "outputs": {}, "resources": []}
LOCKED = f"""
Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error StatusCode: 412
Lock Info:
  ID:        {LOCK}
  Path:      example/200000000010/account/terraform.tfstate
  Operation: OperationTypeApply
  Who:       alice@laptop
  Version:   1.11.4
  Created:   {CREATED}
  Info:
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Bench:
    """A project of its own, whose sandbox has a state bucket and the runner role, and no more."""

    folder: Path

    def run(self, command: str) -> Ended:
        """A command as it was printed: 'orchestrator state unlock …'."""
        words = shlex.split(command.removeprefix("orchestrator "))
        where = ["--project", str(self.folder), "--work", str(self.folder)]
        out, err = StringIO(), StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.run([*where, "--sandbox", *words])
        return Ended(code, out.getvalue(), err.getvalue())

    @property
    def sandbox(self) -> Sandbox:
        home = self.folder / ".sandbox"
        running = lifecycle.status(home)
        assert running is not None
        return Sandbox(running.port, running.environment, home)

    @property
    def organization(self) -> Organization:
        return config.load(self.folder / "account_configs", dates.today())

    @property
    def sessions(self) -> AwsSessions:
        keys = credential_cache(self.organization, self.sandbox.environment, "test")
        return AwsSessions(keys, self.organization, {})

    @property
    def orders(self) -> StackKey:
        account = self.organization.named("orders-dev")
        return StackKey(account.id, account.name, StackName.ACCOUNT)

    def put(self, name: str, body: str) -> None:
        bucket = self.organization.facts.state.bucket
        self.sandbox.client("s3").put_object(Bucket=bucket, Key=name, Body=body.encode())

    def get(self, name: str) -> bytes | None:
        bucket, s3 = self.organization.facts.state.bucket, self.sandbox.client("s3")
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=name).get("Contents", [])
        if not any(each["Key"] == name for each in listed):
            return None
        body: bytes = s3.get_object(Bucket=bucket, Key=name)["Body"].read()
        return body


def printed(text: str) -> str:
    """The command in a remedy."""
    found = re.search(r"orchestrator [a-z][^;,`'\n]*", text)
    assert found, text
    return found[0].strip()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("remedies")
    shutil.copytree(ROOT / "account_configs", folder / "account_configs")
    made = Bench(folder)
    nothing = made.run("orchestrator coverage")
    assert "no sandbox is running" in nothing.stderr
    started = made.run(printed(nothing.stderr))
    assert started.returncode == 0, started.stderr
    _furnish(made)
    yield made
    made.run("orchestrator sandbox stop")


def _furnish(bench: Bench) -> None:
    facts, sandbox = bench.organization.facts, bench.sandbox
    s3, iam = sandbox.client("s3"), sandbox.client("iam")
    where = {"CreateBucketConfiguration": {"LocationConstraint": facts.home_region}}
    s3.create_bucket(Bucket=facts.state.bucket, **where)
    versioned = {"Status": "Enabled"}
    s3.put_bucket_versioning(Bucket=facts.state.bucket, VersioningConfiguration=versioned)
    home = bench.organization.management.id
    for role in (facts.access.runner_role, facts.access.plan_role):
        trust = {"Effect": "Allow", "Action": "sts:*", "Principal": {"AWS": home}}
        iam.create_role(
            RoleName=role,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
        )
        arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
        _seen(sandbox, f"arn:aws:iam::{home}:role/{role}")


def _seen(sandbox: Sandbox, role: str) -> None:
    """Wait until IAM shows everywhere what it has taken, as one does who makes roles by hand."""
    sts = sandbox.client("sts")

    def let_in() -> bool:
        with contextlib.suppress(ClientError):
            sts.assume_role(RoleArn=role, RoleSessionName="seen")
            return True
        return False

    until(let_in, f"{role} cannot be assumed", 60)


def test_a_lock_that_nobody_holds_any_more_is_removed(bench: Bench) -> None:
    lock = f"{bench.orders.state_key}.tflock"
    bench.put(lock, json.dumps(INFO))
    argv, folder = ("terraform", "apply"), Path("/project/.build/orders-dev/account")
    refusal = explain(Completed(argv, 1, "", LOCKED, 0.0, 0.0, Ending.EXITED), folder, {})

    other = bench.run(printed(refusal.fix).replace("1111", "9999", 1))
    held = bench.get(lock)
    done = bench.run(printed(refusal.fix))

    assert refusal.transient is Transient.LOCKED
    assert refusal.holder == " by alice@laptop since 2026-01-01 00:00:00"
    assert (other.returncode, held is not None) == (2, True)
    assert "alice@laptop" in other.stderr
    assert done.returncode == 0, done.stderr
    assert bench.get(lock) is None


@pytest.mark.parametrize("damage", ["not json", "", "[]", '{"version": 4}'])
def test_a_state_that_is_none_is_put_back(bench: Bench, damage: str) -> None:
    key = bench.orders
    bench.put(key.state_key, json.dumps(STATE))
    bench.put(key.state_key, damage)

    with pytest.raises(StateDamaged, match=r"s3://\S+/terraform.tfstate is not a") as damaged:
        bench.sessions.roles_made(key)
    done = bench.run(printed(damaged.value.fix))

    assert "its last good version is of" in damaged.value.fix
    assert done.returncode == 0, done.stderr
    assert bench.sessions.state_of(key) == "a-lineage:7"
    listed = bench.run("orchestrator state versions orders-dev/account")
    assert "serial 7" in listed.stdout
    assert "no state" in listed.stdout


def test_a_moved_account_and_a_closed_one_are_brought_in_order(bench: Bench) -> None:
    organizations = bench.sandbox.client("organizations")
    moved, closed = (bench.organization.named(n) for n in ("payments-dev", "sandbox-analytics"))
    prod = next(unit for unit in bench.organization.units if unit.path == "Workloads/Prod")
    old = organizations.list_parents(ChildId=moved.id)["Parents"][0]["Id"]
    organizations.move_account(AccountId=moved.id, SourceParentId=old, DestinationParentId=prod.id)
    organizations.close_account(AccountId=closed.id)

    from orchestrator import wiring  # noqa: PLC0415

    stamp = f"{datetime.now(UTC):%H%M%S}"
    outlook = wiring.outlook(bench.organization, bench.sandbox.environment, stamp)
    found = compared(bench.organization, outlook.inventory.members())
    vended = bench.run(printed(found.moved[moved.id]))
    offboarded = bench.run(printed(found.closed[closed.id]))

    assert vended.returncode == 0, vended.stderr
    assert bench.organization.named(moved.name).ou == "Workloads/Prod"
    assert offboarded.returncode == 0, offboarded.stderr
    assert "sandbox-analytics" in offboarded.stdout
