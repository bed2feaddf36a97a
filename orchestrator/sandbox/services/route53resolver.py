"""Route 53 Resolver: query logging, of which moto knows no tags and no end.

Source: Route 53 Resolver API Reference, DeleteResolverQueryLogConfig: not before no VPC is logged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.route53resolver.exceptions import ResourceInUseException, ResourceNotFoundException
from moto.route53resolver.models import Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from orchestrator.sandbox import extend


def matched(original: Callable[[Any, str], None], self: Any, arn: str) -> None:
    """moto looks for what can have tags among endpoints and rules only."""
    if all(config.arn != arn for config in self.resolver_query_log_configs.values()):
        original(self, arn)


def delete_resolver_query_log_config(self: Any) -> str:
    backend, unique = self.route53resolver_backend, self._get_param("ResolverQueryLogConfigId")
    config = backend.get_resolver_query_log_config(unique)
    if any(each.resolver_query_log_config_id == unique for each in _associations(backend)):
        raise ResourceInUseException(f"'{unique}' is associated with a VPC")
    del backend.resolver_query_log_configs[unique]
    backend.tagger.delete_all_tags_for_resource(config.arn)
    return json.dumps({"ResolverQueryLogConfig": {**config.description(), "Status": "DELETING"}})


def disassociate_resolver_query_log_config(self: Any) -> str:
    backend, unique = self.route53resolver_backend, self._get_param("ResolverQueryLogConfigId")
    vpc = self._get_param("ResourceId")
    for each in _associations(backend):
        if (each.resolver_query_log_config_id, each.resource_id) == (unique, vpc):
            del backend.resolver_query_log_config_associations[each.id]
            backend.get_resolver_query_log_config(unique).association_count -= 1
            gone = {**each.description(), "Status": "DELETING"}
            return json.dumps({"ResolverQueryLogConfigAssociation": gone})
    raise ResourceNotFoundException(f"'{unique}' is not associated with {vpc}")


def _associations(backend: Any) -> list[Any]:
    return list(backend.resolver_query_log_config_associations.values())


def install() -> None:
    extend.amend(Route53ResolverBackend, "_matched_arn", matched)
    for action in (
        delete_resolver_query_log_config,
        disassociate_resolver_query_log_config,
    ):
        setattr(Route53ResolverResponse, action.__name__, action)
