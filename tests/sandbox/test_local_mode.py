"""Mode `local` as a user has it: each account's stack turns standards and controls on and off.

The controls of the sample are turned off in the standards that have them, and in no other: a hub
refuses a control that a standard has not (ResourceNotFoundException).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.desk import Workspace, a_desk
from tests.sandbox.fleets import HOME_REGION, OTHER_REGION, PAYMENTS_DEV, a_fleet

pytestmark = [pytest.mark.terraform, pytest.mark.long]

FOUNDATIONS = ("management", "security")
ACCOUNT = "payments-dev"
FSBP = "standards/aws-foundational-security-best-practices/v/1.0.0"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = a_desk(tmp_path_factory.mktemp("local"))
    file = workspace.project / "account_configs" / "organization.yaml"
    text = file.read_text("utf-8")
    assert "mode: central" in text
    file.write_text(text.replace("mode: central", "mode: local", 1), "utf-8")
    with lifecycle.running(workspace.work / ".sandbox", a_fleet()):
        workspace.done("--sandbox", "bootstrap", "--yes")
        workspace.done("--sandbox", "apply", "log-archive", *FOUNDATIONS, "--yes")
        yield workspace


def aws(workspace: Workspace) -> Sandbox:
    running = lifecycle.status(workspace.work / ".sandbox")
    assert running
    return Sandbox(running.port, running.environment, workspace.work)


def states(workspace: Workspace, control: str, region: str) -> dict[str, str]:
    hub = aws(workspace).client("securityhub", PAYMENTS_DEV, region=region)
    found = hub.list_standards_control_associations(SecurityControlId=control)
    summaries = found["StandardsControlAssociationSummaries"]
    return {each["StandardsArn"]: each["AssociationStatus"] for each in summaries}


def test_a_control_is_off_in_the_standards_that_have_it(workspace: Workspace) -> None:
    workspace.done("--sandbox", "apply", ACCOUNT, "--yes")

    for region in (HOME_REGION, OTHER_REGION):
        found = states(workspace, "S3.9", region)
        assert set(found.values()) == {"DISABLED"}
    enabled = states(workspace, "S3.8", HOME_REGION)
    assert set(enabled.values()) == {"ENABLED"}
    assert len(enabled) == 2, "the foundational standard and the benchmark have it"
    (only,) = states(workspace, "S3.9", HOME_REGION)
    assert only.endswith(FSBP), "the benchmark has it not"


def test_what_was_applied_is_what_is_declared(workspace: Workspace) -> None:
    workspace.done("--sandbox", "verify", ACCOUNT)
    document = workspace.document("plan", ACCOUNT)

    assert {each["outcome"] for each in document["stacks"]} == {"unchanged"}


def test_a_refreshed_list_changes_no_plan_where_aws_has_said_nothing_new(
    workspace: Workspace,
) -> None:
    said = workspace.done("--sandbox", "controls", "refresh")

    assert "hub_controls.yaml" in said
    document = workspace.document("plan", ACCOUNT)
    assert {each["outcome"] for each in document["stacks"]} == {"unchanged"}
