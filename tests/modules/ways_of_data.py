"""Ways to blind those who watch, and to take data out."""

from __future__ import annotations

from tests.modules.ways import HERE, Ask, one, way

FUNCTION = "arn:aws:lambda:" + HERE + ":function:somebodys"
TRAIL = "arn:aws:cloudtrail:" + HERE + ":trail/organization"
KEY = "arn:aws:kms:" + HERE + ":key/99999999-2222-3333-4444-555555555555"
BLINDS = (
    one("cloudtrail:StopLogging", TRAIL),
    one("cloudtrail:DeleteTrail", TRAIL),
    one("cloudtrail:PutEventSelectors", TRAIL),
    one("cloudtrail:UpdateTrail", TRAIL),
    way("config:StopConfigurationRecorder", Ask("config:StopConfigurationRecorder", "*")),
    way("config:DeleteConfigurationRecorder", Ask("config:DeleteConfigurationRecorder", "*")),
    way("config:DeleteDeliveryChannel", Ask("config:DeleteDeliveryChannel", "*")),
    one("guardduty:DeleteDetector", "arn:aws:guardduty:" + HERE + ":detector/d"),
    one("guardduty:CreateFilter", "arn:aws:guardduty:" + HERE + ":detector/d"),
    one("guardduty:DisassociateMembers", "arn:aws:guardduty:" + HERE + ":detector/d"),
    one("securityhub:DisableSecurityHub", "arn:aws:securityhub:" + HERE + ":hub/default"),
    one("securityhub:DeleteInsight", "arn:aws:securityhub:" + HERE + ":insight/i"),
    one("access-analyzer:DeleteAnalyzer", "arn:aws:access-analyzer:" + HERE + ":analyzer/a"),
    one("organizations:LeaveOrganization"),
    one(
        "organizations:DetachPolicy",
        "arn:aws:organizations::{account}:policy/o/service_control_policy/p",
    ),
    one(
        "organizations:RemoveAccountFromOrganization",
        "arn:aws:organizations::{account}:account/o/1",
    ),
    one("account:CloseAccount"),
)

OURS = "arn:aws:s3:::"
TAKES = (
    one("s3:PutBucketPolicy", OURS + "example-terraform-state-000000000001"),
    way(
        "s3:PutBucketPolicy on the archive", Ask("s3:PutBucketPolicy", OURS + "{prefix}-cloudtrail")
    ),
    way("s3:PutBucketPolicy on somebody's bucket", Ask("s3:PutBucketPolicy", OURS + "somebodys")),
    way(
        "s3:GetObject of a state",
        Ask(
            "s3:GetObject",
            OURS + "example-terraform-state-000000000001/1/account/terraform.tfstate",
        ),
    ),
    way("s3:GetObject of somebody's", Ask("s3:GetObject", OURS + "somebodys/x")),
    way("s3:PutObject to somebody's", Ask("s3:PutObject", OURS + "somebodys/x")),
    way("s3:DeleteObject of a log", Ask("s3:DeleteObject", OURS + "{prefix}-cloudtrail/x")),
    way(
        "s3:PutLifecycleConfiguration on the archive",
        Ask("s3:PutLifecycleConfiguration", OURS + "{prefix}-cloudtrail"),
    ),
    way(
        "s3:PutReplicationConfiguration", Ask("s3:PutReplicationConfiguration", OURS + "somebodys")
    ),
    one("secretsmanager:PutResourcePolicy", "arn:aws:secretsmanager:" + HERE + ":secret:x-123456"),
    one(
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:" + HERE + ":secret:somebodys-123456",
    ),
    way("kms:PutKeyPolicy", Ask("kms:PutKeyPolicy", KEY)),
    way("kms:CreateGrant", Ask("kms:CreateGrant", KEY)),
    way("kms:Decrypt of anything", Ask("kms:Decrypt", KEY)),
    way("kms:ScheduleKeyDeletion", Ask("kms:ScheduleKeyDeletion", KEY)),
    way(
        "ec2:ModifySnapshotAttribute",
        Ask(
            "ec2:ModifySnapshotAttribute",
            "arn:aws:ec2:ap-northeast-1::snapshot/s",
            {"ec2:Add/userId": "999999999999"},
        ),
    ),
    way(
        "ec2:ModifyImageAttribute",
        Ask("ec2:ModifyImageAttribute", "arn:aws:ec2:ap-northeast-1::image/i"),
    ),
    one("rds:ModifyDBSnapshotAttribute", "arn:aws:rds:" + HERE + ":snapshot:s"),
    one("rds:ModifyDBClusterSnapshotAttribute", "arn:aws:rds:" + HERE + ":cluster-snapshot:s"),
    one("lambda:AddPermission", FUNCTION),
    one("ecr:SetRepositoryPolicy", "arn:aws:ecr:" + HERE + ":repository/r"),
    one("sqs:SetQueueAttributes", "arn:aws:sqs:" + HERE + ":somebodys"),
    one("sns:SetTopicAttributes", "arn:aws:sns:" + HERE + ":somebodys"),
    one("sqs:ReceiveMessage", "arn:aws:sqs:" + HERE + ":somebodys"),
    way(
        "ours: the switch",
        Ask(
            "ssm:PutParameter", "arn:aws:ssm:" + HERE + ":parameter/orchestrator/remediation/switch"
        ),
    ),
    way(
        "ours: the findings' queue",
        Ask("sqs:SetQueueAttributes", "arn:aws:sqs:" + HERE + ":orchestrator-findings"),
    ),
    way(
        "ours: the records",
        Ask("dynamodb:DeleteTable", "arn:aws:dynamodb:" + HERE + ":table/orchestrator-remediation"),
    ),
    way(
        "ours: the states before",
        Ask("s3:PutBucketPolicy", OURS + "orchestrator-remediation-{account}"),
    ),
    one("ssm:ModifyDocumentPermission", "arn:aws:ssm:" + HERE + ":document/x"),
    one("ram:CreateResourceShare", "arn:aws:ram:" + HERE + ":resource-share/*"),
    one("dynamodb:GetItem", "arn:aws:dynamodb:" + HERE + ":table/somebodys"),
    one("ssm:GetParameter", "arn:aws:ssm:" + HERE + ":parameter/somebodys/secret"),
)
