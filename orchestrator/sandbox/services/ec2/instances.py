"""What moto's EC2 forgets of instances, and remembers of endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models.instances import MetadataOptions


def metadata_modified(
    original: Callable[..., Any], self: Any, instance_id: str, *args: Any, **given: Any
) -> Any:
    """What a request leaves out stays as it is.

    Source: Amazon EC2 API Reference, ModifyInstanceMetadataOptions.
    """
    before = vars(self.get_instance(instance_id).metadata_options).copy()
    options: MetadataOptions = original(self, instance_id, *args, **given)
    asked = {
        "http_tokens": given.get("http_tokens"),
        "http_put_response_hop_limit": given.get("hop_limit"),
        "http_endpoint": given.get("http_endpoint"),
        "http_protocol_ipv6": given.get("http_protocol"),
        "instance_metadata_tags": given.get("metadata_tags"),
    }
    vars(options).update({name: before[name] for name, value in asked.items() if value is None})
    return options


def endpoints_deleted(original: Callable[..., None], self: Any, vpce_ids: list[str]) -> None:
    """Endpoints that are deleted are listed no more.

    Source: Amazon EC2 API Reference, DeleteVpcEndpoints; InvalidVpcEndpointId.NotFound.
    """
    original(self, vpce_ids)
    for each in vpce_ids or ():
        self.vpc_end_points.pop(each, None)
