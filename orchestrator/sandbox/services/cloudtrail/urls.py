"""CloudTrail's actions: moto's own, but shadows of trails can be read, and trails named."""

from __future__ import annotations

import json

from moto.cloudtrail import urls
from moto.cloudtrail.responses import CloudTrailResponse as MotoCloudTrailResponse

from orchestrator.sandbox.services.cloudtrail import models


class CloudTrailResponse(MotoCloudTrailResponse):  # type: ignore[misc]
    def get_trail(self) -> str:
        trail = self.cloudtrail_backend.seen(self._get_param("Name"))
        return json.dumps({"Trail": trail.description(include_region=True)})

    def get_event_selectors(self) -> str:
        """Of the kind that the trail has."""
        answer = json.loads(super().get_event_selectors())
        return json.dumps({key: value for key, value in answer.items() if value})

    def get_trail_status(self) -> str:
        """With why the last delivery failed: here, would fail now."""
        status = json.loads(super().get_trail_status())
        name = self._get_param("Name")
        trails = self.cloudtrail_backend.describe_trails(True)
        trail = next(t for t in trails if name in (t.trail_name, t.arn))
        if status["IsLogging"] and models.refused(trail):
            status["LatestDeliveryError"] = "AccessDenied"
        return json.dumps(status)

    def describe_trails(self) -> str:
        """Names and ARNs in `trailNameList` narrow the answer; one that is unknown is left out."""
        answer = json.loads(super().describe_trails())
        wanted = self._get_param("trailNameList")
        if wanted:
            trails = answer["trailList"]
            answer["trailList"] = [t for t in trails if {t["Name"], t["TrailARN"]} & {*wanted}]
        return json.dumps(answer)


url_bases = urls.url_bases
url_paths = {"{0}/$": CloudTrailResponse.dispatch}
