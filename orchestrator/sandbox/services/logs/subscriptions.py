"""A log group may be subscribed to a destination of another account, which moto looks for here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

DESTINATION = ":destination:"


def put_subscription_filter(original: Callable[..., None], self: Any, *args: Any) -> None:
    """What `LogsBackend.put_subscription_filter` does.

    Source: Amazon CloudWatch Logs User Guide, "Cross-account log data sharing".
    """
    group_name, filter_name, pattern, destination_arn, role_arn = args
    group = self.groups.get(group_name)
    if group is None or DESTINATION not in destination_arn:
        original(self, *args)
    else:
        group.put_subscription_filter(filter_name, pattern, destination_arn, role_arn)
