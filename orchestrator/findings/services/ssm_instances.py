"""Whether Systems Manager manages the instances of EC2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import Cause, missing
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking
from orchestrator.findings.tags import mapping

INSTANCES = ("arn:{partition}:ec2:{region}:{account}:instance/*",)
ROLES = ("arn:{partition}:iam::{account}:role/*",)
POLICY = "arn:{partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("ec2").get_paginator("describe_instances").paginate():
        for instance in (i for r in page["Reservations"] for i in r["Instances"]):
            if alive(instance):
                yield of(place, "ec2", f"instance/{instance['InstanceId']}")


def alive(instance: Json) -> bool:
    return instance["State"]["Name"] not in {"terminated", "shutting-down"}


def described(target: Target, aws: Aws) -> Json | None:
    codes = ("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed")
    call = aws("ec2").describe_instances
    answer = unless(codes, call, InstanceIds=[name(target.arn)])
    found = [i for r in (answer or {}).get("Reservations", []) for i in r["Instances"]]
    return found[0] if found and alive(found[0]) else None


def read(target: Target, aws: Aws) -> Json | None:
    """The instance, with what Systems Manager knows of it under 'Managed'."""
    found = described(target, aws)
    if found is None:
        return None
    answer = aws("ssm").describe_instance_information(
        Filters=[{"Key": "InstanceIds", "Values": [name(target.arn)]}]
    )
    return {**found, "Managed": bool(answer["InstanceInformationList"])}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((described(target, aws) or {}).get("Tags"))


INSTANCE = ResourceType(
    resource_type="AwsEc2Instance",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            ("ec2:DescribeInstances", "ssm:DescribeInstanceInformation"),
            why="neither service has a permission to describe a single instance",
        ),
        Permission(
            ("iam:GetInstanceProfile",), ("arn:{partition}:iam::{account}:instance-profile/*",)
        ),
        Permission(("iam:ListAttachedRolePolicies",), ROLES),
    ),
)


def unmanaged(instance: Json, _: Target) -> str:
    return "" if instance["Managed"] else "Systems Manager does not know it"


def keep(target: Target, aws: Aws) -> Json:
    """The instance's role, and whether it has the policy already; '' where there is no role."""
    profile = existing(INSTANCE, target, aws).get("IamInstanceProfile", {}).get("Arn", "")
    role = role_of(aws, profile) if profile else ""
    return {"profile": profile, "role": role, "attached": attached(target, aws, role)}


def role_of(aws: Aws, profile: str) -> str:
    answer = aws("iam").get_instance_profile(InstanceProfileName=name(profile))
    return str(next((role["RoleName"] for role in answer["InstanceProfile"]["Roles"]), ""))


def attached(target: Target, aws: Aws, role: str) -> bool:
    if not role:
        return False
    pages = aws("iam").get_paginator("list_attached_role_policies").paginate(RoleName=role)
    found = {policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]}
    return policy_arn(target) in found


def policy_arn(target: Target) -> str:
    return POLICY.replace("{partition}", target.place.partition)


def manage(target: Target, aws: Aws, before: Json) -> None:
    if before["attached"]:
        raise Refused(
            "the instance's role lets it register already: look at its agent and its network"
        )
    if before["role"]:
        aws("iam").attach_role_policy(RoleName=before["role"], PolicyArn=policy_arn(target))
    elif before["profile"]:
        raise Refused("the instance profile has no role")
    else:
        associate(target, aws, required(target, "InstanceProfile"))


def associate(target: Target, aws: Aws, profile: str) -> None:
    if not associations(target, aws):
        aws("ec2").associate_iam_instance_profile(
            InstanceId=name(target.arn), IamInstanceProfile={"Name": profile}
        )


def associations(target: Target, aws: Aws) -> list[str]:
    answer = aws("ec2").describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [name(target.arn)]}]
    )
    states = ("associating", "associated")
    found = answer["IamInstanceProfileAssociations"]
    return [item["AssociationId"] for item in found if item["State"] in states]


def leave(target: Target, aws: Aws, before: Json) -> None:
    if before["role"]:
        detach = aws("iam").detach_role_policy
        unless(("NoSuchEntity",), detach, RoleName=before["role"], PolicyArn=policy_arn(target))
        return
    for association in associations(target, aws):
        aws("ec2").disassociate_iam_instance_profile(AssociationId=association)


REMEDIATIONS = (
    Remediation(
        name="let-instance-register",
        controls=("SSM.1",),
        causes=(
            Cause("ec2", ("RunInstances",), missing("iamInstanceProfile"), sure=False),
            Cause("ec2", ("DisassociateIamInstanceProfile",), sure=False),
        ),
        resource_type=INSTANCE.resource_type,
        risk=Risk.REVERSIBLE,
        effect=(
            "Attaches AmazonSSMManagedInstanceCore to the instance's role, or gives an instance "
            "without one the profile you name. Its agent registers within minutes, if it runs."
        ),
        breaks="Nothing; who may use Systems Manager can then log on to the instance.",
        reads=INSTANCE.reads,
        writes=(
            Permission(
                ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
                ROLES,
                {"ArnEquals": {"iam:PolicyARN": POLICY}},
            ),
            Permission(
                ("ec2:AssociateIamInstanceProfile", "ec2:DisassociateIamInstanceProfile"),
                INSTANCES,
            ),
            Permission(
                ("ec2:DescribeIamInstanceProfileAssociations",),
                why="EC2 has no permission to describe a single association",
            ),
            Permission(
                ("iam:PassRole",),
                ROLES,
                {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            ),
        ),
        find=INSTANCE.find,
        check=looking(INSTANCE, unmanaged),
        before=keep,
        fix=manage,
        undo=leave,
        tags=INSTANCE.tags,
        parameters={
            "InstanceProfile": Parameter(
                "", "For instances without one: the name of a profile that is there already."
            )
        },
    ),
)
