"""Ways that are open because they are a role's very job, each with what holds it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

APPLIES = {
    "config:StopConfigurationRecorder": "the account's stack manages its recorder; the gate counts",
    "config:DeleteConfigurationRecorder": "as it is made, where a region is no longer governed",
    "config:DeleteDeliveryChannel": "as it is made, where a region is no longer governed",
    "securityhub:DisableSecurityHub": "local mode: the stack turns the hub on and off",
}
KEYS = "keys of the stack have no name to be held to; those of others are in other accounts"
OWN = "the stack makes it, and the plan that was reviewed says how"

BY_CALL: Mapping[str, Mapping[str, str]] = {
    "finding_router": {
        "sts:AssumeRole of the remediation": "the function fixes by it: this name, external id, "
        "and accounts of the organization"
    },
    "runner_roles": {
        "sts:AssumeRole of the entry role": "the first apply: accounts of the organization",
        "sts:AssumeRole of the apply role": "every apply: external id, the organization",
        "s3:GetObject of a state": "states are what it and the reader read",
    },
    "roles_member": APPLIES,
    "roles_management": {**APPLIES, "guardduty:DeleteDetector": "the stack makes it"},
    "roles_log_archive": {
        **APPLIES,
        "s3:PutBucketPolicy on the archive": OWN,
        "s3:PutLifecycleConfiguration on the archive": OWN,
        "kms:PutKeyPolicy": KEYS,
        "kms:ScheduleKeyDeletion": KEYS,
    },
    "roles_security": {
        **APPLIES,
        "access-analyzer:DeleteAnalyzer": OWN,
        "kms:PutKeyPolicy": KEYS,
        "kms:ScheduleKeyDeletion": KEYS,
        "ours: the switch": OWN,
        "ours: the findings' queue": OWN,
        "ours: the records": OWN,
        "ours: the states before": OWN,
    },
    "remediation_role_2": {
        "access-analyzer:DeleteAnalyzer": "IAM.28 takes back the analyzer that it has made",
    },
    # Each by the controls that ask for it alone; a session is narrowed to one of them.
    "remediation_role": {
        "autoscaling:CreateLaunchConfiguration": "Autoscaling.3, .5: with the profile it had",
        "cloudformation:UpdateStack": "CloudFormation.1: no template from elsewhere, no role "
        "handed over; the stack's own role, where it has one, could be used",
        "cloudtrail:UpdateTrail": "CloudTrail.2, .4, .5: the account's own trails; the "
        "organization's is another account's, and refuses",
        "codebuild:UpdateProject": "CodeBuild.1 to .4: what its project's role may do",
        "config:StopConfigurationRecorder": "Config.1 takes back that it has started it",
        "ec2:AssociateIamInstanceProfile": "SSM.1: a profile that the decision names",
        "ec2:CreateLaunchTemplateVersion": "EC2.170 and others: what its profile may do",
        "ec2:ModifySnapshotAttribute": "EC2.1 takes back that a snapshot is private",
        "kms:PutKeyPolicy": "KMS.5: keys of the account; the function may use none of them",
        "guardduty:DeleteDetector": "GuardDuty.1 takes back the detector that it has made",
        "lambda:InvokeFunction": "SecretsManager.1 and .4: who turns rotation on must be able to "
        "invoke what rotates; none of our own functions",
        "lambda:AddPermission": "Lambda.1 takes back a statement that it has removed",
        "rds:ModifyDBClusterSnapshotAttribute": "RDS.1 takes back that a snapshot is private",
        "rds:ModifyDBSnapshotAttribute": "RDS.1 takes back that a snapshot is private",
        "s3:PutBucketPolicy": "S3.5 and others; another account's bucket lets nobody of ours in",
        "s3:PutBucketPolicy on somebody's bucket": "S3.5 and others; none of our own",
        "sns:SetTopicAttributes": "SNS.1 and others; none of the orchestrator's own",
        "sqs:SetQueueAttributes": "SQS.1 and others; none of the orchestrator's own",
        "ssm:GetParameter": "CodeBuild.2: parameters; what is encrypted it cannot decrypt",
        "ssm:ModifyDocumentPermission": "SSM.4 takes back that a document is private",
        "states:UpdateStateMachine": "StepFunctions.1: what the machine's role may do",
    },
}


def _all() -> Iterator[tuple[tuple[str, str], str]]:
    for call, ways in BY_CALL.items():
        for way, why in ways.items():
            yield (call, way), why


JOBS: Mapping[tuple[str, str], str] = dict(_all())
