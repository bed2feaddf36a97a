"""Amazon EKS: a cluster's endpoint and logs as AWS has them, and changes of a part change that.

Source: Amazon EKS API Reference, VpcConfigRequest, Logging and UpdateClusterConfig.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.eks.models import DEFAULT_LOGGING, Cluster, EKSBackend

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Json

ENDPOINT: Json = {
    "endpointPublicAccess": True,
    "endpointPrivateAccess": False,
    "publicAccessCidrs": ["0.0.0.0/0"],
}
KINDS: tuple[str, ...] = tuple(DEFAULT_LOGGING["clusterLogging"][0]["types"])


def install() -> None:
    extend.amend(Cluster, "__init__", made)
    extend.amend(EKSBackend, "update_cluster_config", updated)


def made(original: Callable[..., None], self: Any, *args: Any, **given: Any) -> None:
    original(self, *args, **given)
    self.resources_vpc_config = {**ENDPOINT, **self.resources_vpc_config}
    self.logging = _logging(self.logging, {})


def updated(original: Callable[..., Any], self: Any, name: str, **given: Any) -> Any:
    """What the request leaves out stays."""
    cluster = self.clusters.get(name)
    access, logging = given.get("resources_vpc_config"), given.get("logging")
    if cluster and access:
        given["resources_vpc_config"] = {**cluster.resources_vpc_config, **access}
    if cluster and logging:
        given["logging"] = _logging(cluster.logging, logging)
    return original(self, name, **given)


def _logging(before: Json, wanted: Json) -> Json:
    """Two lists, of those that are on and those that are off."""
    setups = [*before["clusterLogging"], *wanted.get("clusterLogging", ())]
    on = {kind: bool(each.get("enabled")) for each in setups for kind in each.get("types", ())}
    both = {state: [k for k in KINDS if on.get(k, False) is state] for state in (True, False)}
    lists = [{"types": kinds, "enabled": state} for state, kinds in both.items() if kinds]
    return {"clusterLogging": lists}
