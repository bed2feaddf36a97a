"""Amazon CloudWatch: metrics of what failed on its way, and alarms that look at metrics.

AWS's services publish metrics of themselves here as far as they say that something failed. Alarms
look at what their metrics have had since the last tick: a tick is one period. One that a datum
trips goes off at once, unless it wants several periods on end; it is over after a tick in whose
period nothing tripped it. Who it tells has to be willing: a topic's policy and its key are asked.
Source: CloudWatch User Guide, "Using Amazon CloudWatch alarms" and, of topics, "Amazon SNS".
"""

from __future__ import annotations

import json
import operator
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.backends import get_backend
from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends

from orchestrator.sandbox import extend, handover
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.resource_policies import existing
from orchestrator.sandbox.service_access import on_behalf


def count(
    account_id: str,
    region: str,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    value: float = 1,
) -> None:
    """Add one, or another value, to a metric such as AWS/Events FailedInvocations."""
    named = [{"Name": key, "Value": text} for key, text in dimensions.items()]
    datum = {"MetricName": name, "Value": value, "Dimensions": named}
    cloudwatch_backends[account_id][region].put_metric_data(namespace, [datum])


def extract(account_id: str, region: str, log: str) -> None:
    """Put the metrics of every line that holds some."""
    for line in log.splitlines():
        said = _document(line)
        for directive in said.get("_aws", {}).get("CloudWatchMetrics", ()):
            data = _data(said, directive)
            if data:
                backend = cloudwatch_backends[account_id][region]
                backend.put_metric_data(directive["Namespace"], data)


def _document(line: str) -> Json:
    try:
        said = json.loads(line) if line.startswith("{") else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _data(said: Json, directive: Json) -> list[Json]:
    """Each metric once for each set of dimensions."""
    return [
        {
            "MetricName": metric["Name"],
            "Value": said[metric["Name"]],
            "Dimensions": [{"Name": name, "Value": str(said[name])} for name in names],
        }
        for metric in directive.get("Metrics", ())
        for names in directive.get("Dimensions", [[]])
        if metric["Name"] in said
    ]


SERVICE = "cloudwatch.amazonaws.com"
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": lambda values: sum(values) / len(values),
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Sum": sum,
}


def put_metric_data(
    original: Callable[..., None], self: Any, namespace: str, metric_data: list[Json]
) -> None:
    """What `CloudWatchBackend.put_metric_data` does; then the alarms on those metrics look."""
    original(self, namespace, metric_data)
    names = {datum["MetricName"] for datum in metric_data}
    for alarm in list(self.alarms.values()):
        looks = alarm.namespace == namespace and alarm.metric_name in names
        if looks and _periods(alarm) == 1 and _tripped(self, alarm):
            _turn(alarm, "ALARM")


def tick() -> None:
    """End a period of every alarm there is."""
    for account in list(dict.values(cloudwatch_backends)):
        for backend in list(dict.values(account)):
            for alarm in list(backend.alarms.values()):
                _measure(backend, alarm)
                _turn(alarm, "ALARM" if _lasting(backend, alarm) else "OK")
            backend.__dict__["looked_at"] = len(backend.metric_data)


def update_state(original: Callable[..., None], self: Any, *said: Any) -> None:
    """What `Alarm.update_state` does, for SetAlarmState, too; then it tells whom it should."""
    before = self.state_value
    original(self, *said)
    if self.state_value != before and self.actions_enabled:
        actions = self.alarm_actions if self.state_value == "ALARM" else self.ok_actions
        for arn in actions or ():
            _notify(self, arn)


def _turn(alarm: Any, state: str) -> None:
    if alarm.state_value != state:
        alarm.update_state(f"Threshold Crossed: {state}", "{}", state)


def _periods(alarm: Any) -> int:
    return int(alarm.evaluation_periods or 1)


def _lasting(backend: Any, alarm: Any) -> bool:
    """Whether it has been tripped for as many periods on end as it wants."""
    seen = alarm.__dict__.get("breaching", 0) + 1 if _tripped(backend, alarm) else 0
    alarm.breaching = seen
    return bool(seen >= _periods(alarm))


def _tripped(backend: Any, alarm: Any) -> bool:
    """Whether it has something to say. Without data only where missing data is breaching."""
    compare = COMPARE.get(alarm.comparison_operator)
    statistic = STATISTICS.get(alarm.statistic)
    if compare is None or statistic is None or alarm.metric_name is None:
        return False
    wanted = _dimensions(alarm)
    since = backend.metric_data[backend.__dict__.get("looked_at", 0) :]
    values = [
        float(datum.value)
        for datum in since
        if (datum.namespace, datum.name) == (alarm.namespace, alarm.metric_name)
        and _dimensions(datum) == wanted
    ]
    if not values:
        return bool(alarm.treat_missing_data == "breaching")
    return compare(float(statistic(values)), float(alarm.threshold))


def _dimensions(of: Any) -> dict[str, str]:
    return {each.name: each.value for each in of.dimensions or ()}


def _measure(backend: Any, alarm: Any) -> None:
    """What SQS says of a queue each minute, said now, of the queues that somebody looks at."""
    measure = MEASURED.get((alarm.namespace, alarm.metric_name))
    named = _dimensions(alarm)
    queues = existing("sqs", backend.account_id, backend.region_name)
    queue = queues.queues.get(named.get("QueueName")) if measure and queues else None
    if measure is None or queue is None:
        return
    dimensions = [{"Name": name, "Value": value} for name, value in named.items()]
    datum = {"MetricName": alarm.metric_name, "Value": measure(queue), "Dimensions": dimensions}
    backend.put_metric_data(alarm.namespace, [datum])


def _visible(queue: Any) -> float:
    return float(queue.approximate_number_of_messages)


def _age(queue: Any) -> float:
    """Seconds that the oldest message has waited; 0 when there is none."""
    sent = [message.sent_timestamp for message in list(queue._messages)]
    return max(0.0, time.time() - min(sent) / 1000) if sent else 0.0


MEASURED: Mapping[tuple[str, str], Callable[[Any], float]] = {
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): _age,
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): _visible,
}


def _notify(alarm: Any, arn: str) -> None:
    """By a topic; what else an alarm can start is not emulated."""
    _, _, service, region, account_id, *_ = arn.split(":")
    if service != "sns":
        return
    owner = alarm.alarm_arn.split(":")[4]
    problem = refused(SERVICE, arn, on_behalf(SERVICE, alarm.alarm_arn, owner))
    if problem:
        handover.note(handover.Drop("cloudwatch", alarm.alarm_arn, arn, problem))
        return
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": owner,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "Region": alarm.region_name,
        "AlarmArn": alarm.alarm_arn,
    }
    subject = f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}'
    topics = get_backend("sns")[account_id][region]
    topics.publish(json.dumps(message), arn=arn, subject=subject[:100])


__all__ = ["count", "install", "tick"]


def install() -> None:
    extend.amend(CloudWatchBackend, "put_metric_data", put_metric_data)
    extend.amend(Alarm, "update_state", update_state)
