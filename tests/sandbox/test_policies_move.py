"""Policies of the sample organization in the sandbox: planned, moved step by step, drifted, undone.

Terraform is a fake here; test_policy_mode.py has the whole way with the real one.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from orchestrator import config
from orchestrator.adapters.aws.organization_policies import AwsPolicies, NotTaken
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.aws.unified_hub import Foreign
from orchestrator.adapters.policied import PolicyTerraform
from orchestrator.errors import PlanChanged
from orchestrator.model.facts import Mode, SecurityHubFacts
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.organization_policies import (
    FILE,
    HubSettings,
    PolicyType,
    cspm_document,
    to_json,
)
from orchestrator.model.plan import Action, Plan
from orchestrator.ports import Environment, Purpose
from orchestrator.render.organization_policies import policies_of
from orchestrator.render.security_hub import central_configuration, of_organization
from orchestrator.sandbox.client import ENTRY_ROLE, Sandbox
from tests.sandbox.fleets import (
    HOME_REGION,
    MANAGEMENT,
    OTHER_REGION,
    PAYMENTS_DEV,
    PAYMENTS_PROD,
    ROOT,
    SECURITY,
)

CHECKOUT = Path(__file__).parents[2]
KEY = StackKey(AccountId(MANAGEMENT), "management", StackName.ORGANIZATION)
WATCHED = (PAYMENTS_PROD, PAYMENTS_DEV)


@cache
def _loaded() -> Organization:
    return config.load(CHECKOUT / "account_configs", date(2026, 11, 23))


def sample(mode: Mode = Mode.POLICY, *, unified: bool = False) -> Organization:
    made = _loaded()
    chosen = SecurityHubFacts(mode=mode, unified=unified)
    return replace(made, facts=made.facts.model_copy(update={"security_hub": chosen}))


def with_cis_off(organization: Organization) -> Organization:
    """Nobody has CIS any more."""

    def less(holder: Any) -> Any:
        hub = holder.settings.security_hub
        kept = {s: on for s, on in hub.standards.items() if not str(s).startswith("cis")}
        changed = hub.model_copy(update={"standards": kept})
        return replace(
            holder, settings=holder.settings.model_copy(update={"security_hub": changed})
        )

    return replace(
        organization,
        units=tuple(map(less, organization.units)),
        accounts=tuple(map(less, organization.accounts)),
    )


@dataclass
class FakeTerraform:
    """Keeps in its state what the file said when it was applied."""

    state: str | None = None
    applied: list[str] = field(default_factory=list)

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        file = folder / "plan.tfplan"
        resource = {
            "type": "terraform_data",
            "name": "organization_policies",
            "instances": [{"attributes": {"input": {"value": self.state, "type": "string"}}}],
        }
        resources = [] if self.state is None else [resource]
        with zipfile.ZipFile(file, "w") as plan:
            plan.writestr(
                "tfstate", json.dumps({"lineage": "l", "serial": 1, "resources": resources})
            )
        return Plan(key, folder, file, folder / "plan.json", "inner", (), rendered=rendered)

    def show(self, plan: Plan, env: Environment) -> Plan:
        return plan

    def shown(self, plan: Plan, env: Environment) -> Plan:
        plan.json_file.write_text("{}")
        return plan

    def apply(self, plan: Plan, env: Environment) -> None:
        wanted = plan.folder / FILE
        self.state = wanted.read_text() if wanted.is_file() else None
        self.applied.append(plan.digest)

    def is_empty(self, folder: Path, env: Environment) -> tuple[str, ...]:
        return ()


@dataclass
class Stage:
    """The organization's stack, and AWS with whoever watches after each write."""

    sandbox: Sandbox
    folder: Path
    terraform: FakeTerraform = field(default_factory=FakeTerraform)
    watch: Callable[[], None] = lambda: None
    _sessions: dict[str, AwsSession] = field(default_factory=dict)

    def session(self, account: AccountId, purpose: Purpose) -> Any:
        return Watched(self._session(str(account)), self)

    def _session(self, account: str) -> AwsSession:
        if account not in self._sessions:
            caller = AwsSession(self.sandbox.environment, HOME_REGION)
            role = f"arn:aws:iam::{account}:role/{ENTRY_ROLE}"
            entered = (
                caller
                if account == MANAGEMENT
                else caller.acting_as(caller.assume(role, "test"), account, role)
            )
            self._sessions[account] = entered
        return self._sessions[account]

    def policies(self, organization: Organization) -> AwsPolicies:
        return AwsPolicies(self.session, organization, sleep=lambda _: None)

    def whole(self, organization: Organization) -> PolicyTerraform:
        file = self.folder / FILE
        if organization.facts.security_hub.mode is Mode.POLICY:
            file.write_text(to_json(policies_of(organization)))
        else:
            file.unlink(missing_ok=True)
        return PolicyTerraform(self.terraform, self.policies(organization))  # type: ignore[arg-type]

    def plan(self, organization: Organization, *, refresh_only: bool = False) -> Plan:
        whole = self.whole(organization)
        return whole.plan(KEY, self.folder, "rendered", {}, refresh_only=refresh_only)

    def apply(self, organization: Organization) -> Plan:
        made = self.plan(organization)
        self.whole(organization).apply(made, {})
        assert self.whole(organization).is_empty(self.folder, {}) == ()
        return made


