"""Amazon OpenSearch Service: a domain in a VPC wants the service-linked role first.

Source: OpenSearch Service Developer Guide, "Using service-linked roles to create VPC domains"; the
sentence in cloudposse/terraform-aws-elasticsearch and lgallard/terraform-aws-opensearch, issue 27.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.opensearch.models import OpenSearchServiceBackend

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import ValidationException
from orchestrator.sandbox.organization import has_linked_role

PRINCIPALS = ("opensearchservice.amazonaws.com", "es.amazonaws.com")


def install() -> None:
    extend.amend(OpenSearchServiceBackend, "create_domain", create_domain)


def create_domain(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    subnets = (kwargs.get("vpc_options") or {}).get("SubnetIds")
    if subnets and not any(has_linked_role(self.account_id, each) for each in PRINCIPALS):
        raise ValidationException(
            "Before you can proceed, you must enable a service-linked role to give Amazon "
            "OpenSearch Service permissions to access your VPC."
        )
    return original(self, *args, **kwargs)
