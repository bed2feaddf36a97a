"""Elastic Load Balancing: a new load balancer has every attribute of its type.

Source: Elastic Load Balancing API Reference, LoadBalancerAttribute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.elbv2.models import FakeLoadBalancer

from orchestrator.sandbox import extend

LOGGED = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "zonal_shift.config.enabled": "false",
}
OF: Mapping[str, Mapping[str, str]] = {
    "application": {
        **LOGGED,
        "load_balancing.cross_zone.enabled": "true",
        "idle_timeout.timeout_seconds": "60",
        "client_keep_alive.seconds": "3600",
        "connection_logs.s3.enabled": "false",
        "connection_logs.s3.bucket": "",
        "connection_logs.s3.prefix": "",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
        "waf.fail_open.enabled": "false",
    },
    "network": {
        **LOGGED,
        "load_balancing.cross_zone.enabled": "false",
        "dns_record.client_routing_policy": "any_availability_zone",
    },
    "gateway": {"load_balancing.cross_zone.enabled": "false"},
}


def install() -> None:
    extend.amend(FakeLoadBalancer, "__init__", made)


def made(original: Callable[..., None], self: Any, *args: Any, **given: Any) -> None:
    original(self, *args, **given)
    attributes = {"deletion_protection.enabled": "false", **OF[self.type]}
    if self.type != "gateway":
        internal = str(self.scheme == "internal").lower()
        attributes["ipv6.deny_all_igw_traffic"] = internal
    self.attrs = attributes
