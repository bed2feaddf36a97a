"""Amazon CloudFront: a change of a distribution takes its time, and holds only what was read last.

A distribution is deleted once it is disabled everywhere.
"""

from __future__ import annotations

from moto.cloudfront.models import CloudFrontBackend, Distribution

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.cloudfront.models import delete, made, update


def install() -> None:
    extend.amend(Distribution, "__init__", made)
    extend.amend(CloudFrontBackend, "update_distribution", update)
    extend.amend(CloudFrontBackend, "delete_distribution", delete)
