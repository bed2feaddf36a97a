"""What makes controls fail, done by real calls: one for each of many control ids."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Client = Callable[..., Any]
WORLD = "0.0.0.0/0"
EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
A_SECOND = 1.1
"""CloudTrail writes whole seconds: making and spoiling something in one have no order."""

STRONG = {
    "MinimumPasswordLength": 16,
    "PasswordReusePrevention": 24,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """The resource that fails now, and the request that did it."""

    resource: str
    request: str


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody with clients of an account."""

    client: Client
    account: str
    region: str

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


Do = Callable[[Hand, str], Violation]


def done(resource: str, answer: Mapping[str, Any]) -> Violation:
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    return Violation(resource, headers.get("x-amzn-requestid") or headers["x-amz-request-id"])


def rule(port: int, cidr: str = WORLD) -> dict[str, Any]:
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": cidr}],
    }


def opened(port: int) -> Do:
    """A group that is open, and is then opened to the inside as well, which is harmless."""

    def do(hand: Hand, name: str) -> Violation:
        ec2 = hand.client("ec2")
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        answer = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule(port)])
        inside = rule(443, "10.0.0.0/8")
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[inside])
        return done(hand.arn("ec2", f"security-group/{group}"), answer)

    return do


def public_subnet(hand: Hand, _: str) -> Violation:
    ec2 = hand.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    value = {"Value": True}
    answer = ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch=value)
    ec2.create_tags(Resources=[subnet], Tags=[{"Key": "team", "Value": "web"}])
    return done(hand.arn("ec2", f"subnet/{subnet}"), answer)


def open_acl(hand: Hand, _: str) -> Violation:
    ec2 = hand.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    answer = ec2.create_network_acl_entry(
        NetworkAclId=acl,
        RuleNumber=90,
        Protocol="6",
        RuleAction="allow",
        Egress=False,
        CidrBlock=WORLD,
        PortRange={"From": 22, "To": 22},
    )
    return done(hand.arn("ec2", f"network-acl/{acl}"), answer)


def no_ebs_encryption(hand: Hand, _: str) -> Violation:
    answer = hand.client("ec2").disable_ebs_encryption_by_default()
    return done(f"AWS::::Account:{hand.account}", answer)


def bucket(act: Callable[[Any, str], Mapping[str, Any]], *, open_to_all: bool = False) -> Do:
    """A bucket in which something is done, and which is tagged afterwards.

    New buckets refuse what would make them public until their block is gone.
    """

    def do(hand: Hand, name: str) -> Violation:
        s3 = hand.client("s3")
        place = {"LocationConstraint": hand.region}
        s3.create_bucket(
            Bucket=name, CreateBucketConfiguration=place, ObjectOwnership="ObjectWriter"
        )
        if open_to_all:
            s3.delete_public_access_block(Bucket=name)
        time.sleep(A_SECOND)
        answer = act(s3, name)
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "team", "Value": "web"}]})
        return done(f"arn:aws:s3:::{name}", answer)

    return do


def for_everyone(s3: Any, name: str) -> Any:
    statement = {**EVERYONE, "Resource": f"arn:aws:s3:::{name}/*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))


def no_policy(s3: Any, name: str) -> Any:
    return s3.delete_bucket_policy(Bucket=name)


def unblocked(s3: Any, name: str) -> Any:
    return s3.delete_public_access_block(Bucket=name)


def public_acl(s3: Any, name: str) -> Any:
    return s3.put_bucket_acl(Bucket=name, ACL="public-read")


def writable_acl(s3: Any, name: str) -> Any:
    return s3.put_bucket_acl(Bucket=name, ACL="public-read-write")


def suspended(s3: Any, name: str) -> Any:
    status = {"Status": "Suspended"}
    return s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=status)


def not_logged(s3: Any, name: str) -> Any:
    return s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={})


def weakly_encrypted(s3: Any, name: str) -> Any:
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return s3.put_bucket_encryption(
        Bucket=name, ServerSideEncryptionConfiguration={"Rules": [default]}
    )


def account_unblocked(hand: Hand, _: str) -> Violation:
    answer = hand.client("s3control").put_public_access_block(
        AccountId=hand.account,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": False,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": True,
        },
    )
    return done(f"AWS::::Account:{hand.account}", answer)


def password(**weak: object) -> Do:
    def do(hand: Hand, _: str) -> Violation:
        answer = hand.client("iam").update_account_password_policy(**{**STRONG, **weak})
        return done(f"AWS::::Account:{hand.account}", answer)

    return do


def policy(action: str) -> Do:
    def do(hand: Hand, name: str) -> Violation:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        answer = hand.client("iam").create_policy(PolicyName=name, PolicyDocument=document)
        return done(answer["Policy"]["Arn"], answer)

    return do


def rights_of_a_user(hand: Hand, name: str) -> Violation:
    iam = hand.client("iam")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    answer = iam.attach_user_policy(
        UserName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    )
    iam.tag_user(UserName=name, Tags=[{"Key": "team", "Value": "web"}])
    return done(arn, answer)


def old_key(hand: Hand, name: str) -> Violation:
    iam = hand.client("iam")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    return done(arn, iam.create_access_key(UserName=name))


def key(act: Callable[[Any, str], Mapping[str, Any]]) -> Do:
    def do(hand: Hand, name: str) -> Violation:
        kms = hand.client("kms")
        made = kms.create_key(Description=name)["KeyMetadata"]
        kms.enable_key_rotation(KeyId=made["KeyId"])
        time.sleep(A_SECOND)
        answer = act(kms, made["KeyId"])
        return done(made["Arn"], answer)

    return do


