"""What a target is sent: the event, a part of it, a constant, or a template filled from it."""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from jsonpath_ng.ext import parse
from moto.events.models import events_backends
from moto.utilities.arns import Arn

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.awslambda import runner

_VARIABLE = re.compile(r"<([^<>\"\s]+)>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_WHOLE_EVENT = ("aws.events.event.json", "aws.events.event")


def payload(target: Json, event: Json) -> str:
    """The body `target` receives for `event`."""
    if target.get("Input"):
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(target["InputPath"], event))
    transformer = target.get("InputTransformer")
    return fill(transformer, event) if transformer else json.dumps(event)


def fill(transformer: Json, event: Json) -> str:
    """The template with its variables: bare ones become JSON, those in quotes become text.

    Source: EventBridge user guide, "Input transformation".
    """
    paths = transformer.get("InputPathsMap") or {}
    found = {name: _at(path, event) for name, path in paths.items()}
    found.update(dict.fromkeys(_WHOLE_EVENT, event))
    template: str = transformer["InputTemplate"]
    quoted = _QUOTED.sub(lambda text: _VARIABLE.sub(_as_text(found), text[0]), template)
    return _VARIABLE.sub(_as_json(found), quoted)


def _at(path: str, event: Json) -> Any:
    matches = parse(path).find(event)
    return matches[0].value if matches else None


def _as_text(found: Json) -> Any:
    def replace(match: re.Match[str]) -> str:
        if match[1] not in found:
            return match[0]
        value = found[match[1]]
        text = value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    return replace


def _as_json(found: Json) -> Any:
    def replace(match: re.Match[str]) -> str:
        return json.dumps(found[match[1]]) if match[1] in found else match[0]

    return replace


class Undeliverable(Exception):
    """The target refused the event, or the sandbox cannot reach targets of its kind."""


def to_queue(_: Any, target: Json, arn: Arn, body: str, __: Json) -> None:
    from moto.sqs.models import sqs_backends  # noqa: PLC0415  moto loads a service when it is used

    group = target.get("SqsParameters", {}).get("MessageGroupId")
    sqs_backends[arn.account][arn.region].send_message(arn.resource_id, body, group_id=group)


def to_topic(_: Any, target: Json, arn: Arn, body: str, __: Json) -> None:
    from moto.sns.models import sns_backends  # noqa: PLC0415

    sns_backends[arn.account][arn.region].publish(arn=target["Arn"], message=body)


def to_function(_: Any, target: Json, arn: Arn, body: str, __: Json) -> None:
    from moto.awslambda.utils import get_backend  # noqa: PLC0415

    runner.invoke_later(get_backend(arn.account, arn.region).get_function(target["Arn"]), body)


def to_state_machine(_: Any, target: Json, arn: Arn, body: str, __: Json) -> None:
    from moto.stepfunctions.responses import get_backend  # noqa: PLC0415

    get_backend(arn.account, arn.region).start_execution(target["Arn"], None, body)


def to_firehose(_: Any, __: Json, arn: Arn, body: str, ___: Json) -> None:
    from moto.firehose.models import firehose_backends  # noqa: PLC0415

    record = {"Data": base64.b64encode(body.encode())}
    firehose_backends[arn.account][arn.region].put_record(arn.resource_id, record)


def to_stream(_: Any, target: Json, arn: Arn, body: str, __: Json) -> None:
    from moto.kinesis.models import kinesis_backends  # noqa: PLC0415

    kinesis_backends[arn.account][arn.region].put_record(
        stream_arn=target["Arn"],
        stream_name=None,
        partition_key=str(uuid.uuid4()),
        explicit_hash_key="",
        data=base64.b64encode(body.encode()).decode(),
    )


def to_log_group(_: Any, __: Json, arn: Arn, body: str, ___: Json) -> None:
    from moto.logs.models import logs_backends  # noqa: PLC0415

    logs, stream = logs_backends[arn.account][arn.region], str(uuid.uuid4())
    group = arn.resource_id.removesuffix(":*")
    logs.create_log_stream(group, stream)
    message = {"timestamp": int(time.time() * 1000), "message": body}
    logs.put_log_events(group, stream, [message])


def to_bus(_: Any, __: Json, arn: Arn, ___: str, event: Json) -> None:
    """The event itself, with the id, account and region of its origin."""
    bus = events_backends[arn.account][arn.region].describe_event_bus(arn.resource_id)
    for other in list(bus.rules.values()):
        other.send_to_targets(event)


def to_archive(rule: Any, _: Json, __: Arn, ___: str, event: Json) -> None:
    """moto's rule of an archive carries the archive in its event."""
    archives = events_backends[rule.account_id][rule.region_name].archives.values()
    for archive in archives:
        if archive.rule is rule:
            archive.events.append(event)


Deliver = Callable[[Any, Json, Arn, str, Json], None]

TARGETS: dict[str, Deliver] = {
    "sqs": to_queue,
    "sns": to_topic,
    "lambda": to_function,
    "states": to_state_machine,
    "firehose": to_firehose,
    "kinesis": to_stream,
    "logs": to_log_group,
    "events event-bus": to_bus,
    "events": to_archive,
}


def target_of(arn: Arn) -> Deliver:
    """By service, for EventBridge by the kind of resource too."""
    key = f"{arn.service} {arn.resource_type}" if arn.service == "events" else arn.service
    deliver = TARGETS.get(key.removesuffix(" None").strip())
    if deliver is None:
        raise Undeliverable(f"the sandbox does not deliver to {arn.service} {arn.resource_type}")
    return deliver
