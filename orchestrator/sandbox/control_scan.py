"""What Security Hub's checks would find: every decided control, asked of every resource.

The checks are the sandbox's own (`checks`), not those of the remediations. Findings are imported
as Security Hub writes them, with consolidated control findings, and from there on take the way they
take on AWS. What passes, and has never failed, is left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.remediation import Place
from orchestrator.model.organization import Account, Organization
from orchestrator.model.settings import ControlDecision, DecisionKind
from orchestrator.sandbox.checks import RULES, evaluate
from orchestrator.sandbox.checks.answers import Reader, Scope
from orchestrator.sandbox.checks.rule import Outcome, Verdict
from orchestrator.sandbox.client import Sandbox

PRODUCT = "arn:aws:securityhub:{region}::product/aws/securityhub"
BATCH = 100

Finding = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of one account. `problems` are sentences."""

    account: str
    checked: int = 0
    failed: tuple[str, ...] = ()
    """Control and resource."""
    passed: tuple[str, ...] = ()
    """Of those that had failed before."""
    problems: tuple[str, ...] = ()


@dataclass
class Scanner:
    """Looks at one account in one region."""

    sandbox: Sandbox
    account: Account
    place: Place
    home: str
    found: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    checked: int = 0

    def __post_init__(self) -> None:
        self._clients: dict[tuple[str, str], Any] = {}
        self._session = self.sandbox.session(_entered(self.sandbox, self.account.id))
        self.hub = self.aws("securityhub")

    def aws(self, service: str, region: str | None = None) -> Any:
        where = region or self.place.region
        if (service, where) not in self._clients:
            self._clients[service, where] = self.sandbox.made(self._session, service, where)
        return self._clients[service, where]

    def look(self, controls: Mapping[str, ControlDecision]) -> None:
        """Check each control and import what is to be said."""
        titles = self._definitions()
        known = {finding["Id"]: finding for finding in self._known()}
        place = self.place
        scope = Scope(place.account, place.region, self.home, place.partition)
        reader = Reader(scope, self.aws)
        for control, decision in controls.items():
            if control in RULES:
                self._control(control, decision, titles.get(control, {}), known, reader)
            else:
                self._problem(control, "the sandbox has no check of this control")
        self._import()

    def _control(
        self,
        control: str,
        decision: ControlDecision,
        definition: Mapping[str, str],
        known: Mapping[str, Finding],
        reader: Reader,
    ) -> None:
        try:
            verdicts = evaluate(control, reader, _parameters(control, decision))
        except (ClientError, BotoCoreError) as error:
            self._problem(control, str(error))
            return
        seen = {_id(each, self.place) for each in verdicts}
        for verdict in verdicts:
            self._note(verdict, definition, known.get(_id(verdict, self.place)))
        gone = (f for f in known.values() if f["GeneratorId"] == f"security-control/{control}")
        self.found += [{**_plain(f), **_ended()} for f in gone if f["Id"] not in seen]

    def _note(self, verdict: Verdict, definition: Mapping[str, str], known: Finding | None) -> None:
        self.checked += 1
        if verdict.outcome is Outcome.NOT_AVAILABLE:
            self._problem(verdict.control, f"{verdict.resource}: {verdict.reason}")
        elif verdict.outcome is Outcome.FAILED or _fails(known):
            self.found.append(_finding(verdict, self.place, definition, known))

    def _problem(self, control: str, why: str) -> None:
        self.problems.append(f"{self.place.region} {control}: {why}")

    def _definitions(self) -> Mapping[str, Mapping[str, str]]:
        pages = self.hub.get_paginator("list_security_control_definitions").paginate()
        listed = (each for page in pages for each in page["SecurityControlDefinitions"])
        return {each["SecurityControlId"]: each for each in listed}

    def _known(self) -> Iterator[Finding]:
        """Those of this account and region alone: an administrator sees others', too."""
        wanted = {
            "ProductArn": PRODUCT.format(region=self.place.region),
            "AwsAccountId": self.account.id,
            "Region": self.place.region,
            "RecordState": "ACTIVE",
        }
        filters = {name: [{"Value": v, "Comparison": "EQUALS"}] for name, v in wanted.items()}
        for page in self.hub.get_paginator("get_findings").paginate(Filters=filters):
            yield from page["Findings"]

    def _import(self) -> None:
        for start in range(0, len(self.found), BATCH):
            answer = self.hub.batch_import_findings(Findings=self.found[start : start + BATCH])
            self.problems += [
                f"{self.place.region} {failed['Id']}: {failed['ErrorMessage']}"
                for failed in answer["FailedFindings"]
            ]