@dataclass(frozen=True)
class Watched:
    inner: AwsSession
    stage: Stage

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        answer = self.inner.call(service, operation, region, **parameters)
        if operation in ("AttachPolicy", "DetachPolicy", "DeletePolicy", "EnablePolicyType"):
            self.stage.watch()
        return answer

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        return self.inner.pages(service, operation, key, region, **parameters)


@pytest.fixture
def stage(fresh_sandbox: Sandbox, tmp_path: Path) -> Iterator[Stage]:
    organizations = fresh_sandbox.client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="securityhub.amazonaws.com")
    for region in (HOME_REGION, OTHER_REGION):
        management = fresh_sandbox.client("securityhub", region=region)
        management.enable_organization_admin_account(AdminAccountId=SECURITY)
        management.enable_security_hub(EnableDefaultStandards=False)
    return Stage(fresh_sandbox, tmp_path)  # type: ignore[return-value]


def centrally(stage: Stage) -> Any:
    """Central configuration of the same decisions, as modules/security_hub_central makes it."""
    hub = stage.sandbox.client("securityhub", SECURITY)
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER_REGION])
    return configured(hub)


def configured(hub: Any) -> Any:
    hub.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    organization = sample(Mode.CENTRAL)
    said: Any = of_organization(organization)["policies"]
    ids = {}
    for name, policy in said.items():
        document = {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": list(policy["standard_arns"]),
            "SecurityControlsConfiguration": {
                "DisabledSecurityControlIdentifiers": list(policy["disabled_controls"])
            },
        }
        made = hub.create_configuration_policy(
            Name=name, ConfigurationPolicy={"SecurityHub": document}
        )
        ids[name] = made["Id"]
    for target, name in central_configuration(organization).associations.items():
        kind = "AccountId" if target.isdigit() else "OrganizationalUnitId"
        kind = "RootId" if target.startswith("r-") else kind
        hub.start_configuration_policy_association(
            ConfigurationPolicyIdentifier=ids[name], Target={kind: target}
        )
    return hub


def decentralised(hub: Any) -> None:
    """As Terraform destroys it: associations, policies, then the configuration."""
    for target in central_configuration(sample(Mode.CENTRAL)).associations:
        kind = "AccountId" if target.isdigit() else "OrganizationalUnitId"
        kind = "RootId" if target.startswith("r-") else kind
        hub.start_configuration_policy_disassociation(
            Target={kind: target}, ConfigurationPolicyIdentifier="any"
        )
    for policy in hub.list_configuration_policies()["ConfigurationPolicySummaries"]:
        hub.delete_configuration_policy(Identifier=policy["Id"])
    hub.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "LOCAL"},
    )


def standards(stage: Stage) -> dict[str, set[str]]:
    """By account and region, as they are on there."""
    found = {}
    for account in WATCHED:
        for region in (HOME_REGION, OTHER_REGION):
            hub = stage.sandbox.client("securityhub", account, region=region)
            listed = hub.get_enabled_standards()["StandardsSubscriptions"]
            found[f"{account}/{region}"] = {
                each["StandardsArn"].rpartition(":")[2] for each in listed
            }
    return found


def by_action(made: Plan, action: Action) -> list[str]:
    return [change.address for change in made.changes if change.action is action]


def test_a_plan_says_what_is_made_attached_and_lost_and_an_apply_does_it(stage: Stage) -> None:
    made = stage.plan(sample())

    assert any("orchestrator-cspm-organization" in a for a in by_action(made, Action.CREATE))
    assert any("at the root" in each for each in by_action(made, Action.CREATE))
    assert made.digest != "inner"
    stage.apply(sample())
    assert all(len(found) == 2 for found in standards(stage).values())
    assert not stage.plan(sample()).changes


