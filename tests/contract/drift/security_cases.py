"""By hand, in the account that looks after all others."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.model.names import StackName
from tests.contract.drift.mutations import HOME, OTHER, Book, Hands, only

BOOK = Book(StackName.SECURITY)
REGIONS = (HOME, OTHER)
ROLES = ("orchestrator-config-organization", "orchestrator-events-findings")
BUS = "findings"


@BOOK.case("aws_securityhub_finding_aggregator")
def findings_of_another_region_are_gathered(hands: Hands) -> Iterator[None]:
    hub = hands("securityhub")
    arn = hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]
    before = only(
        hub.get_finding_aggregator(FindingAggregatorArn=arn), "RegionLinkingMode", "Regions"
    )
    changed = {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["eu-west-1"]}
    hub.update_finding_aggregator(FindingAggregatorArn=arn, **changed)
    yield
    hub.update_finding_aggregator(FindingAggregatorArn=arn, **before)


@BOOK.case("aws_securityhub_configuration_policy", over=("organization", "sandbox"))
def a_configuration_policy_is_described_otherwise(hands: Hands, name: str) -> Iterator[None]:
    hub = hands("securityhub")
    listed = hub.list_configuration_policies()["ConfigurationPolicySummaries"]
    policy = next(each for each in listed if each["Name"] == name)
    hub.update_configuration_policy(Identifier=policy["Id"], Description="by hand")
    yield
    hub.update_configuration_policy(Identifier=policy["Id"], Description=policy["Description"])


@BOOK.case("aws_securityhub_configuration_policy")
def a_configuration_policy_turns_security_hub_off(hands: Hands) -> Iterator[None]:
    hub = hands("securityhub")
    listed = hub.list_configuration_policies()["ConfigurationPolicySummaries"]
    # Not the organization's own, which would turn the administrator's hub off as well.
    policy = next(each for each in listed if each["Name"] == "sandbox")
    before = hub.get_configuration_policy(Identifier=policy["Id"])["ConfigurationPolicy"]
    hub.update_configuration_policy(
        Identifier=policy["Id"], ConfigurationPolicy={"SecurityHub": {"ServiceEnabled": False}}
    )
    yield
    hub.update_configuration_policy(Identifier=policy["Id"], ConfigurationPolicy=before)


@BOOK.case("aws_securityhub_configuration_policy_association")
def an_ou_follows_another_policy(hands: Hands) -> Iterator[None]:
    hub = hands("securityhub")
    target = {"OrganizationalUnitId": "ou-ex01-sandbox0"}
    listed = hub.list_configuration_policies()["ConfigurationPolicySummaries"]
    ids = {each["Name"]: each["Id"] for each in listed}
    hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=ids["organization"], Target=target
    )
    yield
    hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=ids["sandbox"], Target=target
    )


@BOOK.case("aws_guardduty_organization_configuration", over=REGIONS)
def new_accounts_get_no_guardduty(hands: Hands, region: str) -> Iterator[None]:
    guardduty = hands("guardduty", region)
    detector = guardduty.list_detectors()["DetectorIds"][0]
    guardduty.update_organization_configuration(
        DetectorId=detector, AutoEnableOrganizationMembers="NONE"
    )
    yield
    guardduty.update_organization_configuration(
        DetectorId=detector, AutoEnableOrganizationMembers="ALL"
    )


@BOOK.case("aws_guardduty_organization_configuration_feature", over=REGIONS)
def a_feature_is_off_for_new_accounts(hands: Hands, region: str) -> Iterator[None]:
    guardduty = hands("guardduty", region)
    detector = guardduty.list_detectors()["DetectorIds"][0]
    for mode in ("NONE", "ALL"):
        guardduty.update_organization_configuration(
            DetectorId=detector,
            AutoEnableOrganizationMembers="ALL",
            Features=[{"Name": "S3_DATA_EVENTS", "AutoEnable": mode}],
        )
        if mode == "NONE":
            yield


@BOOK.case("aws_guardduty_detector_feature", over=REGIONS)
def a_feature_of_the_detector_is_off(hands: Hands, region: str) -> Iterator[None]:
    guardduty = hands("guardduty", region)
    detector = guardduty.list_detectors()["DetectorIds"][0]
    for status in ("DISABLED", "ENABLED"):
        guardduty.update_detector(
            DetectorId=detector, Features=[{"Name": "S3_DATA_EVENTS", "Status": status}]
        )
        if status == "DISABLED":
            yield


@BOOK.case("aws_accessanalyzer_analyzer", over=REGIONS)
def an_analyzer_is_tagged(hands: Hands, region: str) -> Iterator[None]:
    analyzer = hands("accessanalyzer", region)
    arn = analyzer.get_analyzer(analyzerName="organization")["analyzer"]["arn"]
    analyzer.tag_resource(resourceArn=arn, tags={"by": "hand"})
    yield
    analyzer.untag_resource(resourceArn=arn, tagKeys=["by"])


@BOOK.case("aws_config_configuration_aggregator")
def one_region_less_is_aggregated(hands: Hands) -> Iterator[None]:
    config = hands("config")
    (before,) = config.describe_configuration_aggregators()["ConfigurationAggregators"]
    source = before["OrganizationAggregationSource"]
    arn = before["ConfigurationAggregatorArn"]
    tags = config.list_tags_for_resource(ResourceArn=arn)["Tags"]
    fewer = {"RoleArn": source["RoleArn"], "AwsRegions": [HOME]}
    for wanted in (fewer, source):
        config.put_configuration_aggregator(
            ConfigurationAggregatorName=before["ConfigurationAggregatorName"],
            OrganizationAggregationSource=wanted,
            Tags=tags,
        )
        if wanted is fewer:
            yield


@BOOK.case("aws_cloudwatch_event_rule")
def the_rule_is_disabled(hands: Hands) -> Iterator[None]:
    events = hands("events")
    events.disable_rule(Name="findings")
    yield
    events.enable_rule(Name="findings")


@BOOK.case("aws_cloudwatch_event_rule")
def the_rule_matches_less(hands: Hands) -> Iterator[None]:
    events = hands("events")
    before = only(
        events.describe_rule(Name="findings"), "Name", "EventPattern", "State", "Description"
    )
    pattern = json.dumps({"source": ["aws.guardduty"]})
    events.put_rule(**{**before, "EventPattern": pattern})
    yield
    events.put_rule(**before)


@BOOK.case("aws_cloudwatch_event_target")
def the_rule_has_no_target(hands: Hands) -> Iterator[None]:
    events = hands("events")
    targets = events.list_targets_by_rule(Rule="findings")["Targets"]
    events.remove_targets(Rule="findings", Ids=[target["Id"] for target in targets])
    yield
    events.put_targets(Rule="findings", Targets=targets)


@BOOK.case("aws_cloudwatch_event_bus")
def the_bus_is_tagged(hands: Hands) -> Iterator[None]:
    events = hands("events")
    arn = events.describe_event_bus(Name=BUS)["Arn"]
    events.tag_resource(ResourceARN=arn, Tags=[{"Key": "by", "Value": "hand"}])
    yield
    events.untag_resource(ResourceARN=arn, TagKeys=["by"])


@BOOK.case("aws_iam_role", over=ROLES)
def a_role_of_the_account_is_tagged(hands: Hands, role: str) -> Iterator[None]:
    iam = hands("iam")
    iam.tag_role(RoleName=role, Tags=[{"Key": "by", "Value": "hand"}])
    yield
    iam.untag_role(RoleName=role, TagKeys=["by"])


@BOOK.case("aws_iam_role_policy", over=ROLES)
def a_role_of_the_account_loses_its_policy(hands: Hands, role: str) -> Iterator[None]:
    iam = hands("iam")
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    before = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName=name)
    yield
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(before))


@BOOK.case("aws_securityhub_finding_aggregator", lasting=True)
def findings_are_no_longer_gathered(hands: Hands) -> Iterator[None]:
    hub = hands("securityhub")
    arn = hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]
    hub.delete_finding_aggregator(FindingAggregatorArn=arn)
    yield


@BOOK.case("aws_accessanalyzer_analyzer", over=REGIONS, lasting=True)
def an_analyzer_is_deleted(hands: Hands, region: str) -> Iterator[None]:
    hands("accessanalyzer", region).delete_analyzer(analyzerName="organization")
    yield


@BOOK.case("aws_config_configuration_aggregator", lasting=True)
def the_aggregator_is_deleted(hands: Hands) -> Iterator[None]:
    hands("config").delete_configuration_aggregator(ConfigurationAggregatorName="organization")
    yield
