"""The policies that Terraform would write, asked of Terraform itself.

One plan of one root. Keys, whose ARNs only AWS knows, are given ARNs for it: `terraform test` can
do that, and shows its plan.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import gateway
from tests.modules import worst
from tests.modules.workshop import LOCK, ROOT, Workshop

PLACES: Mapping[str, tuple[str, str]] = {
    "aws_cloudwatch_event_bus_policy": ("policy", "bus"),
    "aws_cloudwatch_log_destination_policy": ("access_policy", "destination"),
    "aws_cloudwatch_log_resource_policy": ("policy_document", "log groups"),
    "aws_iam_policy": ("policy", "managed"),
    "aws_iam_role": ("assume_role_policy", "trust"),
    "aws_iam_role_policy": ("policy", "inline"),
    "aws_kms_key": ("policy", "key"),
    "aws_opensearch_domain": ("access_policies", "domain"),
    "aws_s3_bucket_policy": ("policy", "bucket"),
    "aws_sns_topic_policy": ("policy", "topic"),
    "aws_sqs_queue_policy": ("policy", "queue"),
}
"""Which attribute of Terraform's resources is a policy, and of what."""

SEVERAL: Mapping[str, Callable[[str, str], bool]] = {
    "orchestrator_roles": lambda key, index: key.split("-")[-1] == index or key == index,
    "ci_roles": lambda key, index: key == index,
    "remediation_role": lambda key, index: key == index,
}
"""Modules that attach policies of their own to roles, and which attachment is of which policy."""


@dataclass(frozen=True, slots=True)
class Written:
    """A policy. `call` is the module's name in the root; `owner` the role's, or the policy's."""

    call: str
    address: str
    kind: str
    owner: str
    text: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role and what is its own. `boundary` is an ARN, or ''."""

    call: str
    name: str
    trust: str
    inline: tuple[str, ...]
    managed: tuple[str, ...]
    boundary: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be made."""

    policies: tuple[Written, ...]
    roles: tuple[Role, ...]
    unknown: tuple[str, ...]
    """Policies of which the plan does not say what they are."""


def plan(workshop: Workshop) -> Plan:
    """Plan the worst root."""
    root = workshop.folder / "worst"
    root.mkdir(exist_ok=True)
    (root / LOCK.name).write_bytes(LOCK.read_bytes())
    shutil.copy(ROOT / "modules" / "log_archive" / "versions.tf", root)
    (root / "main.tf").write_text(worst.code(), "utf-8")
    (root / "worst.tftest.hcl").write_text(_run(), "utf-8")
    ran = workshop.terraform(root, "init", "-backend=false", "-input=false", "-no-color")
    assert ran.code == 0, ran.stderr
    return _read(_shown(workshop, root))


def _shown(workshop: Workshop, root: Any) -> Mapping[str, Any]:
    """The plan as JSON. It holds the types' schemas, more than a process is kept of."""
    argv = [str(workshop.tools.tool.path), "test", "-json", "-verbose"]
    with gateway.served(root, workshop.tools.environment, "test") as env:
        lines = subprocess.run(
            argv, cwd=root, env=env, capture_output=True, check=False
        ).stdout.splitlines()
    said = [json.loads(line) for line in lines]
    found = [line["test_plan"] for line in said if line["type"] == "test_plan"]
    assert found, "\n".join(str(line.get("diagnostic", "")) for line in said)
    shown: Mapping[str, Any] = found[0]
    return shown


RESOURCE = re.compile(
    r'^resource "(aws_kms_key|aws_iam_role|aws_iam_policy)" "(\w+)"', re.MULTILINE
)
CALL = re.compile(r'^module "(\w+)" \{\n(?:.*\n)*?  source += "\.\./(\w+)"', re.MULTILINE)
ARNS = {
    "aws_iam_policy": f"arn:aws:iam::{worst.SECURITY}:policy/orchestrator-of-a-plan",
    "aws_iam_role": f"arn:aws:iam::{worst.SECURITY}:role/orchestrator-of-a-plan",
    "aws_kms_key": worst.KEY,
}


def _run() -> str:
    overrides = [
        _override(f"{address}.{kind}.{name}", ARNS[kind])
        for call, module in worst.modules().items()
        for address, kind, name in _resources(f"module.{call}", ROOT / "modules" / module)
    ]
    return 'run "worst" {\n  command = plan\n\n' + "\n".join(overrides) + "}\n"


