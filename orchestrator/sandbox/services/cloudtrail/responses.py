"""CloudTrail's actions: moto's own, but DescribeTrails by name."""

from __future__ import annotations

import json

from moto.cloudtrail.responses import CloudTrailResponse as MotoCloudTrailResponse


class CloudTrailResponse(MotoCloudTrailResponse):  # type: ignore[misc]
    def describe_trails(self) -> str:
        """Names and ARNs in `trailNameList` narrow the answer; one that is unknown is left out."""
        answer = json.loads(super().describe_trails())
        wanted = self._get_param("trailNameList")
        if wanted:
            trails = answer["trailList"]
            answer["trailList"] = [t for t in trails if {t["Name"], t["TrailARN"]} & {*wanted}]
        return json.dumps(answer)
