"""`init` and `adopt` in an organization that somebody has set up by hand, as a user types it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.archives import let_write
from tests.sandbox.desk import Workspace, a_desk
from tests.sandbox.fleets import (
    HOME_REGION,
    LOG_ARCHIVE,
    MANAGEMENT,
    OTHER_REGION,
    PAYMENTS_DEV,
    PAYMENTS_PROD,
    SECURITY,
)

pytestmark = [pytest.mark.terraform, pytest.mark.long]

STANDARD = "arn:aws:securityhub:{}::standards/aws-foundational-security-best-practices/v/1.0.0"
CONFIG_BUCKET = f"example-{MANAGEMENT}-logs-config"
BLOCK = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": False,
}
IN_AN_ACCOUNT = {
    "module.account_baseline.aws_iam_account_password_policy.this",
    "module.account_baseline.aws_iam_service_linked_role.config[0]",
    "module.account_baseline.aws_s3_account_public_access_block.this[0]",
    "module.config_recorder_ap_northeast_1.aws_config_configuration_recorder.this",
    "module.config_recorder_ap_northeast_1.aws_config_configuration_recorder_status.this",
    "module.config_recorder_ap_northeast_1.aws_config_delivery_channel.this",
    "module.region_baseline_us_east_1.aws_ebs_encryption_by_default.this[0]",
    "module.security_hub_account_ap_northeast_1"
    '.aws_securityhub_standards_subscription.this["aws_foundational"]',
}
"""What `set_up` makes, as the account's stack calls it."""
IN_THE_FOUNDATIONS = {
    "log_archive": {
        'module.log_archive.module.bucket["config"].aws_s3_bucket.this',
        'module.log_archive.module.bucket["config"].aws_s3_bucket_policy.this',
        'module.log_archive.module.bucket["config"].aws_s3_bucket_versioning.this[0]',
    },
    "organization": {
        "module.guardduty_admin_ap_northeast_1.aws_guardduty_organization_admin_account.this",
        "module.guardduty_admin_us_east_1.aws_guardduty_organization_admin_account.this",
        "module.management_services_ap_northeast_1.aws_guardduty_detector.this[0]",
        "module.management_services_us_east_1.aws_guardduty_detector.this[0]",
        "module.organization_access"
        '.aws_organizations_delegated_administrator.this["access-analyzer.amazonaws.com"]',
        "module.organization_access"
        '.aws_organizations_delegated_administrator.this["config.amazonaws.com"]',
        "module.organization_access.aws_securityhub_organization_admin_account.this",
        "module.security_hub_account_ap_northeast_1.aws_securityhub_account.this[0]",
    },
    "security": {
        "module.access_analyzer_ap_northeast_1.aws_accessanalyzer_analyzer.this",
        "module.findings_bus.aws_cloudwatch_event_bus.this",
        "module.guardduty_organization_ap_northeast_1"
        ".aws_guardduty_organization_configuration.this",
        "module.security_hub_aggregator.aws_securityhub_finding_aggregator.this",
        "module.security_hub_members_ap_northeast_1"
        ".aws_securityhub_organization_configuration.this",
    },
}
"""And what `set_up_the_organization` makes, by stack."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Every account has Security Hub of its own, so that its stack could make it twice."""
    workspace = a_desk(tmp_path_factory.mktemp("desk"))
    workspace.done("sandbox", "start")
    try:
        _written_by_init(workspace)
        workspace.done("--sandbox", "bootstrap", "--yes")
        set_up(sandbox(workspace), PAYMENTS_PROD)
        set_up_the_organization(sandbox(workspace))
        yield workspace
    finally:
        workspace.run("sandbox", "stop")


