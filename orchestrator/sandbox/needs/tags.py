"""Tags on what is made: who sets them needs the tagging action too, on what is made.

Source: Service Authorization Reference, dependent actions of EC2 and RDS; for the others the guide
of each service, such as Amazon SQS Developer Guide, "Tagging Amazon SQS queues"; IAM User Guide,
"Tagging IAM resources"; AWS Lambda Developer Guide, "Permissions required for working with tags".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs import reference
from orchestrator.sandbox.needs.inputs import Place
from orchestrator.sandbox.needs.templates import PLACEHOLDER, plain

MAKES = ("Create", "Put", "Run", "Request", "Import", "Allocate", "Copy", "Restore", "Register")
SETS = ("Tag", "AddTags", "CreateTags")


def action(made: str, call: Call) -> str | None:
    """The action that sets tags on what the action `made` makes; None where it makes nothing."""
    if not call.operation.startswith((*MAKES, "Enable")):
        return None
    if call.service == "s3":
        return {"PutObject": "s3:PutObjectTagging", "CopyObject": "s3:PutObjectTagging"}.get(
            call.operation
        )
    return _tagging(made)


def resource(setting: str, made: str, call: Call, members: Mapping[str, Any], place: Place) -> str:
    """What is made, as far as its ARN is known before it is there: `…:key/*` for a new key.

    A name that the caller chooses is known: `…:pipeline/logs` of `PipelineName`.
    """
    if made != "*":
        return made
    prefix, _, _ = setting.partition(":")
    known, templates = reference.action(setting), reference.service(prefix).arns
    for asked in sorted(known.types if known else (), key=_longest):
        if plain(asked.type) in plain(call.operation) and asked.type in templates:
            text = templates[asked.type].replace("${Partition}", "aws")
            text = text.replace("${Region}", call.region).replace("${Account}", place.account_id)
            return PLACEHOLDER.sub(lambda slot: _chosen(slot[1], members), text)
    return f"arn:aws:{prefix}:{call.region}:{place.account_id}:*" if known else made


def _chosen(slot: str, members: Mapping[str, Any]) -> str:
    """The member that is called just like the placeholder; else nobody knows yet."""
    given = (value for name, value in members.items() if plain(name) == plain(slot))
    return next((value for value in given if isinstance(value, str) and value), "*")


def _longest(asked: reference.Asked) -> int:
    """A task definition before a task."""
    return -len(asked.type)


@cache
def _tagging(made: str) -> str | None:
    own = reference.action(made)
    if own is None or own.tagging:
        return None
    types = {asked.type for asked in own.types}
    known = reference.service(made.partition(":")[0]).actions.values()
    setting = [a for a in known if a.tagging and a.name.partition(":")[2].startswith(SETS)]
    fitting = [a for a in setting if types & {asked.type for asked in a.types}]
    # Where types do not say it (they are incomplete), a service with one such action is clear.
    chosen = fitting or (setting if len(setting) == 1 else [])
    return next((a.name for a in sorted(chosen, key=_general)), None)


def _general(action: reference.Action) -> tuple[bool, str]:
    """`logs:TagResource` before `logs:TagLogGroup`, which is the older one."""
    return not action.name.endswith(":TagResource"), action.name
