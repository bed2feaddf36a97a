"""Mode `policy` as a user has it: the command line, the real Terraform, the generated roles.

From central configuration to policies of the organization and back; between the two every account
has what it had. Drift is told and repaired on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.desk import Workspace, a_desk
from tests.sandbox.fleets import HOME_REGION, OTHER_REGION, PAYMENTS_PROD, ROOT, a_fleet

pytestmark = [pytest.mark.terraform, pytest.mark.long]

FOUNDATIONS = ("management", "security")
CSPM = "SECURITYHUB_CSPM_POLICY"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = a_desk(tmp_path_factory.mktemp("policies"))
    with lifecycle.running(workspace.work / ".sandbox", a_fleet()):
        workspace.done("--sandbox", "bootstrap", "--yes")
        workspace.done("--sandbox", "apply", "log-archive", *FOUNDATIONS, "--yes")
        yield workspace


def aws(workspace: Workspace) -> Sandbox:
    running = lifecycle.status(workspace.work / ".sandbox")
    assert running
    return Sandbox(running.port, running.environment, workspace.work)


def changed(workspace: Workspace, before: str, after: str) -> None:
    file = workspace.project / "account_configs" / "organization.yaml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


def stack(document: Mapping[str, Any], name: str) -> Any:
    [found] = [each for each in document["stacks"] if each["stack"] == name]
    return found


def addresses(found: Mapping[str, Any], action: str) -> list[str]:
    return [each["address"] for each in found["changes"] if each["action"] == action]


def standards(workspace: Workspace) -> dict[str, set[str]]:
    found = {}
    for region in (HOME_REGION, OTHER_REGION):
        hub = aws(workspace).client("securityhub", PAYMENTS_PROD, region=region)
        listed = hub.get_enabled_standards()["StandardsSubscriptions"]
        found[region] = {each["StandardsArn"].rpartition(":")[2] for each in listed}
    return found


def attached(workspace: Workspace) -> list[str]:
    organizations = aws(workspace).client("organizations")
    found = organizations.list_policies_for_target(TargetId=ROOT, Filter=CSPM)["Policies"]
    return [each["Name"] for each in found]


def test_a_plan_shows_policies_and_what_central_configuration_gives_up(
    workspace: Workspace,
) -> None:
    assert standards(workspace)[HOME_REGION]
    changed(workspace, "mode: central", "mode: policy\n    unified: true")
    workspace.done("--sandbox", "bootstrap", "--yes")

    document = workspace.document("plan", *FOUNDATIONS, code=ExitCode.GATE_REFUSED)

    organization, security = (stack(document, n) for n in ("organization", "security"))
    made = addresses(organization, "create")
    assert any(each.startswith("organizations_policy[") for each in made)
    assert f'organizations_policy_attachment["{CSPM} at the root"]' in made
    assert addresses(organization, "delete") == [], "the same decisions lose nothing"
    assert security["outcome"] == "refused"
    assert any("configuration_policy" in each for each in addresses(security, "delete"))
    assert attached(workspace) == [], "a plan changes nothing"


def test_policies_take_over_with_nothing_off(workspace: Workspace) -> None:
    before = standards(workspace)
    changed(workspace, "destroys: 0", "destroys: 60")

    workspace.done("--sandbox", "apply", *FOUNDATIONS, "--yes")

    assert standards(workspace) == before
    assert len(attached(workspace)) == 1
    member = aws(workspace).client("securityhub", PAYMENTS_PROD)
    assert member.describe_security_hub_v2()["HubV2Arn"]
    workspace.done("--sandbox", "verify", *FOUNDATIONS)
    document = workspace.document("plan", *FOUNDATIONS)
    assert {each["outcome"] for each in document["stacks"]} == {"unchanged"}


def test_a_policy_detached_by_hand_is_drift_that_the_next_apply_repairs(
    workspace: Workspace,
) -> None:
    workspace.document("drift", "management")
    organizations = aws(workspace).client("organizations")
    [found] = organizations.list_policies_for_target(TargetId=ROOT, Filter=CSPM)["Policies"]
    organizations.detach_policy(PolicyId=found["Id"], TargetId=ROOT)

    document = workspace.document("drift", "management", code=ExitCode.DRIFT)

    said = stack(document, "organization")["changes"]
    assert [each["address"] for each in said] == [
        f'organizations_policy_attachment["{CSPM} at the root"]'
    ]
    workspace.done("--sandbox", "apply", "management", "--yes")
    assert attached(workspace) == [found["Name"]]


def test_a_reviewed_plan_moves_policies_as_it_was_reviewed(workspace: Workspace) -> None:
    changed(workspace, "cis_3_0: true", "cis_3_0: false")
    planned = workspace.document("plan", "management", "--out")
    lost = addresses(stack(planned, "organization"), "delete")
    assert any("cis-aws-foundations-benchmark" in each for each in lost)

    workspace.done("--sandbox", "apply", "--run", planned["run"], "--yes")

    assert len(standards(workspace)[HOME_REGION]) == 1
    changed(workspace, "cis_3_0: false", "cis_3_0: true")
    workspace.done("--sandbox", "apply", "management", "--yes")
    assert len(standards(workspace)[HOME_REGION]) == 2


def test_central_configuration_takes_over_again_with_nothing_off(workspace: Workspace) -> None:
    before = standards(workspace)
    changed(workspace, "mode: policy\n    unified: true", "mode: central")

    workspace.done("--sandbox", "apply", *FOUNDATIONS, "--yes")

    assert standards(workspace) == before
    assert attached(workspace) == []
    workspace.done("--sandbox", "verify", *FOUNDATIONS)
