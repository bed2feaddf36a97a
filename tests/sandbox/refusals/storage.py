"""Amazon S3: buckets as new ones are, their policies, lifecycles, notifications and keys."""

from __future__ import annotations

from typing import Any

from tests.sandbox.refusals.probe import Bench, Case, Params


def _put(bench: Bench, **more: Any) -> Params:
    return {"Bucket": "probe-plain", "Key": "k", "Body": b"x", **more}


def _sse(key: str) -> Params:
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}


def _disabled(bench: Bench) -> Params:
    kms = bench.client("kms")
    made = kms.create_key()["KeyMetadata"]
    kms.disable_key(KeyId=made["KeyId"])
    return _sse(made["Arn"])


def _offboarding(bench: Bench) -> Params:
    kms = bench.client("kms")
    made = kms.create_key()["KeyMetadata"]
    kms.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)
    return _sse(made["Arn"])


NAMES = [
    "ab",
    "Probe-Upper",
    "a..b-dots",
    "192.168.5.4",
    "-starts",
    "ends-",
    "xn--probe",
    "probe_under",
    "probe-s3alias",
    "n" * 64,
    "sthree-probe",
    "probe--ol-s3",
]


OUTSIDE = "arn:aws:kms:us-east-1:200000000009:key/11111111-2222-3333-4444-555555555555"


def _bucket(bench: Bench) -> Params:
    place = {"LocationConstraint": bench.region}
    return {"Bucket": "probe-new-bucket", "CreateBucketConfiguration": place}


def _default(algorithm: str, key: str) -> Params:
    said = {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": said}]}
    return {"ServerSideEncryptionConfiguration": rules}


CASES = [
    Case(
        "s3",
        "create_bucket",
        _bucket,
        [
            *[(f"the name {name[:20]}", {"Bucket": name}, "InvalidBucketName") for name in NAMES],
            ("a public ACL", {"ACL": "public-read"}, "InvalidBucketAclWithObjectOwnership"),
            (
                "a public ACL with ownership relaxed",
                {"ACL": "public-read", "ObjectOwnership": "ObjectWriter"},
                "InvalidBucketAclWithBlockPublicAccessError",
            ),
            (
                "a region AWS does not have",
                {"CreateBucketConfiguration": {"LocationConstraint": "mars-north-1"}},
                "InvalidLocationConstraint",
            ),
            ("an ownership AWS does not have", {"ObjectOwnership": "Mine"}, "InvalidArgument"),
            ("a name that is taken", {"Bucket": "probe-plain"}, "BucketAlreadyOwnedByYou"),
        ],
        "Amazon S3 User Guide, bucket naming rules, Object Ownership, Block Public Access",
    ),
    Case(
        "s3",
        "put_bucket_acl",
        lambda _: {"Bucket": "probe-open", "ACL": "private"},
        [
            (
                "an ACL where they are off",
                {"Bucket": "probe-plain"},
                "AccessControlListNotSupported",
            ),
            (
                "a public ACL where they are off",
                {"Bucket": "probe-plain", "ACL": "public-read"},
                "AccessControlListNotSupported",
            ),
            ("a public ACL while it is blocked", {"ACL": "public-read"}, "AccessDenied"),
            ("a public write while it is blocked", {"ACL": "public-read-write"}, "AccessDenied"),
            ("an ACL AWS does not have", {"ACL": "mine"}, "InvalidArgument"),
        ],
        "Amazon S3 API Reference, PutBucketAcl",
    ),
    Case(
        "s3",
        "put_object",
        lambda bench: _put(bench, **_sse(bench.made["key"]["Arn"])),
        [
            (
                "a public ACL where they are off",
                {"ACL": "public-read"},
                "AccessControlListNotSupported",
            ),
            (
                "a private ACL where they are off",
                {"ACL": "private"},
                "AccessControlListNotSupported",
            ),
            (
                "a public ACL while it is blocked",
                {"Bucket": "probe-open", "ACL": "public-read"},
                "AccessDenied",
            ),
            (
                "a key nobody has",
                _sse(OUTSIDE.replace("us-east-1", "ap-northeast-1")),
                "KMS.NotFoundException",
            ),
            ("a key of another region", _sse(OUTSIDE), "KMS.NotFoundException"),
            ("a key that is disabled", _disabled, "KMS.DisabledException"),
            ("a key that is to be deleted", _offboarding, "KMS.KMSInvalidStateException"),
            (
                "an algorithm AWS does not have",
                {"ServerSideEncryption": "ROT13"},
                "InvalidArgument",
            ),
            ("a class AWS does not have", {"StorageClass": "ATTIC"}, "InvalidStorageClass"),
            ("a bucket nobody has", {"Bucket": "probe-nobody-has-this"}, "NoSuchBucket"),
        ],
        "Amazon S3 User Guide, disabling ACLs; server-side encryption with AWS KMS keys",
    ),
    Case(
        "s3",
        "put_object_acl",
        lambda _: {"Bucket": "probe-plain", "Key": "k", "ACL": "bucket-owner-full-control"},
        [
            (
                "a public ACL where they are off",
                {"ACL": "public-read"},
                "AccessControlListNotSupported",
            ),
            (
                "a private ACL where they are off",
                {"ACL": "private"},
                "AccessControlListNotSupported",
            ),
        ],
        "Amazon S3 API Reference, PutObjectAcl",
    ),
    Case(
        "s3",
        "put_bucket_encryption",
        lambda bench: {"Bucket": "probe-plain", **_default("aws:kms", bench.made["key"]["Arn"])},
        [
            ("a key with AES256", _default("AES256", OUTSIDE), "InvalidArgument"),
            ("an algorithm AWS does not have", _default("ROT13", OUTSIDE), "MalformedXML"),
        ],
        "Amazon S3 API Reference, PutBucketEncryption",
    ),
    Case(
        "s3",
        "put_bucket_versioning",
        lambda _: {"Bucket": "probe-plain", "VersioningConfiguration": {"Status": "Enabled"}},
        [
            (
                "a status of neither kind",
                {"VersioningConfiguration": {"Status": "Maybe"}},
                "MalformedXML",
            )
        ],
        "Amazon S3 API Reference, PutBucketVersioning",
    ),
    Case(
        "s3",
        "put_bucket_ownership_controls",
        lambda _: {
            "Bucket": "probe-closed",
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
        },
        [
            (
                "an ownership AWS does not have",
                {"OwnershipControls": {"Rules": [{"ObjectOwnership": "Mine"}]}},
                "MalformedXML",
            )
        ],
        "Amazon S3 API Reference, PutBucketOwnershipControls",
    ),
]
