"""What no service model says: rules by service and operation, each with its source."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.sandbox.refusals.refused import Rules

RULES: Mapping[str, Rules] = {}
"""botocore's name of a service → its rules."""
