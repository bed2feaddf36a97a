"""How many AWS allows: what it has granted, else what it starts with."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import or_none


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota as Service Quotas calls it, and what an account starts with."""

    service: str
    code: str
    default: int


def granted(aws: Aws, region: str, quota: Quota, default: int | None = None) -> int:
    """The value in force; AWS keeps none of its own for some quotas that were never raised.

    Source: Service Quotas API Reference, GetServiceQuota and ListServiceQuotas.
    """
    answer = or_none(
        lambda: aws.call(
            "service-quotas",
            "GetServiceQuota",
            region,
            ServiceCode=quota.service,
            QuotaCode=quota.code,
        ),
        "NoSuchResourceException",
    )
    return int(answer["Quota"]["Value"]) if answer else default or quota.default