def scan(
    sandbox: Sandbox, organization: Organization, accounts: Iterable[Account]
) -> list[Scanned]:
    """Scan `accounts` in every region they govern."""
    return [_account(sandbox, organization, account) for account in accounts]


def _account(sandbox: Sandbox, organization: Organization, account: Account) -> Scanned:
    """An account that cannot be looked into is a problem, never one without findings."""
    controls = _decided(account)
    home = organization.facts.home_region
    scanners: list[Scanner] = []
    problems: list[str] = []
    for region in account.regions:
        try:
            scanner = Scanner(sandbox, account, Place(account.id, region), home)
            scanner.look(controls)
            scanners.append(scanner)
        except (ClientError, BotoCoreError) as error:
            problems.append(f"{region}: {error}")
    return Scanned(
        account.name,
        sum(scanner.checked for scanner in scanners),
        _told(scanners, "FAILED"),
        _told(scanners, "PASSED"),
        (*problems, *(each for scanner in scanners for each in scanner.problems)),
    )


def _decided(account: Account) -> dict[str, ControlDecision]:
    return {
        control: decision
        for control, decision in sorted(account.decisions.items())
        if decision.decision is not DecisionKind.DISABLE
    }


def _parameters(control: str, decision: ControlDecision) -> dict[str, Any]:
    """By Security Hub's names, whichever of the two the decision has used."""
    remediation = BY_CONTROL.get(control.lower())
    names = remediation.parameters.items() if remediation else ()
    known = {name: each.control for name, each in names if each.control}
    return {known.get(name, name): value for name, value in decision.parameters.items()}


def _told(scanners: Iterable[Scanner], status: str) -> tuple[str, ...]:
    found = (each for scanner in scanners for each in scanner.found)
    return tuple(
        f"{each['Compliance']['SecurityControlId']} {each['Resources'][0]['Id']}"
        for each in found
        if each["Compliance"]["Status"] == status and each["RecordState"] == "ACTIVE"
    )


def _entered(sandbox: Sandbox, account: str) -> str | None:
    """The management account is entered as its administrator: it has no entry role."""
    own = sandbox.client("sts").get_caller_identity()["Account"]
    return None if own == account else account


def _id(verdict: Verdict, place: Place) -> str:
    """Always the same for a control and a resource."""
    unique = uuid.uuid5(uuid.NAMESPACE_URL, f"{verdict.control} {verdict.resource}")
    base = f"arn:{place.partition}:securityhub:{place.region}:{place.account}"
    return f"{base}:security-control/{verdict.control}/finding/{unique}"


def _finding(
    verdict: Verdict, place: Place, definition: Mapping[str, str], known: Finding | None
) -> Finding:
    """Source: AWS Security Hub User Guide, "Sample control findings"."""
    moment, control = _now(), verdict.control
    title = definition.get("Title") or control
    url = f"https://docs.aws.amazon.com/console/securityhub/{control}/remediation"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": _id(verdict, place),
        "ProductArn": PRODUCT.format(region=place.region),
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": place.account,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "CreatedAt": known["CreatedAt"] if known else moment,
        "UpdatedAt": moment,
        "Severity": {"Label": _severity(verdict.outcome, definition)},
        "Title": title,
        "Description": definition.get("Description") or title,
        "Remediation": {"Recommendation": {"Text": "See the user guide.", "Url": url}},
        "Resources": [
            {
                "Type": verdict.kind,
                "Id": verdict.resource,
                "Partition": place.partition,
                "Region": place.region,
            }
        ],
        "Compliance": {"Status": verdict.outcome.value, "SecurityControlId": control},
        "RecordState": "ACTIVE",
    }


def _severity(status: Outcome, definition: Mapping[str, str]) -> str:
    rated = definition.get("SeverityRating", "MEDIUM")
    return "INFORMATIONAL" if status is Outcome.PASSED else rated


def _fails(known: Finding | None) -> bool:
    return known is not None and known["Compliance"]["Status"] != "PASSED"


def _plain(finding: Finding) -> Finding:
    """What a product imports of a finding; the rest is Security Hub's and the customer's."""
    kept = (
        *("SchemaVersion", "Id", "ProductArn", "GeneratorId", "AwsAccountId", "Types", "CreatedAt"),
        *("Severity", "Title", "Description", "Remediation", "Resources", "Compliance"),
    )
    return {name: finding[name] for name in kept if name in finding}


def _ended() -> Finding:
    """Source: the same, "Deleting and archiving findings": a resource that is gone."""
    return {"RecordState": "ARCHIVED", "UpdatedAt": _now()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
