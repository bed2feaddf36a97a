"""By hand, where the logs are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy

from orchestrator.model.names import StackName
from tests.contract.drift.mutations import Book, Hands

BOOK = Book(StackName.LOG_ARCHIVE)
TRAIL = "example-logs-cloudtrail"
CONFIG = "example-logs-config"
ALIAS = "alias/example-logs"
CLOSED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)


@BOOK.case("aws_kms_key")
def the_key_gets_another_description(hands: Hands) -> Iterator[None]:
    kms = hands("kms")
    key = kms.describe_key(KeyId=ALIAS)["KeyMetadata"]
    kms.update_key_description(KeyId=key["KeyId"], Description="by hand")
    yield
    kms.update_key_description(KeyId=key["KeyId"], Description=key["Description"])


@BOOK.case("aws_kms_key")
def the_key_is_no_longer_rotated(hands: Hands) -> Iterator[None]:
    kms = hands("kms")
    key = _key(hands)
    kms.disable_key_rotation(KeyId=key)
    yield
    kms.enable_key_rotation(KeyId=key)


@BOOK.case("aws_kms_key")
def anybody_may_use_the_key(hands: Hands) -> Iterator[None]:
    kms = hands("kms")
    key = _key(hands)
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    after = json.loads(before)
    after["Statement"].append(
        {"Sid": "Anybody", "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(after))
    yield
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


@BOOK.case("aws_kms_key")
def the_key_is_tagged(hands: Hands) -> Iterator[None]:
    kms = hands("kms")
    kms.tag_resource(KeyId=_key(hands), Tags=[{"TagKey": "by", "TagValue": "hand"}])
    yield
    kms.untag_resource(KeyId=_key(hands), TagKeys=["by"])


@BOOK.case("aws_kms_alias")
def the_alias_means_another_key(hands: Hands) -> Iterator[None]:
    kms = hands("kms")
    before = _key(hands)
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=ALIAS, TargetKeyId=other)
    yield
    kms.update_alias(AliasName=ALIAS, TargetKeyId=before)


def _key(hands: Hands) -> str:
    found: str = hands("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["KeyId"]
    return found


@BOOK.case("aws_s3_bucket_versioning")
def old_versions_are_no_longer_kept(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    s3.put_bucket_versioning(Bucket=TRAIL, VersioningConfiguration={"Status": "Suspended"})
    yield
    s3.put_bucket_versioning(Bucket=TRAIL, VersioningConfiguration={"Status": "Enabled"})


@BOOK.case("aws_s3_bucket_server_side_encryption_configuration", over=(TRAIL, CONFIG))
def a_bucket_is_encrypted_with_another_key(hands: Hands, bucket: str) -> Iterator[None]:
    s3 = hands("s3")
    before = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    yield
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=before)


@BOOK.case("aws_s3_bucket_public_access_block", over=tuple(CLOSED))
def a_bucket_may_be_public(hands: Hands, flag: str) -> Iterator[None]:
    s3 = hands("s3")
    s3.put_public_access_block(Bucket=TRAIL, PublicAccessBlockConfiguration={**CLOSED, flag: False})
    yield
    s3.put_public_access_block(Bucket=TRAIL, PublicAccessBlockConfiguration=CLOSED)


@BOOK.case("aws_s3_bucket_public_access_block")
def a_buckets_public_access_block_is_deleted(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    s3.delete_public_access_block(Bucket=CONFIG)
    yield
    s3.put_public_access_block(Bucket=CONFIG, PublicAccessBlockConfiguration=CLOSED)


@BOOK.case("aws_s3_bucket_policy")
def a_bucket_policy_loses_a_statement(hands: Hands) -> Iterator[None]:
    yield from _policy(hands, lambda statements: statements[1:])


@BOOK.case("")
def a_bucket_policy_is_written_in_another_order(hands: Hands) -> Iterator[None]:
    yield from _policy(hands, lambda statements: statements[::-1])


@BOOK.case("aws_s3_bucket_policy")
def a_bucket_policy_is_deleted(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    before = s3.get_bucket_policy(Bucket=CONFIG)["Policy"]
    s3.delete_bucket_policy(Bucket=CONFIG)
    yield
    s3.put_bucket_policy(Bucket=CONFIG, Policy=before)


def _policy(hands: Hands, change: object) -> Iterator[None]:
    assert callable(change)
    s3 = hands("s3")
    before = s3.get_bucket_policy(Bucket=TRAIL)["Policy"]
    after = json.loads(before)
    after["Statement"] = change(after["Statement"])
    s3.put_bucket_policy(Bucket=TRAIL, Policy=json.dumps(after))
    yield
    s3.put_bucket_policy(Bucket=TRAIL, Policy=before)


@BOOK.case("aws_s3_bucket_lifecycle_configuration")
def logs_are_deleted_sooner(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    before = s3.get_bucket_lifecycle_configuration(Bucket=CONFIG)["Rules"]
    sooner = deepcopy(before)
    for rule in sooner:
        if "Days" in rule.get("Expiration", {}):
            rule["Expiration"]["Days"] -= 1
    s3.put_bucket_lifecycle_configuration(Bucket=CONFIG, LifecycleConfiguration={"Rules": sooner})
    yield
    s3.put_bucket_lifecycle_configuration(Bucket=CONFIG, LifecycleConfiguration={"Rules": before})


@BOOK.case("aws_s3_bucket_lifecycle_configuration")
def logs_are_never_deleted(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    before = s3.get_bucket_lifecycle_configuration(Bucket=CONFIG)["Rules"]
    s3.delete_bucket_lifecycle(Bucket=CONFIG)
    yield
    s3.put_bucket_lifecycle_configuration(Bucket=CONFIG, LifecycleConfiguration={"Rules": before})


@BOOK.case("aws_s3_bucket_logging")
def access_is_no_longer_logged(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    before = s3.get_bucket_logging(Bucket=CONFIG)["LoggingEnabled"]
    s3.put_bucket_logging(Bucket=CONFIG, BucketLoggingStatus={})
    yield
    s3.put_bucket_logging(Bucket=CONFIG, BucketLoggingStatus={"LoggingEnabled": before})


@BOOK.case("aws_s3_bucket_logging")
def access_is_logged_elsewhere(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    before = s3.get_bucket_logging(Bucket=CONFIG)["LoggingEnabled"]
    elsewhere = {**before, "TargetPrefix": before["TargetPrefix"] + "by-hand/"}
    s3.put_bucket_logging(Bucket=CONFIG, BucketLoggingStatus={"LoggingEnabled": elsewhere})
    yield
    s3.put_bucket_logging(Bucket=CONFIG, BucketLoggingStatus={"LoggingEnabled": before})


@BOOK.case("aws_s3_bucket_ownership_controls")
def objects_belong_to_their_writers(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    before = s3.get_bucket_ownership_controls(Bucket=CONFIG)["OwnershipControls"]
    s3.put_bucket_ownership_controls(
        Bucket=CONFIG, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    yield
    s3.put_bucket_ownership_controls(Bucket=CONFIG, OwnershipControls=before)


@BOOK.case("aws_s3_bucket")
def a_bucket_is_tagged(hands: Hands) -> Iterator[None]:
    yield from _tags(hands, lambda tags: [*tags, {"Key": "by", "Value": "hand"}])


@BOOK.case("aws_s3_bucket")
def a_bucket_loses_a_tag(hands: Hands) -> Iterator[None]:
    yield from _tags(hands, lambda tags: tags[1:])


def _tags(hands: Hands, change: object) -> Iterator[None]:
    assert callable(change)
    s3 = hands("s3")
    before = s3.get_bucket_tagging(Bucket=CONFIG)["TagSet"]
    s3.put_bucket_tagging(Bucket=CONFIG, Tagging={"TagSet": change(before)})
    yield
    s3.put_bucket_tagging(Bucket=CONFIG, Tagging={"TagSet": before})


@BOOK.case("aws_kms_alias", lasting=True)
def the_alias_is_deleted(hands: Hands) -> Iterator[None]:
    hands("kms").delete_alias(AliasName=ALIAS)
    yield


@BOOK.case("aws_s3_bucket", lasting=True)
def a_bucket_is_deleted(hands: Hands) -> Iterator[None]:
    s3 = hands("s3")
    for found in s3.list_object_versions(Bucket="example-logs-logs").get("Versions", []):
        s3.delete_object(Bucket="example-logs-logs", Key=found["Key"], VersionId=found["VersionId"])
    s3.delete_bucket(Bucket="example-logs-logs")
    yield
