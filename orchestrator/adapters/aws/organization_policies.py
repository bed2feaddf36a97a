"""Policies of AWS Organizations that Terraform's provider does not know: read, moved, read back."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied, OrchestratorError, PlanChanged
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.model.organization_policies import (
    PREFIXES,
    Attachment,
    HubSettings,
    Policy,
    PolicySet,
    PolicyType,
    settings_of,
)
from orchestrator.model.policy_changes import Do, Held, Places, PolicyStep, after, settings_in
from orchestrator.ports import Purpose

log = logging.getLogger(__name__)

SERVICE, HUB = "organizations", "securityhub"
NONE = "EffectivePolicyNotFoundException"
NOT_ADMINISTRATOR = frozenset({"InvalidAccessException", "AccessDeniedException"})
BUSY = frozenset({"ConcurrentModificationException", "PolicyChangesInProgressException"})
DONE_ALREADY: Mapping[Do, str] = {
    Do.ENABLE: "PolicyTypeAlreadyEnabledException",
    Do.ATTACH: "DuplicatePolicyAttachmentException",
    Do.DETACH: "PolicyNotAttachedException",
    Do.DELETE: "PolicyNotFoundException",
}
"""What AWS says when a step was done before the last run broke off."""

TRIES, PAUSE = 20, 3.0
"""Organizations takes a while until an account's effective policy is another."""

DESCRIPTION = "As decided in account_configs/. Made by orchestrator; edit it there."


class NotTaken(OrchestratorError):
    """Organizations has accepted a policy, and an account's effective policy does not show it."""


class Foreign(OrchestratorError):
    """A policy of a type that is ours to decide on was attached by somebody else."""


class Aws(Protocol):
    """The part of a session that is used here."""

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any: ...

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]: ...


def places_of(organization: Organization) -> Places:
    ids = {unit.path: unit.id for unit in organization.units}
    labels = {unit.id: unit.path or "the root" for unit in organization.units}
    labels |= {account.id: account.name for account in organization.accounts}
    above = {
        unit.path: tuple(
            ids[path] for path in ids if not path or f"{unit.path}/".startswith(f"{path}/")
        )
        for unit in organization.units
    }
    waves = [
        frozenset(str(a) for a, name in organization.wave_of.items() if name == wave)
        for wave in organization.waves
    ]
    paths = {str(a.id): (*above[a.ou], str(a.id)) for a in organization.accounts}
    return Places(paths, labels, tuple(waves))


