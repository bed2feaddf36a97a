"""The hub of one account: its state, standards, controls, tags and errors."""

from __future__ import annotations

import pytest

from tests.sandbox.services.conftest import HOME, MEMBER, OTHER, Cloud, error_of

FSBP = f"arn:aws:securityhub:{HOME}::standards/aws-foundational-security-best-practices/v/1.0.0"
CIS_1_2 = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"


def test_a_hub_that_is_not_enabled_answers_as_aws_does(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    for call in (hub.describe_hub, hub.get_enabled_standards, hub.get_findings, hub.get_insights):
        assert error_of(call) == "InvalidAccessException"


def test_a_hub_is_enabled_once_and_has_the_default_standards(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub(Tags={"team": "payments"})

    enabled = hub.get_enabled_standards()["StandardsSubscriptions"]
    assert {s["StandardsArn"] for s in enabled} == {FSBP, CIS_1_2}
    arn = hub.describe_hub()["HubArn"]
    assert hub.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "payments"}
    assert error_of(hub.enable_security_hub) == "ResourceConflictException"
    assert error_of(cloud.hub(MEMBER, OTHER).describe_hub) == "InvalidAccessException"


def test_settings_of_a_hub_are_kept(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub(EnableDefaultStandards=False)

    hub.update_security_hub_configuration(
        AutoEnableControls=False, ControlFindingGenerator="STANDARD_CONTROL"
    )

    described = hub.describe_hub()
    assert described["AutoEnableControls"] is False
    assert described["ControlFindingGenerator"] == "STANDARD_CONTROL"


def test_the_standards_of_a_region_have_its_name_in_their_arn(cloud: Cloud) -> None:
    standards = cloud.hub(MEMBER, OTHER).describe_standards()["Standards"]
    arns = [standard["StandardsArn"] for standard in standards]

    assert CIS_1_2 in arns
    assert FSBP.replace(HOME, OTHER) in arns
    assert FSBP not in arns
    assert sum(standard["EnabledByDefault"] for standard in standards) == 2


@pytest.mark.parametrize("arn", [FSBP.replace(HOME, OTHER), FSBP.replace("1.0.0", "9.0.0"), "x"])
def test_a_wrong_standard_is_refused(cloud: Cloud, arn: str) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub(EnableDefaultStandards=False)

    request = [{"StandardsArn": arn}]
    call = hub.batch_enable_standards
    assert error_of(call, StandardsSubscriptionRequests=request) == "InvalidInputException"


def test_a_control_is_switched_off_in_one_standard_with_a_reason(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub()
    switch = {"SecurityControlId": "EC2.6", "StandardsArn": FSBP, "AssociationStatus": "DISABLED"}

    refused = hub.batch_update_standards_control_associations(
        StandardsControlAssociationUpdates=[switch]
    )["UnprocessedAssociationUpdates"]
    assert [item["ErrorCode"] for item in refused] == ["INVALID_INPUT"]
    hub.batch_update_standards_control_associations(
        StandardsControlAssociationUpdates=[{**switch, "UpdatedReason": "no VPC"}]
    )

    listed = hub.list_standards_control_associations(SecurityControlId="EC2.6")
    states = {
        item["StandardsArn"]: (item["AssociationStatus"], item.get("UpdatedReason"))
        for item in listed["StandardsControlAssociationSummaries"]
    }
    assert states == {FSBP: ("DISABLED", "no VPC"), CIS_1_2: ("ENABLED", None)}
    control = hub.batch_get_security_controls(SecurityControlIds=["EC2.6"])["SecurityControls"][0]
    assert control["SecurityControlStatus"] == "ENABLED"


def test_disabling_a_standard_forgets_its_switches(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub()
    subscriptions = hub.get_enabled_standards()["StandardsSubscriptions"]
    [subscription] = [s for s in subscriptions if s["StandardsArn"] == FSBP]
    hub.update_standards_control(
        StandardsControlArn=subscription["StandardsSubscriptionArn"].replace(
            ":subscription/", ":control/"
        )
        + "/S3.9",
        ControlStatus="DISABLED",
        DisabledReason="kept elsewhere",
    )

    hub.batch_disable_standards(
        StandardsSubscriptionArns=[subscription["StandardsSubscriptionArn"]]
    )
    hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": FSBP}])

    controls = hub.get_paginator("describe_standards_controls").paginate(
        StandardsSubscriptionArn=subscription["StandardsSubscriptionArn"]
    )
    found = [c for page in controls for c in page["Controls"] if c["ControlId"] == "S3.9"]
    assert [control["ControlStatus"] for control in found] == ["ENABLED"]


def test_control_definitions_are_listed_for_a_standard_and_page_by_page(cloud: Cloud) -> None:
    pages = cloud.hub(MEMBER).get_paginator("list_security_control_definitions")
    every = list(pages.paginate(PaginationConfig={"PageSize": 50}))
    foundational = list(pages.paginate(StandardsArn=FSBP))

    counts = [sum(len(p["SecurityControlDefinitions"]) for p in r) for r in (every, foundational)]
    assert len(every) > 5
    assert counts[0] > counts[1] > 200


def test_action_targets_products_and_insights_live_and_die(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub()
    target = {"Name": "Ticket", "Description": "Opens one", "Id": "ticket"}
    arn = hub.create_action_target(**target)["ActionTargetArn"]
    assert error_of(hub.create_action_target, **target) == "ResourceConflictException"
    hub.delete_action_target(ActionTargetArn=arn)
    missing = error_of(hub.describe_action_targets, ActionTargetArns=[arn])
    assert missing == "ResourceNotFoundException"

    product = f"arn:aws:securityhub:{HOME}::product/aws/guardduty"
    hub.enable_import_findings_for_product(ProductArn=product)
    [subscription] = hub.list_enabled_products_for_import()["ProductSubscriptions"]
    assert subscription.endswith(f"{MEMBER}:product-subscription/aws/guardduty")


def test_a_call_that_is_not_there_is_named(cloud: Cloud) -> None:
    assert error_of(cloud.hub(MEMBER).describe_products) == "SandboxNotImplemented"
