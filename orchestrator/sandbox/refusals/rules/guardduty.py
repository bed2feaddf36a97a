"""Amazon GuardDuty: one detector a region."""

from __future__ import annotations

from collections.abc import Iterator

from moto.guardduty.models import guardduty_backends

from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules

INVALID = "BadRequestException"


def detector(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon GuardDuty API Reference, CreateDetector: one a region."""
    if guardduty_backends[asked.account_id][asked.region].detectors:
        text = "The request is rejected because a detector already exists for the current account."
        yield Refused(INVALID, text)


def features(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon GuardDuty API Reference, CreateDetector: data sources or features."""
    if asked.params.get("DataSources") and asked.params.get("Features"):
        text = "The request is rejected because both dataSources and features are specified."
        yield Refused(INVALID, text)
    names = [one.get("Name") for one in asked.params.get("Features") or []]
    if len(set(names)) < len(names) or {"EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING"} <= set(
        names
    ):
        text = "The request is rejected because a feature is specified more than once."
        yield Refused(INVALID, text)


RULES: Rules = {"CreateDetector": (detector, features), "UpdateDetector": (features,)}
