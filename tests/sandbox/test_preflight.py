"""`preflight` in an organization as AWS gives it, and in one where everything is in the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from orchestrator import config, wiring
from orchestrator.adapters.aws.preflight.accounts import opted_in
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Organization
from orchestrator.model.preflight import Check, Standing, code_of
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.archives import a_bucket_for
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, with_keys
from tests.sandbox.fleets import (
    HOME_REGION,
    LOG_ARCHIVE,
    MANAGEMENT,
    OTHER_REGION,
    PAYMENTS_DEV,
    PAYMENTS_PROD,
    ROOT,
)

CHECKOUT = Path(__file__).parents[2]
ENTRY = "OrganizationAccountAccessRole"
NAMES = ("management", "security", "log-archive", "payments-prod", "payments-dev")


@cache
def sample() -> Organization:
    return config.load(CHECKOUT / "account_configs", date(2026, 11, 23))


def looked(sandbox: Sandbox, env: Mapping[str, str] | None = None) -> dict[tuple[str, str], Check]:
    accounts = tuple(sample().named(name) for name in NAMES)
    checks = wiring.preflight(sample(), env or sandbox.environment, accounts)
    return {(check.area, check.what): check for check in checks}


def standing(checks: dict[tuple[str, str], Check], area: str, what: str) -> Standing:
    return checks[area, what].found.standing


def troubles(checks: dict[tuple[str, str], Check]) -> dict[tuple[str, str], str]:
    bad = (Standing.IN_THE_WAY, Standing.UNKNOWN)
    return {key: c.found.says for key, c in checks.items() if c.found.standing in bad}


def test_nothing_is_in_the_way_of_a_new_organization_and_what_is_missing_is_made(
    fresh_sandbox: Sandbox,
) -> None:
    checks = looked(fresh_sandbox)

    assert troubles(checks) == {}
    assert code_of(checks.values()) == ExitCode.DONE
    role = "service-linked role of access-analyzer.amazonaws.com"
    assert standing(checks, "management account", role) is Standing.MISSING
    for service in ("Security Hub", "GuardDuty"):
        what = f"{OTHER_REGION}: {service}"
        assert standing(checks, "management account", what) is Standing.MISSING


def test_what_somebody_has_set_up_is_found_with_the_setting_that_goes_with_it(
    fresh_sandbox: Sandbox,
) -> None:
    aws = fresh_sandbox
    organizations = aws.client("organizations")
    _administered_by(aws, PAYMENTS_DEV)
    _recorded_by_control_tower(aws, PAYMENTS_PROD)
    for kind, content in POLICIES.items():
        organizations.enable_policy_type(RootId=ROOT, PolicyType=kind)
        made = organizations.create_policy(
            Name=kind, Description=kind, Type=kind, Content=json.dumps(content)
        )
        organizations.attach_policy(
            PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId="ou-ex01-dev00000"
        )
    elsewhere = aws.client("s3", PAYMENTS_DEV)
    for name in (sample().facts.state.bucket, "example-logs-config"):
        elsewhere.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME_REGION}
        )
    for name in ("a", "b", "c", "d", "e"):
        place = {"LocationConstraint": HOME_REGION}
        s3, bucket = aws.client("s3"), f"trail-{name}"
        a_bucket_for(s3, bucket, "cloudtrail", CreateBucketConfiguration=place)
        aws.client("cloudtrail").create_trail(Name=f"trail-{name}", S3BucketName=f"trail-{name}")

    checks = looked(aws)

    found = {key: c.found for key, c in checks.items()}
    assert code_of(checks.values()) == ExitCode.GATE_REFUSED
    expected = {
        ("organization", "administrator of config.amazonaws.com"): "organization.accounts.security",
        (
            "organization",
            f"{HOME_REGION}: administrator of Security Hub",
        ): "organization.accounts.security",
        ("payments-prod", f"{HOME_REGION}: AWS Config's recorder"): "config_recorder.enabled",
        ("payments-prod", f"{HOME_REGION}: AWS Config's channel"): "config_recorder.enabled",
        ("policies", "payments-dev: policies of settings"): "baseline.imdsv2",
        ("policies", "payments-dev: SCPs"): "",
        ("names", f"bucket {sample().facts.state.bucket}"): "organization.state.bucket",
        ("names", "bucket example-logs-config"): "organization.log_archive.bucket_prefix",
        ("management account", f"{HOME_REGION}: CloudTrail"): "",
    }
    assert {
        key: c.setting for key, c in found.items() if c.standing is Standing.IN_THE_WAY
    } == expected
    assert all(found[key].fix for key in expected)
    assert "iam:CreateRole" in found["policies", "payments-dev: SCPs"].says
    assert found["policies", "payments-prod: SCPs"].standing is Standing.OK


def test_a_policy_that_denies_on_some_resources_alone_is_found_where_they_are_ours(
    fresh_sandbox: Sandbox,
) -> None:
    organizations = fresh_sandbox.client("organizations")
    organizations.enable_policy_type(RootId=ROOT, PolicyType="SERVICE_CONTROL_POLICY")
    roles = _denies("iam:*", "arn:aws:iam::*:role/orchestrator-*")
    others = _denies("iam:*", "arn:aws:iam::*:role/aws-controltower-*")
    buckets = _denies("s3:PutBucketPolicy", "arn:aws:s3:::example-logs-*")
    for name, content, target in (
        ("roles", roles, PAYMENTS_DEV),
        ("others", others, PAYMENTS_PROD),
        ("buckets", buckets, ROOT),
    ):
        made = organizations.create_policy(
            Name=name, Description=name, Type="SERVICE_CONTROL_POLICY", Content=json.dumps(content)
        )
        organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)

    checks = looked(fresh_sandbox)

    denied = {
        what.removesuffix(": SCPs"): check.found.says
        for (area, what), check in checks.items()
        if area == "policies" and check.found.standing is Standing.IN_THE_WAY
    }
    assert denied == {
        "payments-dev": "denied: iam:AttachRolePolicy, iam:CreateRole, iam:PutRolePolicy",
        "log-archive": "denied: s3:PutBucketPolicy",
    }


def _denies(action: str, resource: str) -> dict[str, Any]:
    statement = {"Effect": "Deny", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_an_account_that_lets_nobody_in_or_is_closed_is_in_the_way(fresh_sandbox: Sandbox) -> None:
    aws = fresh_sandbox
    aws.client("iam", PAYMENTS_PROD).update_assume_role_policy(
        RoleName=ENTRY, PolicyDocument=a_trust_policy({"AWS": PAYMENTS_PROD})
    )
    aws.client("organizations").close_account(AccountId=PAYMENTS_DEV)

    checks = looked(aws)

    closed = checks["payments-prod", "can be entered"].found
    assert (closed.standing, closed.setting) == (
        Standing.IN_THE_WAY,
        "organization.access.entry_role",
    )
    assert ("payments-prod", "regions") not in checks
    member = checks["members", "payments-dev"].found
    assert (member.standing, member.setting) == (Standing.IN_THE_WAY, "quarantine")


def test_a_region_that_is_not_enabled_is_in_the_way_until_the_printed_command_has_run(
    fresh_sandbox: Sandbox,
) -> None:
    aws, account = fresh_sandbox, sample().named("payments-dev")
    session = aws.session(PAYMENTS_DEV)
    asked: Any = SimpleNamespace(
        call=lambda service, operation, **given: aws.made(session, service).describe_regions(
            **given
        )
    )
    aws.client("organizations").enable_aws_service_access(ServicePrincipal="account.amazonaws.com")

    closed = opted_in(asked, account.id, (HOME_REGION, "eu-south-1"))
    aws.client("account").enable_region(AccountId=PAYMENTS_DEV, RegionName="eu-south-1")
    opened = opted_in(asked, account.id, (HOME_REGION, "eu-south-1"))

    assert (closed.standing, closed.setting) == (Standing.IN_THE_WAY, "regions")
    assert closed.says == "not enabled: eu-south-1"
    assert f"--account-id {PAYMENTS_DEV} --region-name eu-south-1" in closed.fix
    assert opened.standing is Standing.OK


def test_the_printed_policy_is_enough_and_without_it_nothing_is_taken_for_well(
    fresh_sandbox: Sandbox,
) -> None:
    aws = fresh_sandbox
    printed = json.dumps(wiring.preflight_policy(sample()))
    enough = looked(aws, _as(aws, "looks", printed))
    little = looked(aws, _as(aws, "sees-nothing", a_policy("sts:AssumeRole")))

    assert troubles(enough) == {}
    assert code_of(little.values()) == ExitCode.AWS_DENIED
    refused = little["organization", "the organization"].found
    assert refused.standing is Standing.UNKNOWN
    assert "organizations:DescribeOrganization" in refused.fix
    areas = ("organization", "management account", "policies", "members")
    assert {c.found.standing for c in little.values() if c.area in areas} == {Standing.UNKNOWN}


POLICIES: Mapping[str, Any] = {
    "SERVICE_CONTROL_POLICY": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "iam:Create*", "Resource": "*"}],
    },
    "DECLARATIVE_POLICY_EC2": {
        "ec2_attributes": {
            "instance_metadata_defaults": {"http_tokens": {"@@assign": "required"}},
        }
    },
}


def _as(aws: Sandbox, name: str, policy: str) -> dict[str, str]:
    """The environment of a role of the management account."""
    arn = a_role(aws, MANAGEMENT, name, a_trust_policy({"AWS": MANAGEMENT}), policy)
    keys = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    with_keys(aws, "sts", keys).get_caller_identity()
    return {
        **aws.environment,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def _administered_by(aws: Sandbox, account: str) -> None:
    organizations = aws.client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="config.amazonaws.com")
    organizations.register_delegated_administrator(
        AccountId=account, ServicePrincipal="config.amazonaws.com"
    )
    aws.client("securityhub").enable_organization_admin_account(AdminAccountId=account)


def _recorded_by_control_tower(aws: Sandbox, account: str) -> None:
    config_ = aws.client("config", account)
    iam = aws.client("iam", account)
    with suppress(iam.exceptions.InvalidInputException):
        iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")
    path = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    role = f"arn:aws:iam::{account}:role/{path}"
    config_.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "aws-controltower-BaselineConfigRecorder",
            "roleARN": role,
            "recordingGroup": {"allSupported": True},
        }
    )
    s3 = aws.client("s3", LOG_ARCHIVE)
    place = {"LocationConstraint": HOME_REGION}
    a_bucket_for(s3, "aws-controltower-logs", "config", CreateBucketConfiguration=place)
    config_.put_delivery_channel(
        DeliveryChannel={
            "name": "aws-controltower-BaselineConfigDeliveryChannel",
            "s3BucketName": "aws-controltower-logs",
        }
    )
