"""Lists of what nobody can make here: AWS answers them with nothing in it, not with an error.

Source: the API reference of each operation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.ec2.responses import EC2Response
from moto.eks import urls as eks_urls
from moto.eks.responses import EKSResponse
from moto.events.responses import EventsHandler
from moto.ssm.responses import SimpleSystemManagerResponse

from orchestrator.sandbox import extend


@dataclass(frozen=True, slots=True)
class Empty:
    """`key` is where the answer has the list."""

    responses: type
    operation: str
    key: str


ALL = (
    Empty(EventsHandler, "list_endpoints", "Endpoints"),
    Empty(EC2Response, "describe_client_vpn_endpoints", "ClientVpnEndpoints"),
    Empty(SimpleSystemManagerResponse, "describe_instance_information", "InstanceInformationList"),
    Empty(
        SimpleSystemManagerResponse,
        "list_resource_compliance_summaries",
        "ResourceComplianceSummaryItems",
    ),
)


def install() -> None:
    for each in ALL:
        setattr(each.responses, each.operation, _answering(each.key))
    EKSResponse.list_addons = list_addons
    eks_urls.url_paths["{0}/clusters/(?P<name>[^/]+)/addons$"] = EKSResponse.dispatch


def _answering(key: str) -> Callable[[Any], Any]:
    def answer(_: Any) -> Any:
        return extend.result({key: []})

    return answer


def list_addons(self: Any) -> Any:
    """Of a cluster that is there."""
    self.eks_backend.describe_cluster(self._get_param("name"))
    return extend.result({"addons": []})
