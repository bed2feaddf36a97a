"""What a remediation needs around it in a sandbox: the function's side, and the member account.

The function's role is in the security account and enters the member's role with its external id, as
`modules/finding_router` and `modules/remediation_role` make them. The member has the account id
and the region that the builders of the unit tests write into their resources.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from botocore.config import Config

from orchestrator.findings import environment
from orchestrator.findings import matrix as matrices
from orchestrator.findings.environment import Settings, patient
from orchestrator.findings.events import IMPORTED, parse
from orchestrator.findings.finding import Finding
from orchestrator.findings.parts import Parts
from orchestrator.findings.progress import Message
from orchestrator.findings.remediation import Aws, Remediation
from orchestrator.findings.router import Router
from orchestrator.findings.sessions import Clients, RoleSessions, suffix
from orchestrator.render.permissions import Statement, pack, statements
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.fleet import Fleet, FleetAccount
from tests.sandbox.calls import a_role, a_trust_policy
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, SECURITY, a_fleet
from tests.unit.findings.a_world import a_document, an_asff
from tests.unit.findings.services.recording import PLACE

FUNCTION, MEMBER, EXTERNAL_ID = "orchestrator-findings", "orchestrator-remediation", "example"
BUCKET, TABLE, SWITCH = "orchestrator-before", MEMBER, "/orchestrator/remediation/switch"
ROLE_ARNS = tuple(f"arn:aws:iam::{PLACE.account}:role/{MEMBER}{of}" for of in ("", "-2"))
PRODUCT = f"arn:aws:securityhub:{PLACE.region}::product/aws/securityhub"

FUNCTION_MAY: Mapping[str, tuple[str, ...]] = {
    f"arn:aws:dynamodb:{HOME_REGION}:{SECURITY}:table/{TABLE}": (
        *("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
        "dynamodb:TransactWriteItems",
    ),
    f"arn:aws:s3:::{BUCKET}/*": ("s3:GetObject", "s3:PutObject"),
    f"arn:aws:ssm:{HOME_REGION}:{SECURITY}:parameter{SWITCH}": ("ssm:GetParameter",),
    f"arn:aws:sns:{HOME_REGION}:{SECURITY}:orchestrator-team-*": ("sns:Publish",),
    f"arn:aws:iam::*:role/{MEMBER}*": ("sts:AssumeRole",),
    "*": ("securityhub:BatchUpdateFindings",),
}
"""What the function's role may do, by resource."""


def fleet() -> Fleet:
    """The usual one, and the account that remediations run in."""
    one = FleetAccount(PLACE.account, "repaired", "aws+repaired@example.com", "ou-ex01-dev00000")
    usual = a_fleet()
    return replace(usual, accounts=(*usual.accounts, one))


@contextmanager
def a_sandbox(home: Path) -> Iterator[Sandbox]:
    with lifecycle.running(
        home, fleet(), lifecycle.Settings(journal_bytes=2**30, delays=("*=0",))
    ) as sandbox:
        yield sandbox


@dataclass(frozen=True, slots=True)
class Through:
    """A session in the home region whose clients talk to the sandbox, however they are made."""

    sandbox: Sandbox
    session: Any

    def client(self, service: str, *, config: Config, **given: Any) -> Any:
        proxied = config.merge(Config(proxies={"http": self.sandbox.environment["HTTP_PROXY"]}))
        endpoint = self.sandbox.environment["AWS_ENDPOINT_URL"]
        placed = {"region_name": HOME_REGION, "endpoint_url": endpoint, **given}
        return self.session.client(service, config=proxied, **placed)


