"""Each question with an answer as declared, and with others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from orchestrator.adapters.aws.conformance import account, checks, organization, security
from orchestrator.adapters.aws.conformance.checks import Aws, ask
from orchestrator.errors import AwsDenied
from orchestrator.model.run import Answer, Probe
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal

REGION, OTHER = "ap-northeast-1", "us-east-1"
ME, SECURITY = "200000000006", "200000000002"
NO_BLOCK = refusal("NoSuchPublicAccessBlockConfiguration")
OFF = refusal("InvalidAccessException")
SHUT = {
    "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
}
AJAR = {"PublicAccessBlockConfiguration": {**SHUT["PublicAccessBlockConfiguration"]}}
AJAR["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] = False
AGGREGATOR = {"securityhub:ListFindingAggregators": [{"FindingAggregatorArn": "arn"}]}


def _aggregator(mode: str, *regions: str, at: str = REGION) -> dict[str, object]:
    return {
        **AGGREGATOR,
        "securityhub:GetFindingAggregator": {
            "FindingAggregationRegion": at,
            "RegionLinkingMode": mode,
            "Regions": list(regions),
        },
    }


def _recorders(**status: object) -> dict[str, object]:
    return {
        "config:DescribeConfigurationRecorderStatus": {"ConfigurationRecordersStatus": [status]}
    }


def _trail(**status: object) -> dict[str, object]:
    return {
        "cloudtrail:DescribeTrails": {
            "trailList": [{"TrailARN": "a", "IsOrganizationTrail": True}]
        },
        "cloudtrail:GetTrailStatus": status,
    }


def _central(kind: str, status: str) -> dict[str, object]:
    found = {"ConfigurationType": kind, "Status": status}
    return {"securityhub:DescribeOrganizationConfiguration": {"OrganizationConfiguration": found}}


def _enabled(**states: str) -> dict[str, object]:
    found = [{"StandardsArn": arn, "StandardsStatus": status} for arn, status in states.items()]
    return {"securityhub:GetEnabledStandards": found}


def _controls(*statuses: str) -> dict[str, object]:
    found = [{"AssociationStatus": status} for status in statuses]
    return {"securityhub:ListStandardsControlAssociations": found}


hub_on = partial(account.hub, region=REGION, wanted=True)
hub_off = partial(account.hub, region=REGION, wanted=False)
standards = partial(account.standards, region=REGION, arns={"a", "b"})
controls = partial(account.controls, region=REGION, off={"S3.1"})
recorder = partial(account.recorder, region=REGION)
channel = partial(account.channel, region=REGION, bucket="logs-config")
ebs = partial(account.ebs_encryption, region=REGION)
imdsv2 = partial(account.imdsv2, region=REGION)
account_block = partial(account.account_public_access, account=ME)
versioned = partial(organization.versioned, bucket="logs")
encrypted = partial(organization.encrypted, bucket="logs")
closed = partial(organization.closed, bucket="logs")
delegated = partial(organization.delegated, security=SECURITY)
hub_admin = partial(organization.hub_administrator, security=SECURITY)
guardduty_admin = partial(organization.guardduty_administrator, region=REGION, security=SECURITY)
aggregator = partial(security.aggregator, home=REGION, linked={OTHER})
subscription = partial(checks.subscription, region=REGION, archive=SECURITY)
flow_log = partial(checks.flow_log, region=REGION, vpc="vpc-0a1b2c3d", bucket="example-logs")
queries = partial(checks.queries, region=REGION, vpc="vpc-0a1b2c3d")
lake = partial(checks.lake, region=REGION, wanted=frozenset({"VPC_FLOW", "WAF"}))


def _subscribed(*accounts: str) -> dict[str, object]:
    arns = (f"arn:aws:logs:{REGION}:{owner}:destination:orchestrator-logs" for owner in accounts)
    found = [{"policyDocument": f'{{"DestinationArn": "{arn}"}}'} for arn in arns]
    return {"logs:DescribeAccountPolicies": {"accountPolicies": found}}


def _flows(bucket: str, **status: str) -> dict[str, object]:
    return {"ec2:DescribeFlowLogs": [{"LogDestination": f"arn:aws:s3:::{bucket}", **status}]}


ASSOCIATIONS = "route53resolver:ListResolverQueryLogConfigAssociations"


def _associated(**status: str) -> dict[str, object]:
    return {ASSOCIATIONS: [status]}


def _collected(*names: str) -> dict[str, object]:
    sources = [{"awsLogSource": {"sourceName": name}} for name in names]
    return {"securitylake:ListLogSources": [{"sources": [*sources, {"customLogSource": {}}]}]}


CASES = [
    (hub_on, {"securityhub:DescribeHub": {}}, ""),
    (hub_on, {"securityhub:DescribeHub": OFF}, "it is off"),
    (hub_off, {"securityhub:DescribeHub": OFF}, ""),
    (hub_off, {"securityhub:DescribeHub": {}}, "it is on"),
    (
        standards,
        _enabled(a="READY", b="READY", c="PENDING"),
        "",
    ),
    (standards, _enabled(a="READY"), "not enabled: b"),
    (standards, _enabled(a="PENDING", b="FAILED"), "b is FAILED"),
    (standards, {"securityhub:GetEnabledStandards": OFF}, "Security Hub is off"),
    (controls, _controls("DISABLED", "DISABLED"), ""),
    (controls, _controls("DISABLED", "ENABLED"), "still enabled: S3.1"),
    (
        controls,
        {"securityhub:ListStandardsControlAssociations": refusal("ResourceNotFoundException")},
        "",
    ),
    (recorder, _recorders(recording=True, lastStatus="SUCCESS"), ""),
    (recorder, _recorders(recording=True), ""),
    (recorder, _recorders(recording=False), "nothing is recorded"),
    (recorder, _recorders(recording=True, lastStatus="Failure"), "the last recording failed"),
    (
        recorder,
        {"config:DescribeConfigurationRecorderStatus": {"ConfigurationRecordersStatus": []}},
        "nothing is recorded",
    ),
    (
        channel,
        {
            "config:DescribeDeliveryChannels": {
                "DeliveryChannels": [{"s3BucketName": "logs-config"}]
            }
        },
        "",
    ),
    (channel, {"config:DescribeDeliveryChannels": {"DeliveryChannels": []}}, "to nowhere"),
    (ebs, {"ec2:GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": True}}, ""),
    (ebs, {"ec2:GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": False}}, "it is off"),
    (imdsv2, {"ec2:GetInstanceMetadataDefaults": {"AccountLevel": {"HttpTokens": "required"}}}, ""),
    (imdsv2, {"ec2:GetInstanceMetadataDefaults": {}}, "tokens: no preference"),
    (account_block, {"s3control:GetPublicAccessBlock": SHUT}, ""),
    (account_block, {"s3control:GetPublicAccessBlock": AJAR}, "off: BlockPublicPolicy"),
    (account_block, {"s3control:GetPublicAccessBlock": NO_BLOCK}, "there is none"),
    (versioned, {"s3:GetBucketVersioning": {"Status": "Enabled"}}, ""),
    (versioned, {"s3:GetBucketVersioning": {}}, "it is not"),
    (versioned, {"s3:GetBucketVersioning": refusal("NoSuchBucket")}, "no such bucket"),
    (
        encrypted,
        {"s3:GetBucketEncryption": {"ServerSideEncryptionConfiguration": {"Rules": [{}]}}},
        "",
    ),
    (
        encrypted,
        {"s3:GetBucketEncryption": refusal("ServerSideEncryptionConfigurationNotFoundError")},
        "it is not",
    ),
    (closed, {"s3:GetPublicAccessBlock": SHUT}, ""),
    (closed, {"s3:GetPublicAccessBlock": AJAR}, "off: BlockPublicPolicy"),
    (
        delegated,
        {
            "organizations:ListDelegatedServicesForAccount": [
                {"ServicePrincipal": name} for name in organization.DELEGATED
            ]
        },
        "",
    ),
    (
        delegated,
        {
            "organizations:ListDelegatedServicesForAccount": [
                {"ServicePrincipal": "config.amazonaws.com"}
            ]
        },
        "not delegated to 200000000002: access-analyzer.amazonaws.com",
    ),
    (hub_admin, {"securityhub:ListOrganizationAdminAccounts": [{"AccountId": SECURITY}]}, ""),
    (hub_admin, {"securityhub:ListOrganizationAdminAccounts": []}, "none"),
    (
        guardduty_admin,
        {"guardduty:ListOrganizationAdminAccounts": [{"AdminAccountId": ME}]},
        "200000000006",
    ),
    (organization.trail, _trail(IsLogging=True), ""),
    (organization.trail, _trail(IsLogging=False), "logging is stopped"),
    (organization.trail, _trail(IsLogging=True, LatestDeliveryError="denied"), "denied"),
    (
        organization.trail,
        {"cloudtrail:DescribeTrails": {"trailList": [{"TrailARN": "a"}]}},
        "there is no trail of the organization",
    ),
    (aggregator, _aggregator("SPECIFIED_REGIONS", OTHER), ""),
    (aggregator, _aggregator("ALL_REGIONS"), ""),
    (aggregator, _aggregator("SPECIFIED_REGIONS"), "not from us-east-1"),
    (aggregator, _aggregator("ALL_REGIONS", at=OTHER), "in us-east-1"),
    (aggregator, {"securityhub:ListFindingAggregators": []}, "there is no aggregator"),
    (security.central, _central("CENTRAL", "ENABLED"), ""),
    (security.central, _central("CENTRAL", "FAILED"), "CENTRAL FAILED"),
    (security.central, {"securityhub:DescribeOrganizationConfiguration": {}}, "LOCAL"),
    (subscription, _subscribed(SECURITY), ""),
    (subscription, _subscribed(ME), "to somewhere else"),
    (subscription, _subscribed(), "there is no subscription"),
    (flow_log, _flows("example-logs", DeliverLogsStatus="SUCCESS"), ""),
    (flow_log, _flows("example-logs", DeliverLogsStatus="FAILED"), "the delivery failed"),
    (
        flow_log,
        _flows("example-logs", DeliverLogsStatus="FAILED", DeliverLogsErrorMessage="Access error"),
        "Access error",
    ),
    (flow_log, _flows("my-own-logs"), "there is no flow log"),
    (flow_log, {"ec2:DescribeFlowLogs": []}, "there is no flow log"),
    (queries, _associated(Status="ACTIVE"), ""),
    (queries, _associated(Status="FAILED", ErrorMessage=""), "the delivery failed"),
    (queries, {ASSOCIATIONS: []}, "they are not delivered"),
    (lake, _collected("WAF", "VPC_FLOW", "ROUTE53"), ""),
    (lake, _collected("WAF"), "not collected: VPC_FLOW"),
]


@pytest.mark.parametrize(("question", "answers", "found"), CASES)
def test_a_question_is_silent_when_all_is_as_declared_and_else_says_what_it_found(
    question: Callable[[Aws], str], answers: dict[str, object], found: str
) -> None:
    assert question(FakeAws(answers)) == found


@pytest.mark.parametrize(("question", "answers", "_"), CASES)
def test_a_question_that_is_refused_is_never_as_declared(
    question: Callable[[Aws], str], answers: dict[str, object], _: str
) -> None:
    first = next(iter(answers))

    with pytest.raises(AwsDenied):
        question(FakeAws({**answers, first: refusal("AccessDeniedException")}))


def test_a_refusal_becomes_an_answer_of_its_own_with_its_call() -> None:
    def look() -> str:
        raise refusal("AccessDenied")

    assert ask("the hub", look) == Probe(
        "the hub", Answer.DENIED, "some:Call as 'orchestrator-plan': AccessDenied: no"
    )
    assert ask("the hub", lambda: "it is off").answer is Answer.DIFFERENT
    assert ask("the hub", lambda: "").answer is Answer.AS_DECLARED
