"""By hand, in an account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from orchestrator.model.names import StackName
from tests.contract.drift.mutations import HOME, OTHER, Book, Hands

BOOK = Book(StackName.ACCOUNT)
REGIONS = (HOME, OTHER)
PLAN, APPLY = "orchestrator-plan", "orchestrator-apply"
ROLES = (PLAN, APPLY)
ELSEWHERE = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::200000000001:root"}}


@BOOK.case("")
def nothing_is_changed(_hands: Hands) -> Iterator[None]:
    yield


@BOOK.case("")
def something_unmanaged_is_made(hands: Hands) -> Iterator[None]:
    hands("sns").create_topic(Name="by-hand")
    yield


@BOOK.case("aws_iam_role", over=ROLES)
def a_role_is_tagged(hands: Hands, role: str) -> Iterator[None]:
    iam = hands("iam")
    iam.tag_role(RoleName=role, Tags=[{"Key": "by", "Value": "hand"}])
    yield
    iam.untag_role(RoleName=role, TagKeys=["by"])


@BOOK.case("aws_iam_role")
def a_roles_tag_is_changed(hands: Hands) -> Iterator[None]:
    iam = hands("iam")
    iam.tag_role(RoleName=PLAN, Tags=[{"Key": "managed-by", "Value": "hand"}])
    yield
    iam.tag_role(RoleName=PLAN, Tags=[{"Key": "managed-by", "Value": "orchestrator"}])


@BOOK.case("aws_iam_role")
def a_roles_tag_is_removed(hands: Hands) -> Iterator[None]:
    iam = hands("iam")
    iam.untag_role(RoleName=PLAN, TagKeys=["managed-by"])
    yield
    iam.tag_role(RoleName=PLAN, Tags=[{"Key": "managed-by", "Value": "orchestrator"}])


@BOOK.case("aws_iam_role", over=ROLES)
def a_role_may_be_held_longer(hands: Hands, role: str) -> Iterator[None]:
    iam = hands("iam")
    before = iam.get_role(RoleName=role)["Role"]
    description = before.get("Description", "")
    iam.update_role(RoleName=role, Description=description, MaxSessionDuration=7200)
    yield
    seconds = before["MaxSessionDuration"]
    iam.update_role(RoleName=role, Description=description, MaxSessionDuration=seconds)


@BOOK.case("aws_iam_role", over=ROLES)
def a_role_trusts_somebody_else_too(hands: Hands, role: str) -> Iterator[None]:
    iam = hands("iam")
    before = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    trusting = [*before["Statement"], {**ELSEWHERE, "Action": "sts:AssumeRole"}]
    wider = json.dumps({**before, "Statement": trusting})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=wider)
    yield
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


@BOOK.case("aws_iam_role", over=ROLES)
def a_managed_policy_is_attached(hands: Hands, role: str) -> Iterator[None]:
    iam, arn = hands("iam"), "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    yield
    iam.detach_role_policy(RoleName=role, PolicyArn=arn)


@BOOK.case("aws_iam_role")
def an_inline_policy_is_added(hands: Hands) -> Iterator[None]:
    iam = hands("iam")
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*"}}
    document["Statement"]["Resource"] = "*"  # type: ignore[index]
    iam.put_role_policy(RoleName=PLAN, PolicyName="by-hand", PolicyDocument=json.dumps(document))
    yield
    iam.delete_role_policy(RoleName=PLAN, PolicyName="by-hand")


@BOOK.case("aws_iam_role_policy", over=ROLES)
def an_inline_policy_allows_more(hands: Hands, role: str) -> Iterator[None]:
    yield from _policy(hands, role, lambda statements: [*statements, {**ANYTHING}])


@BOOK.case("aws_iam_role_policy", over=ROLES)
def an_inline_policy_loses_a_statement(hands: Hands, role: str) -> Iterator[None]:
    yield from _policy(hands, role, lambda statements: statements[:-1])


@BOOK.case("", over=ROLES)
def an_inline_policy_is_written_in_another_order(hands: Hands, role: str) -> Iterator[None]:
    yield from _policy(hands, role, lambda statements: statements[::-1])


@BOOK.case("aws_iam_role_policy", over=ROLES)
def an_inline_policy_is_deleted(hands: Hands, role: str) -> Iterator[None]:
    iam, name = hands("iam"), role.removeprefix("orchestrator-")
    before = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName=name)
    yield
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(before))


ANYTHING = {"Sid": "Anything", "Effect": "Allow", "Action": "*", "Resource": "*"}


def _policy(hands: Hands, role: str, change: object) -> Iterator[None]:
    assert callable(change)
    iam, name = hands("iam"), role.removeprefix("orchestrator-")
    before = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    after = {**before, "Statement": change(before["Statement"])}
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(after))
    yield
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(before))


@BOOK.case("aws_iam_service_linked_role")
def the_service_linked_role_is_tagged(hands: Hands) -> Iterator[None]:
    iam = hands("iam")
    iam.tag_role(RoleName="AWSServiceRoleForConfig", Tags=[{"Key": "by", "Value": "hand"}])
    yield
    iam.untag_role(RoleName="AWSServiceRoleForConfig", TagKeys=["by"])


@BOOK.case("aws_iam_account_password_policy", over=("MinimumPasswordLength", "MaxPasswordAge"))
def passwords_may_be_worse(hands: Hands, number: str) -> Iterator[None]:
    iam = hands("iam")
    before = _passwords(hands)
    iam.update_account_password_policy(**{**before, number: before[number] - 1})
    yield
    iam.update_account_password_policy(**before)


@BOOK.case("aws_iam_account_password_policy")
def the_password_policy_is_deleted(hands: Hands) -> Iterator[None]:
    iam = hands("iam")
    before = _passwords(hands)
    iam.delete_account_password_policy()
    yield
    iam.update_account_password_policy(**before)


def _passwords(hands: Hands) -> dict[str, Any]:
    found: dict[str, Any] = hands("iam").get_account_password_policy()["PasswordPolicy"]
    return {name: value for name, value in found.items() if name != "ExpirePasswords"}


FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@BOOK.case("aws_s3_account_public_access_block", over=FLAGS)
def buckets_may_be_public(hands: Hands, flag: str) -> Iterator[None]:
    control = hands("s3control")
    closed = dict.fromkeys(FLAGS, True)
    control.put_public_access_block(
        AccountId=hands.account, PublicAccessBlockConfiguration={**closed, flag: False}
    )
    yield
    control.put_public_access_block(AccountId=hands.account, PublicAccessBlockConfiguration=closed)


@BOOK.case("aws_s3_account_public_access_block")
def the_accounts_public_access_block_is_deleted(hands: Hands) -> Iterator[None]:
    control = hands("s3control")
    control.delete_public_access_block(AccountId=hands.account)
    yield
    control.put_public_access_block(
        AccountId=hands.account, PublicAccessBlockConfiguration=dict.fromkeys(FLAGS, True)
    )


@BOOK.case("aws_ebs_encryption_by_default", over=REGIONS)
def volumes_are_no_longer_encrypted(hands: Hands, region: str) -> Iterator[None]:
    ec2 = hands("ec2", region)
    ec2.disable_ebs_encryption_by_default()
    yield
    ec2.enable_ebs_encryption_by_default()


@BOOK.case("aws_ec2_instance_metadata_defaults", over=REGIONS)
def instances_answer_the_old_metadata_service(hands: Hands, region: str) -> Iterator[None]:
    ec2 = hands("ec2", region)
    ec2.modify_instance_metadata_defaults(HttpTokens="optional")
    yield
    ec2.modify_instance_metadata_defaults(HttpTokens="required")


@BOOK.case("aws_config_configuration_recorder_status", over=REGIONS)
def recording_is_stopped(hands: Hands, region: str) -> Iterator[None]:
    recorder = hands("config", region)
    recorder.stop_configuration_recorder(ConfigurationRecorderName="default")
    yield
    recorder.start_configuration_recorder(ConfigurationRecorderName="default")


@BOOK.case("aws_config_configuration_recorder", over=REGIONS)
def less_is_recorded(hands: Hands, region: str) -> Iterator[None]:
    yield from _recorder(
        hands,
        region,
        recordingGroup={
            "allSupported": False,
            "includeGlobalResourceTypes": False,
            "resourceTypes": ["AWS::S3::Bucket"],
            "recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"},
        },
    )


@BOOK.case("aws_config_configuration_recorder", over=REGIONS)
def the_recorder_gets_another_role(hands: Hands, region: str) -> Iterator[None]:
    iam, name = hands("iam"), f"records-by-hand-{region}"
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "config.amazonaws.com"},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)
    yield from _recorder(hands, region, roleARN=f"arn:aws:iam::{hands.account}:role/{name}")
    iam.delete_role(RoleName=name)


def _recorder(hands: Hands, region: str, **changes: object) -> Iterator[None]:
    config = hands("config", region)
    (before,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    names = ("name", "roleARN", "recordingGroup", "recordingMode")
    known = {name: before[name] for name in names if name in before}
    config.put_configuration_recorder(ConfigurationRecorder={**known, **changes})
    yield
    config.put_configuration_recorder(ConfigurationRecorder=known)


@BOOK.case("aws_config_delivery_channel", over=REGIONS)
def snapshots_come_more_often(hands: Hands, region: str) -> Iterator[None]:
    config = hands("config", region)
    (before,) = config.describe_delivery_channels()["DeliveryChannels"]
    often = {"configSnapshotDeliveryProperties": {"deliveryFrequency": "One_Hour"}}
    config.put_delivery_channel(DeliveryChannel={**before, **often})
    yield
    config.put_delivery_channel(DeliveryChannel=before)


@BOOK.case("aws_config_delivery_channel", lasting=True)
def the_delivery_channel_is_deleted(hands: Hands) -> Iterator[None]:
    config = hands("config", OTHER)
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    config.delete_delivery_channel(DeliveryChannelName="default")
    yield


@BOOK.case("aws_config_configuration_recorder", lasting=True)
def the_recorder_is_deleted(hands: Hands) -> Iterator[None]:
    hands("config", OTHER).delete_configuration_recorder(ConfigurationRecorderName="default")
    yield


@BOOK.case("aws_iam_role", lasting=True)
def a_role_is_replaced_by_one_of_the_same_name(hands: Hands) -> Iterator[None]:
    iam = hands("iam")
    trust = iam.get_role(RoleName=APPLY)["Role"]["AssumeRolePolicyDocument"]
    iam.delete_role_policy(RoleName=APPLY, PolicyName="apply")
    _detach_all(iam)
    iam.delete_role(RoleName=APPLY)
    iam.create_role(RoleName=APPLY, AssumeRolePolicyDocument=json.dumps(trust))
    yield


@BOOK.case("aws_iam_role", lasting=True)
def a_role_is_deleted(hands: Hands) -> Iterator[None]:
    iam = hands("iam")
    _detach_all(iam)
    iam.delete_role(RoleName=APPLY)
    yield


def _detach_all(iam: Any) -> None:
    """AWS deletes no role that has policies."""
    attached = iam.list_attached_role_policies(RoleName=APPLY)["AttachedPolicies"]
    for policy in attached:
        iam.detach_role_policy(RoleName=APPLY, PolicyArn=policy["PolicyArn"])