def test_the_first_wave_has_a_policy_before_the_others(stage: Stage) -> None:
    order: list[bool] = []
    canary = str(sample().named("sandbox-platform").id)

    def watch() -> None:
        organizations = stage.sandbox.client("organizations")
        try:
            organizations.describe_effective_policy(
                PolicyType=str(PolicyType.CSPM), TargetId=canary
            )
        except organizations.exceptions.EffectivePolicyNotFoundException:
            return
        order.append(_governed(stage, PAYMENTS_PROD))

    stage.watch = watch
    stage.apply(sample())

    assert order[0] is False
    assert order[-1] is True


def _governed(stage: Stage, account: str) -> bool:
    organizations = stage.sandbox.client("organizations")
    try:
        organizations.describe_effective_policy(PolicyType=str(PolicyType.CSPM), TargetId=account)
    except organizations.exceptions.EffectivePolicyNotFoundException:
        return False
    return True


def test_from_central_to_policies_and_back_no_standard_is_off_on_the_way(stage: Stage) -> None:
    hub = centrally(stage)
    before = standards(stage)
    assert all(before.values())
    seen: list[dict[str, set[str]]] = []
    stage.watch = lambda: seen.append(standards(stage))

    there = stage.plan(sample())
    assert by_action(there, Action.DELETE) == [], "the same decisions lose nothing"
    stage.apply(sample())
    status = hub.describe_organization_configuration()["OrganizationConfiguration"]["Status"]
    assert status == "DISABLED"
    decentralised(hub)
    seen.append(standards(stage))

    back = stage.plan(sample(Mode.CENTRAL))
    assert by_action(back, Action.DELETE)
    stage.apply(sample(Mode.CENTRAL))
    configured(hub)
    seen.append(standards(stage))

    assert seen
    assert all(each == before for each in seen)
    listed = stage.sandbox.client("organizations").list_policies(Filter=str(PolicyType.CSPM))
    assert listed["Policies"] == []


def test_what_central_configuration_has_and_the_decisions_have_not_is_shown_as_lost(
    stage: Stage,
) -> None:
    centrally(stage)

    made = stage.plan(with_cis_off(sample()))

    lost = by_action(made, Action.DELETE)
    assert any("cis-aws-foundations-benchmark" in each for each in lost)
    assert {each.split('"')[1].split(":")[0] for each in lost} >= {HOME_REGION, OTHER_REGION}


def test_what_an_account_has_by_itself_and_loses_is_shown(stage: Stage) -> None:
    hub = stage.sandbox.client("securityhub", PAYMENTS_PROD)
    hub.enable_security_hub(EnableDefaultStandards=True)

    lost = by_action(stage.plan(sample()), Action.DELETE)

    assert any("v/1.2.0 is disabled; payments-prod" in each for each in lost)


def test_a_change_moves_with_nothing_off_on_the_way_and_is_undone_by_going_back(
    stage: Stage,
) -> None:
    stage.apply(sample())
    both = standards(stage)
    seen: list[dict[str, set[str]]] = []
    stage.watch = lambda: seen.append(standards(stage))

    made = stage.apply(with_cis_off(sample()))
    assert by_action(made, Action.DELETE)
    one = standards(stage)
    stage.apply(sample())

    assert standards(stage) == both
    for each in seen:
        assert all(each[place] in (both[place], one[place]) for place in each)


def test_a_policy_detached_by_hand_is_drift_and_the_next_apply_attaches_it(stage: Stage) -> None:
    stage.apply(sample())
    assert stage.plan(sample(), refresh_only=True).drift == ()
    organizations = stage.sandbox.client("organizations")
    [first] = organizations.list_policies_for_target(TargetId=ROOT, Filter=str(PolicyType.CSPM))[
        "Policies"
    ]
    organizations.detach_policy(PolicyId=first["Id"], TargetId=ROOT)

    [drifted] = stage.plan(sample(), refresh_only=True).drift
    assert drifted.address.endswith('at the root"]')
    stage.apply(sample())
    assert stage.plan(sample(), refresh_only=True).drift == ()


def test_what_is_not_applied_yet_is_no_drift(stage: Stage) -> None:
    stage.apply(sample())

    assert stage.plan(with_cis_off(sample()), refresh_only=True).drift == ()


