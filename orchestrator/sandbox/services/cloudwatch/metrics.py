"""The metrics AWS's services publish of themselves, as far as they say that something failed."""

from __future__ import annotations

from collections.abc import Mapping

from moto.cloudwatch.models import cloudwatch_backends


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
