"""The inspector against accounts that answer: bare ones, and one arranged by hand."""

from __future__ import annotations

import json

import pytest

from orchestrator.adapters.aws.conformance import AwsConformance
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account
from orchestrator.model.run import Answer, Probe
from orchestrator.ports import Conformance
from orchestrator.sandbox.client import Sandbox
from tests.builders import a_key
from tests.contract.sessions.worlds import ORDERS, ORGANIZATION, WEB, a_keyring, allow, make_role

REGIONS = ("ap-northeast-1", "us-east-1")


FOUNDATIONAL = (
    "arn:aws:securityhub:{region}::standards/aws-foundational-security-best-practices/v/1.0.0"
)


def _inspector(sandbox: Sandbox) -> Conformance:
    return AwsConformance(a_keyring(sandbox), ORGANIZATION)


def _account(key: StackKey) -> Account:
    return ORGANIZATION.named(key.account_name)


def _arrange(sandbox: Sandbox, account: str) -> None:
    """What the account stack would have made, and the bucket it delivers to."""
    sandbox.client("s3", ORGANIZATION.log_archive.id).create_bucket(
        Bucket="example-logs-config",
        CreateBucketConfiguration={"LocationConstraint": REGIONS[0]},
    )
    _admit_config(sandbox)
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "config.amazonaws.com"},
    }
    iam = sandbox.client("iam", account)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="config", AssumeRolePolicyDocument=policy)
    allow(iam, "config")
    for region in REGIONS:
        hub = sandbox.client("securityhub", account, region=region)
        hub.enable_security_hub(EnableDefaultStandards=False)
        arn = FOUNDATIONAL.format(region=region)
        hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": arn}])
        config = sandbox.client("config", account, region=region)
        recorder = {"name": "default", "roleARN": f"arn:aws:iam::{account}:role/config"}
        config.put_configuration_recorder(ConfigurationRecorder=recorder)
        channel = {"name": "default", "s3BucketName": "example-logs-config"}
        config.put_delivery_channel(DeliveryChannel=channel)
        config.start_configuration_recorder(ConfigurationRecorderName="default")
        ec2 = sandbox.client("ec2", account, region=region)
        ec2.enable_ebs_encryption_by_default()
        ec2.modify_instance_metadata_defaults(HttpTokens="required")
    sandbox.client("s3control", account).put_public_access_block(
        AccountId=account,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )


def _admit_config(sandbox: Sandbox) -> None:
    """Source: AWS Config Developer Guide, "Permissions for the Amazon S3 bucket"."""
    bucket = "arn:aws:s3:::example-logs-config"
    service = {"Principal": {"Service": "config.amazonaws.com"}}
    allowed = {"Effect": "Allow", **service}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {**allowed, "Action": ["s3:GetBucketAcl", "s3:ListBucket"], "Resource": bucket},
            {**allowed, "Action": "s3:PutObject", "Resource": f"{bucket}/*"},
        ],
    }
    s3 = sandbox.client("s3", ORGANIZATION.log_archive.id)
    s3.put_bucket_policy(Bucket="example-logs-config", Policy=json.dumps(policy))


def _answers(probes: tuple[Probe, ...]) -> dict[str, str]:
    return {probe.what: probe.found for probe in probes if probe.answer is not Answer.AS_DECLARED}


def test_an_account_in_which_nothing_was_done_is_different_in_everything_but_its_roles(
    sandbox: Sandbox,
) -> None:
    probes = _inspector(sandbox).inspect(_account(ORDERS), ORDERS)

    assert len(probes) == 2 + 6 * len(REGIONS) + 1
    assert {p.what for p in probes if p.answer is Answer.AS_DECLARED} == {
        "orders: plan role can be assumed",
        "orders: apply role can be assumed",
    }
    assert {probe.answer for probe in probes} == {Answer.AS_DECLARED, Answer.DIFFERENT}


def test_an_account_that_has_everything_is_as_declared(sandbox: Sandbox) -> None:
    account = "200000000008"
    facts = ORGANIZATION.facts
    iam = sandbox.client("iam", account)
    runner = f"arn:aws:iam::{ORGANIZATION.management.id}:role/{facts.access.runner_role}"
    for role in (facts.access.plan_role, facts.access.apply_role):
        make_role(iam, role, runner, facts.access.external_id)
        allow(iam, role)
    _arrange(sandbox, account)
    declared = _account(ORDERS)
    key = StackKey(type(declared.id)(account), "orders", StackName.ACCOUNT)

    probes = _inspector(sandbox).inspect(_with_id(declared, account), key)

    assert _answers(probes) == {}


def _with_id(account: Account, id_: str) -> Account:
    return Account(
        type(account.id)(id_),
        account.name,
        account.email,
        account.ou,
        account.settings,
        account.decisions,
    )


def test_an_account_that_does_not_let_us_in_is_denied_and_nothing_else(sandbox: Sandbox) -> None:
    probes = _inspector(sandbox).inspect(_account(WEB), WEB)

    assert {probe.answer for probe in probes} == {Answer.DENIED}
    assert all("sts:AssumeRole" in probe.found for probe in probes)


@pytest.mark.parametrize("stack", [StackName.BOOTSTRAP, StackName.ORGANIZATION])
def test_every_stack_of_the_management_account_has_questions(
    sandbox: Sandbox, stack: StackName
) -> None:
    account = ORGANIZATION.management

    assert _inspector(sandbox).inspect(account, a_key(account, stack))
