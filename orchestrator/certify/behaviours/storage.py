"""S3 and KMS: buckets as new ones are today, and keys that must not lock anybody out."""

from __future__ import annotations

from orchestrator.certify.behaviour import Behaviour, Call, Json, document, documented, reported

BUCKET = "certify-<run>-<member>"
HERE = f"arn:aws:s3:::{BUCKET}"
MADE = Call(
    "s3",
    "CreateBucket",
    {"Bucket": BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "<region>"}},
)
REMOVED = Call("s3", "DeleteBucket", {"Bucket": BUCKET})
NEW = "Amazon S3 User Guide, Default settings for new S3 buckets FAQ"
POLICIES = "Amazon S3 User Guide, Bucket policies; S3 API Reference, PutBucketPolicy"


def putting(policy: str, code: str) -> Call:
    return Call("s3", "PutBucketPolicy", {"Bucket": BUCKET, "Policy": policy}, refused=code)


def allowing(**changed: object) -> str:
    own: Json = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::<member>:root"},
        "Action": "s3:GetObject",
        "Resource": f"{HERE}/*",
    }
    return document({**own, **changed})


def bucket(name: str, says: str, source: str, *calls: Call) -> Behaviour:
    return Behaviour(f"s3.{name}", says, documented(source), calls, (MADE,), (REMOVED,))


def rules(**rule: object) -> Json:
    whole = {"ID": "one", "Status": "Enabled", "Filter": {"Prefix": ""}, **rule}
    return {"Bucket": BUCKET, "LifecycleConfiguration": {"Rules": [whole]}}


KEY = Call("kms", "CreateKey", {"Description": "certify <run>"}, keeps={"key": "KeyMetadata.KeyId"})
KEY_GONE = Call("kms", "ScheduleKeyDeletion", {"KeyId": "<key>", "PendingWindowInDays": 7})