def database(**weak: object) -> Do:
    def do(hand: Hand, name: str) -> Violation:
        rds = hand.client("rds")
        made = rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="root1",
            MasterUserPassword="not-for-logs-1",
            PubliclyAccessible=False,
            MultiAZ=True,
            DeletionProtection=True,
            BackupRetentionPeriod=14,
            StorageEncrypted=True,
        )["DBInstance"]
        answer = rds.modify_db_instance(DBInstanceIdentifier=name, **weak)
        rds.add_tags_to_resource(
            ResourceName=made["DBInstanceArn"], Tags=[{"Key": "team", "Value": "web"}]
        )
        return done(made["DBInstanceArn"], answer)

    return do


def public_snapshot(hand: Hand, name: str) -> Violation:
    database(MultiAZ=True)(hand, name)
    rds = hand.client("rds")
    made = rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-copy")
    answer = rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier=f"{name}-copy", AttributeName="restore", ValuesToAdd=["all"]
    )
    return done(made["DBSnapshot"]["DBSnapshotArn"], answer)


def table(act: Callable[[Any, str], Mapping[str, Any]]) -> Do:
    def do(hand: Hand, name: str) -> Violation:
        dynamodb = hand.client("dynamodb")
        made = dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
        )["TableDescription"]
        time.sleep(A_SECOND)
        return done(made["TableArn"], act(dynamodb, name))

    return do


def no_backups(dynamodb: Any, name: str) -> Any:
    return dynamodb.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )


def unprotected(dynamodb: Any, name: str) -> Any:
    return dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)


def open_topic(hand: Hand, name: str) -> Violation:
    sns = hand.client("sns")
    arn = sns.create_topic(Name=name)["TopicArn"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    answer = sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    return done(arn, answer)


def open_queue(hand: Hand, name: str) -> Violation:
    sqs, arn = hand.client("sqs"), hand.arn("sqs", name)
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    answer = sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    return done(arn, answer)


def shared_document(hand: Hand, name: str) -> Violation:
    ssm = hand.client("ssm")
    content = json.dumps({"schemaVersion": "2.2", "description": name, "mainSteps": []})
    ssm.create_document(Name=name, Content=content, DocumentType="Command")
    answer = ssm.modify_document_permission(
        Name=name, PermissionType="Share", AccountIdsToAdd=["all"]
    )
    return done(hand.arn("ssm", f"document/{name}"), answer)


def repository(**weak: object) -> Do:
    def do(hand: Hand, name: str) -> Violation:
        good = {
            "imageScanningConfiguration": {"scanOnPush": True},
            "imageTagMutability": "IMMUTABLE",
        }
        answer = hand.client("ecr").create_repository(repositoryName=name, **{**good, **weak})
        return done(answer["repository"]["repositoryArn"], answer)

    return do


def secret(hand: Hand, name: str) -> Violation:
    answer = hand.client("secretsmanager").create_secret(Name=name, SecretString="not-for-logs-2")
    return done(answer["ARN"], answer)


VIOLATIONS: Mapping[str, Do] = {
    "EC2.7": no_ebs_encryption,
    "EC2.13": opened(22),
    "EC2.14": opened(3389),
    "EC2.15": public_subnet,
    "EC2.18": opened(8443),
    "EC2.19": opened(5432),
    "EC2.21": open_acl,
    "EC2.53": opened(22),
    "S3.1": account_unblocked,
    "S3.2": bucket(for_everyone, open_to_all=True),
    "S3.3": bucket(writable_acl, open_to_all=True),
    "S3.5": bucket(no_policy),
    "S3.8": bucket(unblocked),
    "S3.9": bucket(not_logged),
    "S3.12": bucket(public_acl, open_to_all=True),
    "S3.14": bucket(suspended),
    "S3.17": bucket(weakly_encrypted),
    "IAM.1": policy("*"),
    "IAM.2": rights_of_a_user,
    "IAM.3": old_key,
    "IAM.11": password(RequireUppercaseCharacters=False),
    "IAM.12": password(RequireLowercaseCharacters=False),
    "IAM.13": password(RequireSymbols=False),
    "IAM.14": password(RequireNumbers=False),
    "IAM.15": password(MinimumPasswordLength=8),
    "IAM.16": password(PasswordReusePrevention=1),
    "IAM.21": policy("s3:*"),
    "KMS.3": key(lambda kms, uid: kms.schedule_key_deletion(KeyId=uid, PendingWindowInDays=7)),
    "KMS.4": key(lambda kms, uid: kms.disable_key_rotation(KeyId=uid)),
    "RDS.1": public_snapshot,
    "RDS.2": database(PubliclyAccessible=True),
    "RDS.5": database(MultiAZ=False),
    "RDS.8": database(DeletionProtection=False),
    "RDS.11": database(BackupRetentionPeriod=1),
    "RDS.13": database(AutoMinorVersionUpgrade=False),
    "DynamoDB.2": table(no_backups),
    "DynamoDB.6": table(unprotected),
    "SNS.4": open_topic,
    "SQS.3": open_queue,
    "SSM.4": shared_document,
    "ECR.1": repository(imageScanningConfiguration={"scanOnPush": False}),
    "ECR.2": repository(imageTagMutability="MUTABLE"),
    "SecretsManager.1": secret,
}
"""Control id → what makes it fail."""
