"""Policies of AWS Organizations that Terraform's provider does not know: read, moved, read back."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.adapters.aws.hub_coverage import Aws, HubCoverage
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.aws.unified_hub import Foreign, UnifiedHub
from orchestrator.errors import OrchestratorError, PlanChanged
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
from orchestrator.model.policy_inheritance import effective
from orchestrator.ports import Purpose

log = logging.getLogger(__name__)

SERVICE = "organizations"
NONE = "EffectivePolicyNotFoundException"
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
    unified = [sorted(held.administered), held.linked and sorted(held.linked)]
    return hashlib.sha256(json.dumps([said, placed, unified]).encode()).hexdigest()


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
                    _refuse_foreign(aws, found, kind, targets)
                    continue
                said = aws.call(SERVICE, "DescribePolicy", PolicyId=found["Id"])["Policy"]
                content = json.dumps(
                    json.loads(said["Content"]), separators=(",", ":"), sort_keys=True
                )
                policies.append(Policy(found["Name"], kind, content))
                ids[found["Name"]] = found["Id"]
                placed += [Attachment(each["TargetId"], found["Name"]) for each in targets]
        known = frozenset(kind for kind in PolicyType if kind in on)
        held = Held(known, PolicySet(tuple(policies), tuple(placed)), ids)
        if not self.organization.facts.security_hub.unified:
            return held
        return UnifiedHub(self.session, self.organization).read(held)

    def before(self, accounts: Iterable[str]) -> tuple[dict[str, HubSettings], tuple[str, ...]]:
        """See HubCoverage.of."""
        return HubCoverage(self.session, self.organization).of(accounts)

    def carry_out(
        self,
        steps: Sequence[PolicyStep],
        wanted: PolicySet,
        made_for: str,
        refuse: Callable[[], None] = lambda: None,
    ) -> None:
        """`refuse` is asked before each step, and raises where no other may begin.

        Raises PlanChanged if what is held is not what the plan was made for, and NotTaken.
        """
        held = self.held()
        if fingerprint(held) != made_for:
            raise PlanChanged(
                "the organization's policies have changed since the plan", "plan again"
            )
        known, ids = {**held.policies.named(), **wanted.named()}, dict(held.ids)
        now = held.policies
        for step in steps:
            refuse()
            if step.do is Do.VERIFY:
                self.verify(now, step.type, step.accounts)
            elif step.do in (Do.DESIGNATE, Do.AGGREGATE) and wanted.unified:
                hub = UnifiedHub(self.session, self.organization, self.sleep)
                hub.change(step, wanted.unified)
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


def _refuse_foreign(aws: Aws, found: Any, kind: PolicyType, targets: Sequence[Any]) -> None:
    if not targets:
        return
    at = ", ".join(each["TargetId"] for each in targets)
    content = aws.call(SERVICE, "DescribePolicy", PolicyId=found["Id"])["Policy"]["Content"]
    raise Foreign(
        f"{kind}: policy '{found['Name']}' ({found['Id']}), which is not made from "
        f"account_configs/, is attached to {at}; it says: {_said(content)}",
        "write that into the _ou.yaml of its targets, then detach it: aws organizations "
        f"detach-policy --policy-id {found['Id']} --target-id {targets[0]['TargetId']}",
    )


def _said(content: str) -> str:
    """What a policy by itself comes to, in few words."""
    said = settings_of(effective([[json.loads(content)]]))
    parts = {
        "on in": said.on,
        "off in": said.off,
        "standards": {each.rpartition("/standards/")[2] or each for each in said.standards},
        "controls off": said.disabled,
        "parameters of": said.parameters,
    }
    named = (f"{what} {', '.join(sorted(names))}" for what, names in parts.items() if names)
    return "; ".join(named) or "nothing that is known here"
