"""Values for tests, complete by default: a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from orchestrator.model.drift import Baseline, Reading, Tools
from orchestrator.model.facts import Access, Facts, LogArchive, SpecialAccounts, State
from orchestrator.model.names import AccountId, OuPath, StackKey, StackName
from orchestrator.model.organization import Account, Organization, Unit
from orchestrator.model.plan import Action, Change, Plan, Rendering, Violation
from orchestrator.model.settings import Gate, Settings, Severity
from orchestrator.model.waves import Wave
from orchestrator.stages.jobs import Job

DIGEST = "d" * 64


def settings(gate: Gate | None = None) -> Settings:
    return Settings(
        team="platform-security",
        regions={"ap-northeast-1": True, "us-east-1": True},
        gate=gate or Gate(),
    )


def an_account(number: int = 6, name: str = "orders", gate: Gate | None = None) -> Account:
    return Account(
        id=AccountId(f"2{number:011}"),
        name=name,
        email=f"aws+{name}@example.com",
        ou=OuPath("Workloads"),
        settings=settings(gate),
        decisions={},
    )


def a_key(account: Account | None = None, stack: StackName = StackName.ACCOUNT) -> StackKey:
    account = account or an_account()
    return StackKey(account.id, account.name, stack)


def a_job(
    account: Account | None = None, stack: StackName = StackName.ACCOUNT, makes_roles: bool = False
) -> Job:
    account = account or an_account()
    key = a_key(account, stack)
    return Job(key, account, Rendering(key, (("main.tf", "# nothing\n"),), DIGEST), makes_roles)


def a_change(
    action: Action = Action.CREATE, address: str = "aws_s3_bucket.logs", type_: str = ""
) -> Change:
    return Change(address, type_ or address.rpartition(".")[0].rpartition(".")[2], action)


def a_plan(*changes: Change, key: StackKey | None = None, drift: tuple[Change, ...] = ()) -> Plan:
    folder = Path("build")
    return Plan(
        key or a_key(), folder, folder / "plan.tfplan", folder / "plan.json", DIGEST, changes, drift
    )


def a_reading(
    resources: Mapping[str, str] | None = None,
    serial: int = 3,
    unsettled: tuple[str, ...] = (),
    outside: tuple[str, ...] = (),
) -> Reading:
    digests = {"aws_s3_bucket.logs": DIGEST} if resources is None else resources
    return Reading("a-lineage", serial, Tools("1.11.4", "h1:p"), digests, unsettled, outside)


def a_baseline(reading: Reading | None = None, exact_at: datetime | None = None) -> Baseline:
    rendering = a_job().rendering
    return Baseline(
        rendering.key,
        rendering.digest,
        sha256().hexdigest(),
        reading or a_reading(),
        exact_at or datetime(2026, 6, 1, tzinfo=UTC),
    )


def a_violation(check: str = "CKV_AWS_18", severity: Severity | None = Severity.HIGH) -> Violation:
    return Violation(check, "aws_s3_bucket.logs", "access logging is off", severity)


def an_organization(
    accounts: tuple[Account, ...] = (), waves: Mapping[str, tuple[Account, ...]] | None = None
) -> Organization:
    special = tuple(
        an_account(number, name)
        for number, name in enumerate(("management", "security", "log-archive"), start=1)
    )
    everyone = special + accounts
    named = waves or {"everyone": everyone}
    return Organization(
        facts=Facts(
            name="example",
            id="o-exampleorg1",
            root_id="r-ex01",
            home_region="ap-northeast-1",
            accounts=SpecialAccounts(
                management="management", security="security", log_archive="log-archive"
            ),
            state=State(bucket="example-terraform-state"),
            access=Access(external_id="example-orchestrator"),
            log_archive=LogArchive(bucket_prefix="example-logs"),
        ),
        units=(Unit(OuPath(""), "r-ex01", settings(), {}),),
        accounts=everyone,
        teams={},
        waves={name: Wave() for name in named},
        wave_of={account.id: name for name, members in named.items() for account in members},
        exceptions={},
    )
