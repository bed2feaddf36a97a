"""Route 53 Resolver: query logging, of which moto knows no tags and no end."""

from __future__ import annotations

from moto.route53resolver.models import Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.route53resolver import query_logging


def install() -> None:
    extend.amend(Route53ResolverBackend, "_matched_arn", query_logging.matched)
    for action in (
        query_logging.delete_resolver_query_log_config,
        query_logging.disassociate_resolver_query_log_config,
    ):
        setattr(Route53ResolverResponse, action.__name__, action)