def _written_by_init(workspace: Workspace) -> None:
    configs, new = workspace.project / "account_configs", workspace.project / "new"
    words = ("--name", "Example", "--home-region", HOME_REGION, "--region", OTHER_REGION)
    special = ("--security", "security", "--log-archive", "log-archive")
    email = ("--team-email", "security@example.com")
    workspace.done("--sandbox", "init", "--to", str(new), *words, *special, *email)
    shutil.rmtree(configs)
    new.rename(configs)
    file = configs / "organization.yaml"
    text = file.read_text("utf-8")
    said = yaml.safe_load(text)
    said["organization"]["security_hub"] = {"mode": "local"}
    file.write_text(f"{text.splitlines()[0]}\n{yaml.safe_dump(said, sort_keys=False)}", "utf-8")


def sandbox(workspace: Workspace) -> Sandbox:
    running = lifecycle.status(workspace.work / ".sandbox")
    assert running
    return Sandbox(running.port, running.environment, workspace.work)


def a_bucket(aws: Sandbox, account: str, name: str) -> Any:
    s3 = aws.made(aws.session(account), "s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME_REGION})
    return s3


def a_recorder(aws: Sandbox, account: str, name: str) -> Any:
    """Config records only with a role that it can assume: here its service-linked one."""
    session = aws.session(account)
    made = aws.made(session, "iam").create_service_linked_role(
        AWSServiceName="config.amazonaws.com"
    )
    config, role = aws.made(session, "config", HOME_REGION), made["Role"]["Arn"]
    group = {"allSupported": True}
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": name, "roleARN": role, "recordingGroup": group}
    )
    return config


def set_up(aws: Sandbox, account: str) -> None:
    """By hand, and not quite as the orchestrator would."""
    session = aws.session(account)
    iam = aws.made(session, "iam")
    iam.update_account_password_policy(MinimumPasswordLength=8)
    aws.made(session, "s3control").put_public_access_block(
        AccountId=account, PublicAccessBlockConfiguration=BLOCK
    )
    aws.made(session, "ec2", OTHER_REGION).enable_ebs_encryption_by_default()
    let_write(a_bucket(aws, account, f"by-hand-{account}"), f"by-hand-{account}", "config")
    config = a_recorder(aws, account, "default")
    config.put_delivery_channel(
        DeliveryChannel={"name": "default", "s3BucketName": f"by-hand-{account}"}
    )
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    for region in (HOME_REGION, OTHER_REGION):
        hub = aws.made(session, "securityhub", region)
        hub.enable_security_hub(EnableDefaultStandards=False)
    hub = aws.made(session, "securityhub", HOME_REGION)
    arn = STANDARD.format(HOME_REGION)
    hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": arn}])


def set_up_the_organization(aws: Sandbox) -> None:
    organizations = aws.client("organizations")
    for service in ("access-analyzer", "config", "guardduty", "securityhub"):
        organizations.enable_aws_service_access(ServicePrincipal=f"{service}.amazonaws.com")
    for service in ("access-analyzer", "config"):
        organizations.register_delegated_administrator(
            AccountId=SECURITY, ServicePrincipal=f"{service}.amazonaws.com"
        )
    hub = aws.client("securityhub")
    hub.enable_security_hub(EnableDefaultStandards=False)
    hub.enable_organization_admin_account(AdminAccountId=SECURITY)
    for region in (HOME_REGION, OTHER_REGION):
        guardduty = aws.client("guardduty", region=region)
        guardduty.enable_organization_admin_account(AdminAccountId=SECURITY)
        guardduty.create_detector(Enable=True)
    aws.client("iam").create_service_linked_role(AWSServiceName="access-analyzer.amazonaws.com")
    session = aws.session(SECURITY)
    aws.made(session, "securityhub").create_finding_aggregator(
        RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER_REGION]
    )
    aws.made(session, "accessanalyzer").create_analyzer(
        analyzerName="organization", type="ORGANIZATION"
    )
    aws.made(session, "events").create_event_bus(Name="findings")
    s3 = a_bucket(aws, LOG_ARCHIVE, CONFIG_BUCKET)
    let_write(s3, CONFIG_BUCKET, "config")
    s3.put_bucket_versioning(Bucket=CONFIG_BUCKET, VersioningConfiguration={"Status": "Enabled"})


