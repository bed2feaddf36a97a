"""How a flow log writes its files, which moto forgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

OPTIONS = ("FileFormat", "HiveCompatiblePartitions", "PerHourPartition")


def created(original: Callable[[Any], Any], self: Any) -> Any:
    """Keep the options beside what moto has made."""
    before = set(self.ec2_backend.flow_logs)
    answer = original(self)
    said = self._get_param("DestinationOptions")
    for made in set(self.ec2_backend.flow_logs) - before:
        if said:
            self.ec2_backend.flow_logs[made].destination_options = {
                name: said[name] for name in OPTIONS if name in said
            }
    return answer
