"""Amazon CloudFront: a change of a distribution takes its time, and holds only what was read last.

A distribution is deleted once it is disabled everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.cloudfront.exceptions import InvalidIfMatchVersion
from moto.cloudfront.models import CloudFrontBackend, Distribution, random_id

from orchestrator.sandbox import extend
from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import AwsError


class DistributionNotDisabled(AwsError):
    code = "DistributionNotDisabled"


class IllegalUpdate(AwsError):
    code = "IllegalUpdate"


class PreconditionFailed(AwsError):
    code = "PreconditionFailed"


BUSY, DEPLOYED = "InProgress", "Deployed"
ETAG = re.compile(r"[A-Z0-9]{13,14}")


def made(original: Callable[..., None], self: Any, *args: Any, **named: Any) -> None:
    """moto's own clock, which ticks whenever somebody looks, is stopped."""
    original(self, *args, **named)
    self._transitions = []
    _deploy(self)


def update(
    original: Callable[..., Any], self: Any, dist_config: Any, _id: str, if_match: str
) -> Any:
    distribution = self.distributions.get(_id)
    if distribution is None:
        return original(self, dist_config, _id, if_match)
    _match(distribution, if_match)
    if dist_config.get("CallerReference") != distribution.distribution_config.caller_reference:
        raise IllegalUpdate("The caller reference of a distribution cannot be changed.")
    original(self, dist_config, _id, if_match)
    distribution.etag = random_id()
    _deploy(distribution)
    return distribution, distribution.location, distribution.etag


def delete(original: Callable[..., None], self: Any, distribution_id: str, if_match: str) -> None:
    distribution = self.distributions.get(distribution_id)
    if distribution is not None:
        _match(distribution, if_match)
        if distribution.distribution_config.Enabled or distribution.status != DEPLOYED:
            raise DistributionNotDisabled(
                "The distribution you are trying to delete has not been disabled."
            )
    original(self, distribution_id, if_match)


def _match(distribution: Any, tag: str) -> None:
    """An ETag is of a past version, or nothing that CloudFront has ever given."""
    if not ETAG.fullmatch(tag or ""):
        raise InvalidIfMatchVersion
    if tag != distribution.etag:
        raise PreconditionFailed(
            "The request failed because it didn't meet the preconditions in one or more "
            "request-header fields."
        )


def _deploy(distribution: Any) -> None:
    """Each change begins the wait anew."""
    distribution.status, change = BUSY, object()
    distribution.change = change

    def done() -> None:
        if distribution.change is change:
            distribution.status = DEPLOYED

    DELAYS.later("distribution", done)


def install() -> None:
    extend.amend(Distribution, "__init__", made)
    extend.amend(CloudFrontBackend, "update_distribution", update)
    extend.amend(CloudFrontBackend, "delete_distribution", delete)
