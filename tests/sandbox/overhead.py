"""What lies over and beside the policies of an organization: its keys as a whole, a policy of the
organization's, a service's own role, and the modules that a roll-out leaves out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.sandbox.drill import ACCOUNTS, MANAGEMENT, Drill
from tests.sandbox.test_remediation import MEMBER
from tests.sandbox.wires import Shelf, Wire

MODULES = Path(__file__).parents[2] / "modules"
SID = re.compile(r'^\s*(?:sid|Sid)\s*=\s*"(\w+)"', re.MULTILINE)
DENY = {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}


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
    organizations, iam = drill.aws("organizations", MANAGEMENT), drill.aws("iam", MEMBER)
    made: list[str] = []

    def deny() -> None:
        policy = organizations.create_policy(
            Name="drill",
            Description="For the drill.",
            Type="SERVICE_CONTROL_POLICY",
            Content=json.dumps({"Version": "2012-10-17", "Statement": [DENY]}),
        )
        made.append(policy["Policy"]["PolicySummary"]["Id"])
        organizations.attach_policy(PolicyId=made[-1], TargetId=MEMBER)

    def allow() -> None:
        organizations.detach_policy(PolicyId=made[-1], TargetId=MEMBER)
        organizations.delete_policy(PolicyId=made.pop())

    member = f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorg1/{MEMBER}"
    yield Wire("organization", member, "policy that denies ec2", deny, allow)
    name, service = "AWSServiceRoleForConfig", "config.amazonaws.com"
    yield Wire(
        "service-linked role",
        f"arn:aws:iam::{MEMBER}:role/aws-service-role/{service}/{name}",
        "missing",
        partial(iam.delete_service_linked_role, RoleName=name),
        partial(iam.create_service_linked_role, AWSServiceName=service),
    )


def sids(found: Sequence[Shelf]) -> dict[str, list[str]]:
    """Statements of modules/ that are nowhere in the organization, by module."""
    there = {str(s.get("Sid")) for shelf in found for s in shelf.document["Statement"]}
    left: dict[str, list[str]] = {}
    for module in sorted(MODULES.iterdir()):
        text = "".join(file.read_text("utf-8") for file in sorted(module.glob("*.tf")))
        names = [name for name in dict.fromkeys(SID.findall(text)) if name not in there]
        if names:
            left[module.name] = names
    return left