BEHAVIOURS = (
    bucket(
        "new-buckets-are-closed",
        "A new bucket blocks public access, owns its objects and encrypts them.",
        NEW,
        Call(
            "s3",
            "GetPublicAccessBlock",
            {"Bucket": BUCKET},
            answers={
                "PublicAccessBlockConfiguration.BlockPublicAcls": True,
                "PublicAccessBlockConfiguration.IgnorePublicAcls": True,
                "PublicAccessBlockConfiguration.BlockPublicPolicy": True,
                "PublicAccessBlockConfiguration.RestrictPublicBuckets": True,
            },
        ),
        Call(
            "s3",
            "GetBucketOwnershipControls",
            {"Bucket": BUCKET},
            answers={"OwnershipControls.Rules[0].ObjectOwnership": "BucketOwnerEnforced"},
        ),
        Call(
            "s3",
            "GetBucketEncryption",
            {"Bucket": BUCKET},
            answers={
                "ServerSideEncryptionConfiguration.Rules[0]"
                ".ApplyServerSideEncryptionByDefault.SSEAlgorithm": "AES256"
            },
        ),
    ),
    bucket(
        "acls-are-off",
        "A new bucket takes no ACL but the owner's.",
        "Amazon S3 User Guide, Controlling ownership of objects and disabling ACLs",
        Call(
            "s3",
            "PutBucketAcl",
            {"Bucket": BUCKET, "ACL": "public-read"},
            refused="AccessControlListNotSupported",
        ),
    ),
    bucket(
        "public-policies-are-blocked",
        "A bucket that blocks public policies takes none.",
        "Amazon S3 User Guide, Blocking public access to your Amazon S3 storage",
        putting(allowing(Principal="*"), "AccessDenied"),
    ),
    bucket(
        "policy-is-json",
        "A bucket's policy is JSON.",
        POLICIES,
        putting("not json", "MalformedPolicy"),
    ),
    bucket(
        "policy-is-about-its-bucket",
        "A bucket's policy is about that bucket alone.",
        POLICIES,
        putting(allowing(Resource="arn:aws:s3:::certify-other-<run>/*"), "MalformedPolicy"),
    ),
    bucket(
        "policy-names-who-exists",
        "A bucket's policy names principals that exist.",
        POLICIES,
        putting(
            allowing(Principal={"AWS": "arn:aws:iam::<member>:role/certify-nobody-<run>"}),
            "MalformedPolicy",
        ),
    ),
    bucket(
        "policy-names-actions-that-exist",
        "A bucket's policy names actions of S3 that exist.",
        POLICIES,
        putting(allowing(Action="s3:GetTheObject"), "MalformedPolicy"),
    ),
    bucket(
        "policy-actions-fit-resources",
        "An action on objects does not stand beside the bucket's ARN alone.",
        POLICIES,
        putting(allowing(Resource=HERE), "MalformedPolicy"),
    ),
    bucket(
        "lifecycle-days-are-positive",
        "An expiration after 0 days is refused.",
        "S3 API Reference, PutBucketLifecycleConfiguration",
        Call(
            "s3",
            "PutBucketLifecycleConfiguration",
            rules(Expiration={"Days": 0}),
            refused="InvalidArgument",
        ),
    ),
    bucket(
        "infrequent-access-after-30-days",
        "Objects move to STANDARD_IA after 30 days at the earliest.",
        "Amazon S3 User Guide, Transitioning objects using Amazon S3 Lifecycle",
        Call(
            "s3",
            "PutBucketLifecycleConfiguration",
            rules(Transitions=[{"Days": 10, "StorageClass": "STANDARD_IA"}]),
            refused="InvalidArgument",
        ),
    ),
    Behaviour(
        "s3.notifications-ask-the-queue",
        "A notification to a queue whose policy does not admit S3 is refused.",
        documented("Amazon S3 User Guide, Granting permissions to publish event notifications"),
        (
            Call(
                "s3",
                "PutBucketNotificationConfiguration",
                {
                    "Bucket": BUCKET,
                    "NotificationConfiguration": {
                        "QueueConfigurations": [
                            {
                                "QueueArn": "arn:aws:sqs:<region>:<member>:certify-<run>",
                                "Events": ["s3:ObjectCreated:*"],
                            }
                        ]
                    },
                },
                refused="InvalidArgument",
            ),
        ),
        (MADE, Call("sqs", "CreateQueue", {"QueueName": "certify-<run>"}, keeps={"q": "QueueUrl"})),
        (Call("sqs", "DeleteQueue", {"QueueUrl": "<q>"}), REMOVED),
    ),
    Behaviour(
        "kms.policies-lock-nobody-out",
        "A key's policy under which its maker could not change it again is refused.",
        documented("AWS KMS API Reference, CreateKey, BypassPolicyLockoutSafetyCheck"),
        (
            Call(
                "kms",
                "CreateKey",
                {
                    "Policy": document(
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "logs.<region>.amazonaws.com"},
                            "Action": "kms:*",
                            "Resource": "*",
                        }
                    )
                },
                refused="MalformedPolicyDocumentException",
            ),
        ),
    ),
    Behaviour(
        "kms.deletion-waits-seven-days",
        "A key waits 7 to 30 days for its deletion.",
        documented("AWS KMS API Reference, ScheduleKeyDeletion"),
        (
            Call(
                "kms",
                "ScheduleKeyDeletion",
                {"KeyId": "<key>", "PendingWindowInDays": 6},
                refused="ValidationException",
            ),
        ),
        (KEY,),
        (KEY_GONE,),
    ),
    Behaviour(
        "kms.disabled-keys-refuse",
        "A disabled key encrypts nothing.",
        documented("AWS KMS Developer Guide, Key states of AWS KMS keys"),
        (
            Call(
                "kms",
                "Encrypt",
                {"KeyId": "<key>", "Plaintext": "text"},
                refused="DisabledException",
                within=30,
            ),
        ),
        (KEY, Call("kms", "DisableKey", {"KeyId": "<key>"})),
        (KEY_GONE,),
    ),
    Behaviour(
        "s3.disabled-keys-encrypt-nothing",
        "S3 writes no object under a disabled key.",
        reported("S3's answer KMS.DisabledException; AWS KMS Developer Guide, Key states"),
        (
            Call(
                "s3",
                "PutObject",
                {
                    "Bucket": BUCKET,
                    "Key": "one",
                    "ServerSideEncryption": "aws:kms",
                    "SSEKMSKeyId": "<key>",
                },
                refused="KMS.DisabledException",
                within=30,
            ),
        ),
        (MADE, KEY, Call("kms", "DisableKey", {"KeyId": "<key>"})),
        (KEY_GONE, REMOVED),
    ),
    Behaviour(
        "kms.aliases-disable-nothing",
        "A key is disabled by its id or ARN, not by an alias.",
        documented("AWS KMS API Reference, DisableKey, KeyId"),
        (
            Call(
                "kms",
                "DisableKey",
                {"KeyId": "alias/certify-<run>"},
                refused="NotFoundException",
            ),
        ),
        (
            KEY,
            Call(
                "kms", "CreateAlias", {"AliasName": "alias/certify-<run>", "TargetKeyId": "<key>"}
            ),
        ),
        (Call("kms", "DeleteAlias", {"AliasName": "alias/certify-<run>"}), KEY_GONE),
    ),
)