def _resources(address: str, module: Path) -> Iterator[tuple[str, str, str]]:
    """In the module and in those that it calls: the address of the call, type and name."""
    for file in sorted(module.glob("*.tf")):
        text = file.read_text("utf-8")
        yield from ((address, kind, name) for kind, name in RESOURCE.findall(text))
        for call, called in CALL.findall(text):
            yield from _resources(f"{address}.module.{call}", module.parent / called)


def _override(target: str, arn: str) -> str:
    return (
        f"  override_resource {{\n    target          = {target}\n"
        f'    override_during = plan\n    values          = {{ arn = "{arn}" }}\n  }}\n'
    )


def _read(shown: Mapping[str, Any]) -> Plan:
    later = {c["address"]: _document(c) for c in shown["resource_changes"] if _is_read_later(c)}
    changes = [_told(c, later) for c in shown["resource_changes"] if c["mode"] == "managed"]
    policies, unknown = [], []
    for change in changes:
        if change["type"] not in PLACES:
            continue
        attribute, kind = PLACES[change["type"]]
        after = change["change"]["after"]
        text = after.get(attribute)
        if not text:
            unknown.append(change["address"])
            continue
        owner = after.get("role") or after.get("name") or change["address"]
        call = _call(change)
        policies.append(Written(call, change["address"], kind, str(owner), _short(text)))
    return Plan(tuple(policies), tuple(_roles(changes)), tuple(unknown))


def _roles(changes: list[Mapping[str, Any]]) -> Iterator[Role]:
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for change in changes:
        by_type.setdefault(change["type"], []).append(change)
    for made in by_type["aws_iam_role"]:
        call, after = _call(made), made["change"]["after"]
        inline = [
            _short(c["change"]["after"]["policy"])
            for c in by_type["aws_iam_role_policy"]
            if _call(c) == call and c["change"]["after"]["role"] == after["name"]
        ]
        attached = [
            _short(policy["change"]["after"]["policy"])
            for c in by_type["aws_iam_role_policy_attachment"]
            if _call(c) == call and c["change"]["after"]["role"] == after["name"]
            for policy in by_type["aws_iam_policy"]
            if _call(policy) == call
            and policy["name"] == c["name"]
            and SEVERAL[worst.modules()[call]](str(c.get("index")), str(policy.get("index")))
        ]
        yield Role(
            call,
            after["name"],
            _short(after["assume_role_policy"]),
            tuple(inline),
            tuple(attached),
            after.get("permissions_boundary") or "",
        )


def _call(change: Mapping[str, Any]) -> str:
    """The root's own call, however deep the resource is."""
    return re.split(r"[.\[]", str(change["module_address"]))[1]


def _short(text: str) -> str:
    """As AWS counts: without whitespace."""
    return json.dumps(json.loads(text), separators=(",", ":"))


def _is_read_later(change: Mapping[str, Any]) -> bool:
    is_document = bool(change["type"] == "aws_iam_policy_document")
    return is_document and change["change"]["actions"] == ["read"]


def _told(change: Any, later: Mapping[str, str]) -> Any:
    """The change of an inline policy with its text, of which the plan has the document only.

    A document about a key is read when the key is there. It is called as the policy's index, or
    'permissions'.
    """
    after = change["change"]["after"] or {}
    if change["type"] != "aws_iam_role_policy" or after.get("policy"):
        return change
    name = change.get("index") or "permissions"
    address = f"{change['module_address']}.data.aws_iam_policy_document.{name}"
    if address not in later:
        return change
    return {**change, "change": {**change["change"], "after": {**after, "policy": later[address]}}}


def _document(change: Mapping[str, Any]) -> str:
    """What the provider would make of it."""
    statements = [_statement(one) for one in change["change"]["after"]["statement"]]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    conditions: dict[str, dict[str, list[str]]] = {}
    for one in given["condition"]:
        conditions.setdefault(one["test"], {})[one["variable"]] = one["values"]
    return {
        "Sid": given["sid"],
        "Effect": given["effect"] or "Allow",
        "Action": given["actions"],
        "Resource": given["resources"],
        **({"Condition": conditions} if conditions else {}),
    }
