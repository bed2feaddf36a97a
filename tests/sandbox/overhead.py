"""What lies over and beside the policies of an organization: its keys as a whole, a policy of the
organization's, a service's own role, and the modules that a roll-out leaves out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.sandbox.calls import a_trust_policy, until
from tests.sandbox.drill import Drill
from tests.sandbox.parts import ACCOUNTS, MANAGEMENT
from tests.sandbox.test_remediation import MEMBER
from tests.sandbox.wires import Shelf, Wire

MODULES = Path(__file__).parents[2] / "modules"
SID = re.compile(r'\b[Ss]id\s*=\s*"([A-Za-z0-9]+)[^"]*"([^\n]*\n[^\n]*)')
"""The name of a statement up to what is computed of it, and where it says that it denies."""
DENY = {"Effect": "Deny", "Action": "ec2:RevokeSecurityGroupIngress", "Resource": "*"}


def aliases(drill: Drill) -> dict[str, str]:
    """The ARN of each key with its alias behind it, by ARN."""
    found: dict[str, str] = {}
    for account in ACCOUNTS:
        kms = drill.aws("kms", account)
        for key in kms.list_keys()["Keys"]:
            named = kms.list_aliases(KeyId=key["KeyId"])["Aliases"]
            found[key["KeyArn"]] = " ".join([key["KeyArn"], *(a["AliasName"] for a in named)])
    return found


def keys(drill: Drill, found: Iterable[Shelf]) -> Iterator[Wire]:
    """Each key as a whole: disabled, and about to be deleted."""
    for shelf in (each for each in found if each.kind == "key"):
        kms = drill.aws("kms", shelf.holder.split(":")[4])
        key = shelf.holder.rpartition("/")[2]
        enable = partial(kms.enable_key, KeyId=key)

        def keep(kms: object = kms, key: str = key) -> None:
            kms.cancel_key_deletion(KeyId=key)  # type: ignore[attr-defined]
            kms.enable_key(KeyId=key)  # type: ignore[attr-defined]

        delete = partial(kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=7)
        yield Wire("key", shelf.holder, "disabled", partial(kms.disable_key, KeyId=key), enable)
        yield Wire("key", shelf.holder, "to be deleted", delete, keep)


def above(drill: Drill) -> Iterator[Wire]:
    """What the organization and AWS lay over an account: a policy that denies, a service's role."""
    yield _denial(drill.aws("organizations", MANAGEMENT))
    yield _service_role(drill)


def _denial(organizations: Any) -> Wire:
    made: list[str] = []
    (root,) = organizations.list_roots()["Roots"]
    kind = "SERVICE_CONTROL_POLICY"

    def deny() -> None:
        if not any(each["Type"] == kind for each in root["PolicyTypes"]):
            organizations.enable_policy_type(RootId=root["Id"], PolicyType=kind)
            root["PolicyTypes"] = [{"Type": kind}]
        policy = organizations.create_policy(
            Name="drill",
            Description="For the drill.",
            Type=kind,
            Content=json.dumps({"Version": "2012-10-17", "Statement": [DENY]}),
        )
        made.append(policy["Policy"]["PolicySummary"]["Id"])
        organizations.attach_policy(PolicyId=made[-1], TargetId=MEMBER)

    def allow() -> None:
        organizations.detach_policy(PolicyId=made[-1], TargetId=MEMBER)
        organizations.delete_policy(PolicyId=made.pop())

    member = f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorg1/{MEMBER}"
    return Wire("organization", member, "policy that denies the fix", deny, allow)


def _service_role(drill: Drill) -> Wire:
    """Gone, and so is the role that its recorders were given for it.

    AWS keeps a role that is in use, but lets a recorder be given another role, and lets that one
    go under it. Source: IAM API Reference, DeleteServiceLinkedRole; AWS Config API Reference,
    PutConfigurationRecorder.
    """
    name, service, other = "AWSServiceRoleForConfig", "config.amazonaws.com", "drill-records"
    role = f"arn:aws:iam::{MEMBER}:role/aws-service-role/{service}/{name}"
    iam = drill.aws("iam", MEMBER)
    tags = iam.list_role_tags(RoleName=name)["Tags"]
    regions: list[str] = []

    def record_as(arn: str) -> None:
        for region in regions:
            config = drill.aws("config", MEMBER, region)
            (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
            config.put_configuration_recorder(ConfigurationRecorder={**recorder, "roleARN": arn})

    def remove() -> None:
        uses = _deleted(iam, name)["Reason"]["RoleUsageList"]
        regions[:] = [use["Region"] for use in uses]
        trust = a_trust_policy({"Service": service})
        made = iam.create_role(RoleName=other, AssumeRolePolicyDocument=trust)["Role"]
        record_as(made["Arn"])
        assert _deleted(iam, name)["Status"] == "SUCCEEDED"
        iam.delete_role(RoleName=other)

    def again() -> None:
        iam.create_service_linked_role(AWSServiceName=service)
        iam.tag_role(RoleName=name, Tags=tags)
        record_as(role)

    return Wire("service-linked role", role, "missing", remove, again)


def _deleted(iam: Any, role: str) -> dict[str, Any]:
    """How it ends to delete a service's role."""
    task = iam.delete_service_linked_role(RoleName=role)["DeletionTaskId"]
    status = partial(iam.get_service_linked_role_deletion_status, DeletionTaskId=task)
    until(lambda: status()["Status"] != "IN_PROGRESS", f"{role} is being deleted")
    ended: dict[str, Any] = status()
    return ended


def sids(found: Sequence[Shelf], build: Path) -> dict[str, list[str]]:
    """Statements of modules/ that let somebody do something and are nowhere in the organization.

    By module; all of those of a module that no root in `build` calls.
    """
    there = {str(s.get("Sid")) for shelf in found for s in shelf.document["Statement"]}
    roots = "".join(file.read_text("utf-8") for file in sorted(build.glob("**/main.tf")))
    left: dict[str, list[str]] = {}
    for module in sorted(MODULES.iterdir()):
        text = "".join(file.read_text("utf-8") for file in sorted(module.glob("*.tf")))
        known = there if f'modules/{module.name}"' in roots else set()
        lets = dict.fromkeys(name for name, rest in SID.findall(text) if '"Deny"' not in rest)
        names = [name for name in lets if not any(each.startswith(name) for each in known)]
        if names:
            left[module.name] = names
    return left