def entries(workspace: Workspace, account: str) -> Mapping[str, Any]:
    file = workspace.project / "account_configs" / "adopted" / f"{account}.yaml"
    found: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))["adopted"]
    return found


def troubles(stack: Mapping[str, Any]) -> list[Any]:
    return [stack[key] for key in ("removed", "in_the_way", "unknown") if stack[key]]


def actions(stack: Mapping[str, Any]) -> dict[str, str]:
    return {change["address"]: change["action"] for change in stack["changes"]}


def test_what_was_made_by_hand_is_taken_over_and_neither_made_twice_nor_destroyed(
    workspace: Workspace,
) -> None:
    (first,) = workspace.document("adopt", "payments-prod")["stacks"]

    assert set(first["imported"]) == IN_AN_ACCOUNT
    assert not IN_AN_ACCOUNT & {*first["created"], *first["overwritten"]}
    assert troubles(first) == []
    password = "module.account_baseline.aws_iam_account_password_policy.this"
    assert "minimum_password_length" in first["changed"][password]
    assert entries(workspace, "payments-prod")["account"]["imports"] == first["imported"]

    (planned,) = workspace.document("plan", "payments-prod")["stacks"]
    done = actions(planned)
    assert {done[address] for address in IN_AN_ACCOUNT} <= {"import", "update"}
    assert not {"delete", "replace", "forget"} & set(done.values())

    workspace.done("--sandbox", "apply", "payments-prod", "--yes")
    (drift,) = workspace.document("drift", "payments-prod")["stacks"]
    assert drift["outcome"] == "in sync"
    aws = sandbox(workspace)
    policy = aws.made(aws.session(PAYMENTS_PROD), "iam").get_account_password_policy()
    assert policy["PasswordPolicy"]["MinimumPasswordLength"] > 8

    (again,) = workspace.document("adopt", "payments-prod")["stacks"]
    assert (again["imported"], again["created"], troubles(again)) == ({}, [], [])
    assert set(again["taken_out"]) == IN_AN_ACCOUNT
    assert not (workspace.project / "account_configs" / "adopted").exists()


def test_the_organizations_own_services_are_taken_over_with_roles_that_only_read(
    workspace: Workspace,
) -> None:
    foundations = [f"stack:{stack}" for stack in IN_THE_FOUNDATIONS]

    found = {each["stack"]: each for each in workspace.document("adopt", *foundations)["stacks"]}

    for stack, made in IN_THE_FOUNDATIONS.items():
        assert made - set(found[stack]["imported"]) == set()
        assert made & set(found[stack]["created"]) == set()
        assert troubles(found[stack]) == []
    planned = workspace.document("plan", "stack:log_archive", "stack:organization")["stacks"]
    assert {each["outcome"] for each in planned} == {"planned"}
    for each in planned:
        done = actions(each)
        made = IN_THE_FOUNDATIONS[each["stack"]]
        assert {done[address] for address in made} <= {"import", "update"}
        assert not {"delete", "replace", "forget"} & set(done.values())


def test_a_recorder_of_somebody_else_is_said_to_be_in_the_way_and_what_is_denied_is_not_known(
    workspace: Workspace,
) -> None:
    aws = sandbox(workspace)
    a_recorder(aws, PAYMENTS_DEV, "aws-controltower-recorder")
    recorder = "module.config_recorder_ap_northeast_1.aws_config_configuration_recorder.this"

    (found,) = workspace.document("adopt", "payments-dev", code=3)["stacks"]
    assert [each["address"] for each in found["in_the_way"]] == [recorder]

    aws.faults("ec2:GetEbsEncryptionByDefault:deny:1")
    try:
        (found,) = workspace.document("adopt", "payments-dev", code=3)["stacks"]
    finally:
        aws.faults()
    asked = [address for address in found["unknown"] if "aws_ebs_encryption" in address]
    assert len(asked) == 2
