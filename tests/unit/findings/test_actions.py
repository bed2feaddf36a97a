"""The permissions of remediations and of runbooks, held against AWS's own list of actions."""

from __future__ import annotations

import json

import pytest

from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.findings.remediation import Permission, Place, Remediation
from orchestrator.findings.root_cause import LOOKUP
from orchestrator.findings.sessions import MOST_CHARACTERS, permissions, runbook, session_policy
from tests import reference

HERE = Place("200000000006", "ap-northeast-1")
RUNBOOK = runbook(
    "AWS-Close", {"AutomationAssumeRole": "arn:{partition}:iam::{account}:role/runbooks"}
)

SECRETS = "only with a password that Secrets Manager is to keep"
OF_AN_ORGANIZATION = "only for a trail of the organization, which its own stack manages"
NODES = "only where nodes are added; none are"

CONDITIONAL = {
    f"{action} needs {other}": why
    for actions, others, why in (
        (
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:TagResource",
            "only with tags",
        ),
        ("autoscaling:UpdateAutoScalingGroup", "iam:PassRole", "only if the group's role changes"),
        (
            "cloudtrail:UpdateTrail",
            "iam:CreateServiceLinkedRole iam:GetRole organizations:DescribeOrganization "
            "organizations:ListAWSServiceAccessForOrganization",
            OF_AN_ORGANIZATION,
        ),
        (
            "config:PutConfigurationAggregator",
            "organizations:EnableAWSServiceAccess",
            "only in the management account: a delegated administrator aggregates here",
        ),
        (
            "ec2:CreateFlowLogs",
            "ecs:ListClusters ecs:ListContainerInstances ecs:ListServices "
            "ecs:ListTaskDefinitions ecs:ListTasks",
            "only with fields about ECS, of which we ask none",
        ),
        ("ec2:CreateFlowLogs", "ec2:CreateTags", "only with tags"),
        ("ec2:CreateVpcEndpoint", "ec2:CreateTags", "only with tags"),
        (
            "ec2:CreateVpcEndpoint",
            "route53:AssociateVPCWithHostedZone",
            "only for endpoints of services that have a zone made; EC2's has none",
        ),
        ("ec2:CreateLaunchTemplateVersion", "ssm:GetParameters", "only if aliases are resolved"),
        ("ec2:DescribeLaunchTemplateVersions", "ssm:GetParameters", "only if aliases are resolved"),
        (
            "elasticache:ModifyReplicationGroup",
            "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces "
            "ec2:DescribeSubnets ec2:DescribeVpcs",
            NODES,
        ),
        (
            "rds:CopyDBSnapshot",
            "rds:CopyCustomDBEngineVersion",
            "only for engines of one's own",
        ),
        (
            "rds:ModifyDBCluster rds:ModifyDBInstance",
            "iam:PassRole rds:AddTagsToResource rds:CreateTenantDatabase",
            "only with another role for the domain, tags, or tenants to begin with",
        ),
        (
            "rds:ModifyDBCluster rds:ModifyDBInstance redshift:ModifyCluster",
            "kms:CreateGrant kms:Decrypt kms:DescribeKey kms:GenerateDataKey kms:RetireGrant "
            "secretsmanager:CreateSecret secretsmanager:DeleteSecret "
            "secretsmanager:DescribeSecret secretsmanager:GetRandomPassword "
            "secretsmanager:RotateSecret secretsmanager:TagResource secretsmanager:UpdateSecret",
            SECRETS,
        ),
        ("redshift:ModifyCluster", "acm:DescribeCertificate", "only with a domain of one's own"),
        ("sns:SetTopicAttributes", "iam:PassRole", "only with a role for the delivery's logs"),
        (
            "states:UpdateStateMachine",
            "iam:PassRole states:PublishStateMachineVersion",
            "only with another role, or if it publishes",
        ),
    )
    for action in actions.split()
    for other in others.split()
}
"""Dependencies that AWS's list has without its condition, and why ours never arise."""

each = pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)


def exact(needed: tuple[Permission, ...]) -> str:
    """What the role's own policy says for one remediation."""
    statements = [json.loads(session_policy([one], HERE))["Statement"][0] for one in needed]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@each
def test_every_action_exists_and_knows_resources_and_conditions(remediation: Remediation) -> None:
    policy = exact(permissions(remediation, writes=True))

    looks = (reference.misnamed, reference.misplaced, reference.unused, reference.unkeyed)
    assert [wrong for evaluation in looks for wrong in evaluation(remediation.name, policy)] == []


@each
def test_what_aws_asks_for_besides_is_allowed_too(remediation: Remediation) -> None:
    policy = exact(permissions(remediation, writes=True))

    assert list(reference.alone(remediation.name, [policy], CONDITIONAL)) == []


@each
@pytest.mark.parametrize("writes", [False, True])
def test_a_session_is_short_enough_and_all_of_it_is_filled_in(
    remediation: Remediation, writes: bool
) -> None:
    policy = session_policy(permissions(remediation, writes=writes), HERE)

    assert len(policy) <= MOST_CHARACTERS
    assert reference.placeholders(policy) == []


@pytest.mark.parametrize("needed", [RUNBOOK, (LOOKUP,)], ids=["a runbook", "who did it"])
def test_runbooks_and_questions_about_who_did_it_are_held_to_the_list(
    needed: tuple[Permission, ...],
) -> None:
    policy = exact(needed)

    looks = (reference.misnamed, reference.misplaced, reference.unused, reference.unkeyed)
    assert [wrong for evaluation in looks for wrong in evaluation("", policy)] == []
    assert reference.placeholders(policy) == []