@dataclass
class Workshop:
    """An organization with one empty account, and the function's parts for one remediation."""

    sandbox: Sandbox
    owner: Aws
    """The account's own administrator."""
    parts: Parts
    sessions: RoleSessions
    policies: tuple[str, ...]
    """Of the member's role."""
    since: int
    """Where its requests begin in the log."""

    def look(self, remediation: Remediation) -> Aws:
        """The account as the function sees it before it may change anything."""
        return self.sessions.open(PLACE, remediation.reads, "look")

    def imported(self, control: str, arn: str, resource_type: str) -> Finding:
        """The finding on its way: imported in the member account, read as the administrator."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        base = f"arn:aws:securityhub:{PLACE.region}:{PLACE.account}"
        found = an_asff(
            Id=f"{base}:security-control/{control}/finding/{uuid5(NAMESPACE_URL, arn)}",
            ProductArn=PRODUCT,
            AwsAccountId=PLACE.account,
            Region=PLACE.region,
            GeneratorId=f"security-control/{control}",
            CreatedAt=moment,
            UpdatedAt=moment,
            Types=["Software and Configuration Checks"],
            Resources=[{"Type": resource_type, "Id": arn, "Region": PLACE.region}],
            Compliance={"Status": "FAILED", "SecurityControlId": control},
        )
        taken = ("ProductName", "Workflow", "Note", "Region")
        given = {name: value for name, value in found.items() if name not in taken}
        answer = self.owner("securityhub").batch_import_findings(Findings=[given])
        assert answer["SuccessCount"] == 1, answer
        (copy,) = self._seen(given["Id"])
        event = {"detail-type": IMPORTED, "source": "aws.securityhub", "id": "e1"}
        (finding,) = parse({**event, "detail": {"findings": [copy]}})
        assert isinstance(finding, Finding), finding
        return finding

    def workflow(self, finding: Finding) -> str:
        """As the member's Security Hub shows it by now."""
        (own,) = _by_id(self.owner("securityhub"), finding.id)
        (copy,) = self._seen(finding.id)
        assert own["Workflow"] == copy["Workflow"]
        return str(own["Workflow"]["Status"])

    def _seen(self, id_: str) -> list[dict[str, Any]]:
        return _by_id(self.sandbox.client("securityhub", SECURITY), id_)

    def route(self, finding: Finding) -> str:
        """What the router makes of it, in a word."""
        until = datetime.now(UTC) + timedelta(minutes=2)
        routed = Router(self.parts).route(finding, Message("m1", until))
        assert routed.problems == ()
        return routed.word

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The requests of the member's role, from the log."""
        with (self.sandbox.home / "requests.jsonl").open("rb") as log:
            log.seek(self.since)
            found = [json.loads(line) for line in log]
        return [entry for entry in found if entry.get("role") in ROLE_ARNS]


def _by_id(hub: Any, id_: str) -> list[dict[str, Any]]:
    wanted = {"Id": [{"Value": id_, "Comparison": "EQUALS"}]}
    found: list[dict[str, Any]] = hub.get_findings(Filters=wanted)["Findings"]
    return found


def a_workshop(
    sandbox: Sandbox,
    remediation: Remediation,
    decision: Mapping[str, Any],
    *,
    lacking: str = "",
    **more: Any,
) -> Workshop:
    """Empties the sandbox and makes all of it anew.

    The member's role may do what `remediation` needs, but for the action `lacking`; `more` goes
    into the matrix's document.
    """
    since = (sandbox.home / "requests.jsonl").stat().st_size
    sandbox.reset()
    session = sandbox.session(PLACE.account)
    owner = _clients(sandbox, session)
    _hubs(sandbox, owner)
    function = _function(sandbox)
    policies = _member_role(owner, remediation, lacking)
    document = a_document(dict(decision), **more)
    known = matrices.load({**document, "accounts": {**document["accounts"], **_account()}})
    made = environment.parts(_settings(sandbox), Through(sandbox, function), known)
    sessions = made.engine._sessions
    assert isinstance(sessions, RoleSessions)
    return Workshop(sandbox, owner, _hurried(made), sessions, policies, since)


def _clients(sandbox: Sandbox, session: Any) -> Aws:
    keys = session.get_credentials().get_frozen_credentials()
    given = {
        "AccessKeyId": keys.access_key,
        "SecretAccessKey": keys.secret_key,
        "SessionToken": keys.token,
    }
    return Clients(Through(sandbox, session), patient(), given, PLACE.region)


def owner_of(sandbox: Sandbox) -> Aws:
    """The member account's own administrator."""
    return _clients(sandbox, sandbox.session(PLACE.account))


def _account() -> dict[str, Any]:
    return {
        PLACE.account: {
            "name": "repaired",
            "ou": "Workloads/Dev",
            "team": "orders",
            "tags": {},
            "regions": [PLACE.region],
            "enabled": True,
            "decisions": "d0",
        }
    }