def fingerprint(held: Held) -> str:
    """Of what a plan was made against."""
    said = [sorted(held.types), sorted(held.ids.items())]
    placed = [(each.target, each.policy) for each in held.policies.attachments]
    return hashlib.sha256(json.dumps([said, placed]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AwsPolicies:
    """Asks as the plan role; changes as the apply role of the management account."""

    session: Callable[[AccountId, Purpose], Aws]
    organization: Organization
    sleep: Callable[[float], None] = time.sleep

    @property
    def places(self) -> Places:
        return places_of(self.organization)

    def held(self) -> Held:
        """Raises AwsDenied, and Foreign."""
        aws = self.session(self.organization.management.id, Purpose.PLAN)
        root = aws.pages(SERVICE, "ListRoots", "Roots")[0]
        on = {each["Type"] for each in root["PolicyTypes"] if each["Status"] == "ENABLED"}
        policies: list[Policy] = []
        placed: list[Attachment] = []
        ids: dict[str, str] = {}
        for kind in PolicyType:
            for found in aws.pages(SERVICE, "ListPolicies", "Policies", Filter=str(kind)):
                targets = aws.pages(
                    SERVICE, "ListTargetsForPolicy", "Targets", PolicyId=found["Id"]
                )
                if not found["Name"].startswith(PREFIXES[kind]):
                    _refuse_foreign(found, kind, targets)
                    continue
                said = aws.call(SERVICE, "DescribePolicy", PolicyId=found["Id"])["Policy"]
                content = json.dumps(
                    json.loads(said["Content"]), separators=(",", ":"), sort_keys=True
                )
                policies.append(Policy(found["Name"], kind, content))
                ids[found["Name"]] = found["Id"]
                placed += [Attachment(each["TargetId"], found["Name"]) for each in targets]
        known = frozenset(kind for kind in PolicyType if kind in on)
        return Held(known, PolicySet(tuple(policies), tuple(placed)), ids)

    def before(self, accounts: Iterable[str]) -> tuple[dict[str, HubSettings], tuple[str, ...]]:
        """What Security Hub CSPM is in accounts that no policy governs, and who could not be read.

        Central configuration knows it for the accounts it configures; others are asked.
        """
        asked = sorted(accounts)
        try:
            found = self._central() if asked else {}
        except Refused as refusal:
            if refusal.code not in NOT_ADMINISTRATOR:
                return {}, tuple(asked)
            return {}, ()
        except AwsDenied:
            return {}, tuple(asked)
        unread = []
        for account in asked:
            if account in found:
                continue
            try:
                found[account] = self._own(account)
            except AwsDenied:
                unread.append(account)
        return {a: found[a] for a in asked if a in found}, tuple(unread)

    def _central(self) -> dict[str, HubSettings]:
        """By account; nothing with local configuration."""
        aws = self.session(self.organization.security.id, Purpose.PLAN)
        said = aws.call(HUB, "DescribeOrganizationConfiguration").get("OrganizationConfiguration")
        if (said or {}).get("ConfigurationType") != "CENTRAL":
            return {}
        regions = _aggregated(aws)
        summaries = "ConfigurationPolicyAssociationSummaries"
        known: dict[str, HubSettings] = {}
        found: dict[str, HubSettings] = {}
        for each in aws.pages(HUB, "ListConfigurationPolicyAssociations", summaries):
            policy = each["ConfigurationPolicyId"]
            if each["TargetType"] != "ACCOUNT" or policy == "SELF_MANAGED_SECURITY_HUB":
                continue
            if policy not in known:
                answer = aws.call(HUB, "GetConfigurationPolicy", Identifier=policy)
                known[policy] = _said(answer["ConfigurationPolicy"]["SecurityHub"], regions)
            found[each["TargetId"]] = known[policy]
        return found

    def _own(self, account: str) -> HubSettings:
        """Standards as they are on in the account; its controls and parameters are not looked at.

        A standard is told by its ARN in the home region, as everywhere here.
        """
        aws = self.session(AccountId(account), Purpose.PLAN)
        home = self.organization.facts.home_region
        declared = next(a for a in self.organization.accounts if a.id == account)
        on: set[str] = set()
        standards: set[str] = set()
        for region in declared.regions:
            try:
                found = aws.pages(HUB, "GetEnabledStandards", "StandardsSubscriptions", region)
            except Refused as refusal:
                if refusal.code != "InvalidAccessException":
                    raise
                continue
            on.add(region)
            standards |= {
                each["StandardsArn"].replace(f":{region}:", f":{home}:") for each in found
            }
        return HubSettings(on=frozenset(on), standards=frozenset(standards))

    def carry_out(self, steps: Sequence[PolicyStep], wanted: PolicySet, made_for: str) -> None:
        """Raises PlanChanged if what is held is not what the plan was made for, and NotTaken."""
        held = self.held()
        if fingerprint(held) != made_for:
            raise PlanChanged(
                "the organization's policies have changed since the plan", "plan again"
            )
        known, ids = {**held.policies.named(), **wanted.named()}, dict(held.ids)
        now = held.policies
        for step in steps:
            if step.do is Do.VERIFY:
                self.verify(now, step.type, step.accounts)
            else:
                self._do(step, known, ids)
            now = after(now, step, known)

    def _do(self, step: PolicyStep, known: Mapping[str, Policy], ids: dict[str, str]) -> None:
        aws = self.session(self.organization.management.id, Purpose.APPLY)
        where = {"PolicyId": ids.get(step.policy, ""), "TargetId": step.target}
        log.info("organization policies: %s %s %s", step.do, step.policy or step.type, step.target)
        match step.do:
            case Do.ENABLE:
                root = aws.pages(SERVICE, "ListRoots", "Roots")[0]["Id"]
                self._call(aws, step, "EnablePolicyType", RootId=root, PolicyType=str(step.type))
            case Do.CREATE:
                made = self._call(
                    aws,
                    step,
                    "CreatePolicy",
                    Name=step.policy,
                    Description=DESCRIPTION,
                    Type=str(step.type),
                    Content=known[step.policy].content,
                )
                ids[step.policy] = made["Policy"]["PolicySummary"]["Id"]
            case Do.ATTACH:
                self._call(aws, step, "AttachPolicy", **where)
            case Do.DETACH:
                self._call(aws, step, "DetachPolicy", **where)
            case Do.DELETE:
                self._call(aws, step, "DeletePolicy", PolicyId=where["PolicyId"])

    def _call(self, aws: Aws, step: PolicyStep, operation: str, **parameters: str) -> Any:
        for left in reversed(range(TRIES)):
            try:
                return aws.call(SERVICE, operation, "", **parameters)
            except Refused as refusal:
                if refusal.code == DONE_ALREADY.get(step.do):
                    return {}
                if refusal.code not in BUSY or not left:
                    raise
                self.sleep(PAUSE)
        return {}

    def verify(self, attached: PolicySet, kind: PolicyType, accounts: Sequence[str]) -> None:
        """Raises NotTaken unless the accounts' effective policies are what is attached comes to."""
        wrong = ""
        for left in reversed(range(TRIES)):
            wrong = self.differing(attached, kind, accounts)
            if not wrong or not left:
                break
            self.sleep(PAUSE)
        if wrong:
            raise NotTaken(
                f"{kind}: {wrong}",
                "what was attached so far stays; see why, and plan again",
            )

    def differing(self, attached: PolicySet, kind: PolicyType, accounts: Sequence[str]) -> str:
        """Which of the accounts has another effective policy, or one that is not valid; ''."""
        aws = self.session(self.organization.management.id, Purpose.PLAN)
        places = self.places
        invalid = aws.pages(
            SERVICE, "ListAccountsWithInvalidEffectivePolicy", "Accounts", PolicyType=str(kind)
        )
        if invalid:
            named = ", ".join(places.labels.get(each["Id"], each["Id"]) for each in invalid)
            return f"the effective policy is not valid in {named}"
        wrong = [
            places.labels.get(account, account)
            for account in accounts
            if _effective(aws, kind, account) != settings_in(attached, account, kind, places)
        ]
        return f"another effective policy than was attached in {', '.join(wrong)}" if wrong else ""


def _effective(aws: Aws, kind: PolicyType, account: str) -> HubSettings:
    try:
        found = aws.call(SERVICE, "DescribeEffectivePolicy", PolicyType=str(kind), TargetId=account)
    except Refused as refusal:
        if refusal.code != NONE:
            raise
        return HubSettings()
    return settings_of(json.loads(found["EffectivePolicy"]["PolicyContent"]))


def _aggregated(aws: Aws) -> frozenset[str]:
    """The home region and those linked to it, in which central configuration has a say."""
    found = aws.pages(HUB, "ListFindingAggregators", "FindingAggregators")
    if not found:
        return frozenset()
    arn = found[0]["FindingAggregatorArn"]
    said = aws.call(HUB, "GetFindingAggregator", FindingAggregatorArn=arn)
    return frozenset({said["FindingAggregationRegion"], *said.get("Regions", ())})


def _said(policy: Any, regions: frozenset[str]) -> HubSettings:
    """A configuration policy in the words of the others."""
    if not policy.get("ServiceEnabled"):
        return HubSettings(off=regions)
    controls = policy.get("SecurityControlsConfiguration") or {}
    return HubSettings(
        on=regions,
        standards=frozenset(policy.get("EnabledStandardIdentifiers") or ()),
        disabled=frozenset(controls.get("DisabledSecurityControlIdentifiers") or ()),
        parameters={
            each["SecurityControlId"]: each["Parameters"]
            for each in controls.get("SecurityControlCustomParameters") or ()
        },
    )


def _refuse_foreign(found: Any, kind: PolicyType, targets: Sequence[Any]) -> None:
    if targets:
        at = ", ".join(each["TargetId"] for each in targets)
        raise Foreign(
            f"{kind}: policy '{found['Name']}' ({found['Id']}), which is not made from "
            f"account_configs/, is attached to {at}",
            "write down what it says, see orchestrator adopt, then detach it: aws organizations "
            f"detach-policy --policy-id {found['Id']} --target-id {targets[0]['TargetId']}",
        )
