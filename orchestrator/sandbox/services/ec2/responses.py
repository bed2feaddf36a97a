"""EC2's actions: moto's own, and the account's settings, which leave moto's EC2 alone."""

from __future__ import annotations

from moto.ec2.responses import EC2Response as MotoEC2Response

from orchestrator.sandbox.extend import operations_of
from orchestrator.sandbox.services.ec2.models import PARTS, ec2_settings_backends


class EC2Response(MotoEC2Response):  # type: ignore[misc]
    """Overrides the settings moto has and adds those it lacks."""


operations_of(EC2Response, ec2_settings_backends, PARTS)