def _hubs(sandbox: Sandbox, owner: Aws) -> None:
    """The security account administers the member's Security Hub, and gathers the regions'."""
    security = sandbox.session(SECURITY)
    for region in (HOME_REGION, PLACE.region):
        hub = sandbox.client("securityhub", region=region)
        hub.enable_organization_admin_account(AdminAccountId=SECURITY)
    hubs = {r: sandbox.made(security, "securityhub", r) for r in (HOME_REGION, PLACE.region)}
    for hub in hubs.values():
        with suppress(hub.exceptions.ResourceConflictException):
            hub.enable_security_hub(EnableDefaultStandards=False)
    hubs[HOME_REGION].create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    account = {"AccountId": PLACE.account, "Email": "aws+repaired@example.com"}
    for region, hub in hubs.items():
        owner("securityhub", region).enable_security_hub(EnableDefaultStandards=False)
        answer = hub.create_members(AccountDetails=[account])
        assert not answer["UnprocessedAccounts"], answer


def _function(sandbox: Sandbox) -> Any:
    """The function's session, and what it works with in the security account."""
    security = sandbox.session(SECURITY)
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    sandbox.made(security, "dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _ in keys],
        KeySchema=[{"AttributeName": n, "KeyType": kind} for n, kind in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    sandbox.made(security, "s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HOME_REGION}
    )
    sandbox.made(security, "ssm").put_parameter(Name=SWITCH, Value="on", Type="String")
    for team in ("platform", "orders"):
        sandbox.made(security, "sns").create_topic(Name=f"orchestrator-team-{team}")
    allowed = [
        {"Effect": "Allow", "Action": list(actions), "Resource": resource}
        for resource, actions in FUNCTION_MAY.items()
    ]
    trust = a_trust_policy({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})
    a_role(sandbox, SECURITY, FUNCTION, trust, _policy(allowed))
    return sandbox.session(SECURITY, FUNCTION)


def _settings(sandbox: Sandbox) -> Settings:
    key = sandbox.client("kms", SECURITY).create_key()["KeyMetadata"]["Arn"]
    through = {"StringEquals": {"kms:ViaService": f"s3.{HOME_REGION}.amazonaws.com"}}
    uses = {"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": key, "Condition": through}
    sandbox.client("iam", SECURITY).put_role_policy(
        RoleName=FUNCTION,
        PolicyName="UsesTheKey",
        PolicyDocument=_policy([{"Effect": "Allow", **uses}]),
    )
    return Settings(
        matrix=Path("matrix.json"),
        table=TABLE,
        bucket=BUCKET,
        key_arn=key,
        kill_switch=SWITCH,
        role=MEMBER,
        external_id=EXTERNAL_ID,
        dead_letters="",
    )


def _member_role(owner: Aws, remediation: Remediation, lacking: str) -> tuple[str, ...]:
    """With the statements that are generated for the decision."""
    function = f"arn:aws:iam::{SECURITY}:role/{FUNCTION}"
    condition = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
    trust = a_trust_policy({"AWS": [function]}, Condition=condition)
    iam = owner("iam")
    name = f"{MEMBER}{suffix((*remediation.reads, *remediation.writes))}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    texts = documents(remediation, lacking)
    for number, text in enumerate(texts, 1):
        made = iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=text)["Policy"]
        iam.attach_role_policy(RoleName=name, PolicyArn=made["Arn"])
    return texts


def documents(remediation: Remediation, lacking: str = "") -> tuple[str, ...]:
    """The policies of the member's role, as the module writes them."""
    made = statements((*remediation.reads, *remediation.writes), PLACE.account)
    return tuple(
        _policy([_statement(each, lacking) for each in policy if set(each.actions) - {lacking}])
        for policy in pack(made, "repaired")
    )


def _statement(each: Statement, lacking: str) -> dict[str, Any]:
    return {
        "Sid": each.sid,
        "Effect": "Allow",
        "Action": [action for action in each.actions if action != lacking],
        "Resource": list(each.resources),
        **({"Condition": each.conditions} if each.conditions else {}),
    }


def _policy(allowed: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": allowed})


def _hurried(parts: Parts) -> Parts:
    """Nothing is waited for: the sandbox shows changes at once."""
    parts.engine._sleep = lambda _: None
    return parts