def test_an_apply_is_refused_once_somebody_has_moved_a_policy(stage: Stage) -> None:
    stage.apply(sample())
    made = stage.plan(with_cis_off(sample()))
    organizations = stage.sandbox.client("organizations")
    [first] = organizations.list_policies_for_target(TargetId=ROOT, Filter=str(PolicyType.CSPM))[
        "Policies"
    ]
    organizations.detach_policy(PolicyId=first["Id"], TargetId=ROOT)

    with pytest.raises(PlanChanged, match="have changed since the plan"):
        stage.whole(with_cis_off(sample())).apply(made, {})


def test_a_policy_of_somebody_else_stops_the_plan_with_the_way_out(stage: Stage) -> None:
    organizations = stage.sandbox.client("organizations")
    organizations.enable_policy_type(RootId=ROOT, PolicyType=str(PolicyType.CSPM))
    said = HubSettings(on=frozenset({HOME_REGION}), disabled=frozenset({"IAM.9"}))
    content = json.dumps(cspm_document(said))
    made = organizations.create_policy(
        Name="theirs", Description="", Type=str(PolicyType.CSPM), Content=content
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=made, TargetId=ROOT)

    with pytest.raises(Foreign) as stopped:
        stage.plan(sample())

    command = f"organizations detach-policy --policy-id {made} --target-id {ROOT}"
    assert command in stopped.value.fix
    assert f"it says: on in {HOME_REGION}; controls off IAM.9" in stopped.value.message
    organizations.detach_policy(PolicyId=made, TargetId=ROOT)
    assert stage.plan(sample()).changes


def test_an_effective_policy_that_is_not_valid_stops_the_waves(stage: Stage) -> None:
    organizations = stage.sandbox.client("organizations")

    def spoil() -> None:
        stage.watch = lambda: None
        empty: dict[str, object] = {"enable_in_regions": {"@@assign": []}}
        document = {"securityhub_cspm": {"cspm_enablement": empty}}
        made = organizations.create_policy(
            Name="orchestrator-cspm-spoilt-00000000",
            Description="",
            Type=str(PolicyType.CSPM),
            Content=json.dumps(document),
        )["Policy"]["PolicySummary"]["Id"]
        organizations.attach_policy(PolicyId=made, TargetId=PAYMENTS_DEV)

    stage.watch = spoil

    with pytest.raises(NotTaken, match="not valid in payments-dev"):
        stage.apply(sample())
    assert not _governed(stage, PAYMENTS_PROD), "the other waves were not begun"


def test_an_apply_that_broke_off_is_finished_by_the_next(stage: Stage) -> None:
    calls: list[int] = []

    def break_off() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Refused(MANAGEMENT, "orchestrator-apply", "AttachPolicy", "gone", "Throttling")

    stage.watch = break_off
    with pytest.raises(Refused):
        stage.apply(sample())
    stage.watch = lambda: None

    assert stage.plan(sample()).changes
    stage.apply(sample())
    assert not stage.plan(sample()).changes


def test_another_administrator_of_the_unified_hub_stops_the_plan_with_the_way_out(
    stage: Stage,
) -> None:
    management = stage.sandbox.client("securityhub")
    other = {"AdminAccountId": PAYMENTS_PROD, "Feature": "SecurityHubV2"}
    management.enable_organization_admin_account(**other)

    with pytest.raises(Foreign) as stopped:
        stage.plan(sample(unified=True))

    command = f"--admin-account-id {PAYMENTS_PROD} --feature SecurityHubV2 --region {HOME_REGION}"
    assert command in stopped.value.fix
    management.disable_organization_admin_account(**other)
    assert stage.plan(sample(unified=True)).changes


def test_policies_of_both_types_come_and_go(stage: Stage) -> None:
    both = sample(unified=True)
    stage.apply(both)
    member = stage.sandbox.client("securityhub", PAYMENTS_PROD)
    assert member.describe_security_hub_v2()["HubV2Arn"]
    management, hub = (stage.sandbox.client("securityhub", a) for a in (None, SECURITY))
    listed = management.list_organization_admin_accounts(Feature="SecurityHubV2")["AdminAccounts"]
    assert [each["AccountId"] for each in listed] == [SECURITY]
    [made] = hub.list_aggregators_v2()["AggregatorsV2"]
    found = hub.get_aggregator_v2(AggregatorV2Arn=made["AggregatorV2Arn"])
    assert (found["AggregationRegion"], found["LinkedRegions"]) == (HOME_REGION, [OTHER_REGION])
    assert not stage.plan(both).changes

    stage.apply(sample())

    listed = stage.sandbox.client("organizations").list_policies(Filter=str(PolicyType.HUB))
    assert listed["Policies"] == []
