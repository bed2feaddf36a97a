"""The controls that ask for tags on roles and users.

Roles that AWS makes for its services are theirs, and are tagged by nobody else.
Source: AWS Security Hub User Guide, IAM.24 and IAM.25; IAM User Guide, "Tags for IAM resources".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.findings.arn import name
from orchestrator.findings.remediation import Aws, Naming, Place
from orchestrator.findings.services.iam.credentials import NAMING
from orchestrator.findings.tag_calls import Tagged, at, by_list


def row(control: str, noun: str) -> Tagged:
    return Tagged(
        control=control,
        kind=f"AwsIam{noun}",
        client="iam",
        iam="iam",
        listing=f"List{noun}s",
        rows=f"{noun}s",
        arn=at("Arn"),
        resources=f"arn:{{partition}}:iam::{{account}}:{noun.lower()}/*",
        style=by_list(
            f"{noun}Name",
            ("Tags", "TagKeys"),
            (f"List{noun}Tags", f"Tag{noun}", f"Untag{noun}"),
            id_=name,
        ),
        made_by=(f"Create{noun}",),
        keep=ours,
    )


def ours(row: Any) -> bool:
    return not str(row["Path"]).startswith("/aws-service-role/")


def role_of(id_: str, _: Place, aws: Aws) -> str:
    for page in aws("iam").get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            if role["RoleId"] == id_:
                return str(role["Arn"])
    return ""


ROLE_NAMING = Naming(r"arn:[^:]+:iam::\d*:role/(AROA[A-Z0-9]{12,124})", role_of)
"""IAM's id of the role instead of the name. Source: IAM User Guide, "Unique identifiers"."""

REMEDIATIONS = tuple(
    replace(row(control, noun).remediation, everywhere=True, naming=naming)
    for control, noun, naming in (("IAM.24", "Role", ROLE_NAMING), ("IAM.25", "User", NAMING))
)
