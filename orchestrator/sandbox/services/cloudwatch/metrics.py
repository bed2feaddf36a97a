"""The metrics AWS's services publish of themselves, as far as they say that something failed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from moto.cloudwatch.models import cloudwatch_backends

from orchestrator.sandbox.extend import Json


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
