"""Whatever Terraform does through the gateway ends as it does without."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.errors import TerraformFailed
from orchestrator.model.plan import Action, Plan
from tests.contract.provider.roots import Root, providers_of, resources
from tests.sandbox.fleets import OTHER_REGION, PAYMENTS_PROD

pytestmark = pytest.mark.terraform


def seen(plan: Plan) -> tuple[object, ...]:
    return plan.changes, plan.drift, plan.outputs_change, shown(plan.json_file)


def shown(file: Path) -> object:
    """A plan's JSON but for the moment it was made."""
    if not file.exists():
        return None
    plan = json.loads(file.read_text())
    return {name: value for name, value in plan.items() if name != "timestamp"}


def both(root: Root, gateway: ProviderGateway, *, refresh_only: bool = False) -> Plan:
    """The plan through the gateway, which must be the plain one's twin."""
    plain = seen(root.plan(root.terraform(), refresh_only=refresh_only))
    warm = root.plan(root.terraform(gateway), refresh_only=refresh_only)
    assert seen(warm) == plain
    return warm


def test_plans_are_the_same_from_the_first_apply_to_the_last_destroy(
    root: Root, gateway: ProviderGateway
) -> None:
    warm = root.terraform(gateway)
    root.declare(resources("one"))
    assert {change.action for change in both(root, gateway).changes} == {Action.CREATE}
    warm.apply(root.plan(warm), root.env)
    assert warm.is_empty(root.folder, root.env) == ()
    warm.record(root.folder, root.env)
    assert both(root, gateway).empty

    root.declare(resources("two"))
    assert {change.action for change in both(root, gateway).changes} == {Action.UPDATE}
    assert warm.is_empty(root.folder, root.env) != ()

    root.declare("")
    assert {change.action for change in both(root, gateway).changes} == {Action.DELETE}
    assert gateway.processes()


def test_what_others_changed_is_found_in_the_region_where_they_did(
    root: Root, gateway: ProviderGateway
) -> None:
    root.declare(resources("one"))
    plain = root.terraform()
    plain.apply(root.plan(plain), root.env)
    plain.is_empty(root.folder, root.env)
    plain.record(root.folder, root.env)
    sns = root.client("sns", OTHER_REGION)
    (topic,) = sns.list_topics()["Topics"]
    sns.set_topic_attributes(
        TopicArn=topic["TopicArn"], AttributeName="DisplayName", AttributeValue="other"
    )

    plan = both(root, gateway, refresh_only=True)

    assert [change.address for change in plan.drift] == ["aws_sns_topic.there"]


def test_a_plan_made_through_the_gateway_can_be_applied_without_it_and_back(
    root: Root, gateway: ProviderGateway
) -> None:
    warm, plain = root.terraform(gateway), root.terraform()
    for value, one, other in (("one", warm, plain), ("two", plain, warm)):
        root.declare(resources(value))
        other.apply(root.plan(one), root.env)

    assert warm.is_empty(root.folder, root.env) == ()


def test_the_account_is_still_checked_by_the_provider(root: Root, gateway: ProviderGateway) -> None:
    root.declare(resources("one"), providers_of(root.account, allowed=PAYMENTS_PROD))

    with pytest.raises(TerraformFailed, match="AWS account ID not allowed"):
        root.plan(root.terraform(gateway))
    assert len(gateway.processes()) == 1  # the one that is never configured


def test_a_type_that_only_the_state_knows_is_planned_with_all_types(
    root: Root, gateway: ProviderGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "orchestrator")
    root.declare(resources("one"))
    warm = root.terraform(gateway)
    warm.apply(root.plan(warm), root.env)
    hidden = root.folder / "elsewhere.tfstate"
    (root.folder / "terraform.tfstate").rename(hidden)
    backend = f'terraform {{\n  backend "local" {{\n    path = "{hidden}"\n  }}\n}}\n'
    root.declare(backend)
    (root.folder / ".terraform/orchestrator-init-key").unlink()

    plan = root.plan(warm)

    assert {change.type for change in plan.changes} == {"aws_sns_topic", "aws_ssm_parameter"}
    assert "again with all of the provider's types" in caplog.text


def test_a_ca_bundle_does_not_keep_processes_from_being_used_again(
    root: Root, gateway: ProviderGateway, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"")
    root.env = {**root.env, "AWS_CA_BUNDLE": str(bundle)}
    root.declare(resources("one"))
    warm: TerraformCli = root.terraform(gateway)

    first, before = root.plan(warm), gateway.processes()
    second, after = root.plan(warm), gateway.processes()

    assert sorted(before) == sorted(after)
    assert first.changes == second.changes
