"""What tags say of a resource's owner, and the controls that ask for tags.

A tag says whose a resource is or what it is for, and only the owner knows that: key and value come
from the decision, and nothing else is ever written.
Source: AWS Security Hub User Guide, "Tagging controls"; config rules tagged-*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from orchestrator.findings.causes import Cause
from orchestrator.findings.event_reader import clean
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    required,
    several,
)
from orchestrator.findings.resource_type import ResourceType

Change = Callable[[Target, Aws, str, str], None]
"""Adds or removes a tag, given its key and its value."""

PARAMETERS: Mapping[str, Parameter] = {
    "requiredTagKeys": Parameter(
        (),
        "Keys that must be there, in any order; without them any tag will do.",
        "requiredTagKeys",
    ),
    "TagKey": Parameter("", "The key of the tag to add."),
    "TagValue": Parameter("", "The value of the tag to add."),
}


STACK = "aws:cloudformation:stack-name"
CLOUDFORMATION = "aws:cloudformation:"


def owner(tags: Mapping[str, str], owner_tags: Mapping[str, str]) -> str:
    """What owns it; '' if nothing seems to. The keys of `owner_tags` are in lower case."""
    if STACK in tags:
        return f"the CloudFormation stack '{clean(tags[STACK], 128)}'"
    for key, value in tags.items():
        if key.startswith(CLOUDFORMATION):
            return "a CloudFormation stack"
        pattern = owner_tags.get(key.lower())
        if pattern is not None and fnmatchcase(value, pattern):
            return f"the code that tags it {clean(key, 64)}={clean(value, 64)}"
    return ""


def lacking(target: Target, tags: Mapping[str, str]) -> str:
    """What is wrong with the tags; those of AWS itself do not count."""
    own = {key for key in tags if not key.startswith("aws:")}
    if wanted := several(target, "requiredTagKeys"):
        missing = [key for key in wanted if key not in own]
        return f"it has no tag {', '.join(missing)}" if missing else ""
    return "" if own else "it has no tags"


def tag_control(
    control: str,
    kind: ResourceType,
    add: Change,
    remove: Change,
    writes: tuple[Permission, ...],
    causes: tuple[Cause, ...],
) -> Remediation:
    """The remediation of a control that asks for tags on resources of this kind."""
    read_tags = kind.tags
    if read_tags is None:
        raise ValueError(f"{kind.resource_type} has no tags")

    def check(target: Target, aws: Aws) -> Check:
        found = kind.read(target, aws)
        if found is None:
            return Check(Status.GONE)
        note = lacking(target, read_tags(target, aws))
        created = found.get(kind.created) if kind.created else None
        return Check(Status.FAILS if note else Status.PASSES, note, created)

    def before(target: Target, aws: Aws) -> Json:
        return {"tags": dict(read_tags(target, aws))}

    def fix(target: Target, aws: Aws, before: Json) -> None:
        key, value = required(target, "TagKey"), required(target, "TagValue")
        if lacking(target, {**before["tags"], key: value}) or key in before["tags"]:
            raise Refused(f"the tag '{key}' alone does not make it pass")
        add(target, aws, key, value)

    def undo(target: Target, aws: Aws, _: Json) -> None:
        remove(target, aws, required(target, "TagKey"), required(target, "TagValue"))

    return Remediation(
        name=f"tag-{control.lower().replace('.', '-')}",
        controls=(control,),
        resource_type=kind.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Adds the tag that the decision names.",
        breaks="Policies that allow or deny by this tag decide anew.",
        reads=kind.reads,
        writes=writes,
        find=kind.find,
        check=check,
        before=before,
        fix=fix,
        undo=undo,
        tags=kind.tags,
        causes=causes,
        parameters=PARAMETERS,
    )


def mapping(
    tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value"
) -> dict[str, str]:
    """Names to values; a tag without a value has the empty one."""
    return {tag[key]: tag.get(value, "") for tag in tags or ()}
