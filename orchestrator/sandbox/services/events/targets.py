"""How each kind of target is reached, in whatever account and region its ARN names."""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Callable
from typing import Any

from moto.events.models import events_backends
from moto.utilities.arns import Arn

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.awslambda import runner


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
