"""EC2's actions: moto's own, and the account's settings, which leave moto's EC2 alone."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2 import urls
from moto.ec2.responses import EC2Response as MotoEC2Response

from orchestrator.sandbox.extend import operations_of
from orchestrator.sandbox.services.account.models import OPT_IN, REGIONS, is_enabled
from orchestrator.sandbox.services.ec2.models import PARTS, ec2_settings_backends

CLOSED = "not-opted-in"


def _opted(account_id: str, region: str) -> str:
    if region not in OPT_IN:
        return "opt-in-not-required"
    return "opted-in" if is_enabled(account_id, region) else CLOSED


class EC2Response(MotoEC2Response):  # type: ignore[misc]
    """Overrides the settings moto has and adds those it lacks."""

    def describe_regions(self) -> Any:
        """Those of the account, or all. Source: Amazon EC2 API Reference, DescribeRegions."""
        named = self._get_param("RegionNames") or self._get_param("RegionName") or ()
        everything = str(self._get_param("AllRegions") or "").lower() == "true"
        statuses = {name: _opted(str(self.current_account), name) for name in named or REGIONS}
        found = [
            {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": status}
            for name, status in statuses.items()
            if (everything or status != CLOSED) and name in REGIONS
        ]
        return ActionResult({"Regions": found})


operations_of(EC2Response, ec2_settings_backends, PARTS)


url_bases = urls.url_bases
url_paths = {"{0}/": EC2Response.dispatch}
