"""Endpoints by which a VPC reaches collections."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

from orchestrator.sandbox.extend import Json, operation
from orchestrator.sandbox.services.opensearchserverless.exceptions import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.opensearchserverless.models import (
        OpenSearchServerlessBackend,
    )


class Endpoints:
    """`all` holds endpoints by id; a VPC has one at most."""

    def __init__(self, backend: OpenSearchServerlessBackend) -> None:
        self.backend = backend
        self.all: dict[str, Json] = {}

    @operation
    def create_vpc_endpoint(self, params: Json) -> Json:
        vpc = params["vpcId"]
        self._check(vpc, params["subnetIds"])
        if any(each["vpcId"] == vpc for each in self.all.values()):
            raise ConflictException(f"There is already a VpcEndpoint exist under VpcId {vpc}")
        unique = self._in_ec2(params)
        made = {
            "createdDate": int(time.time() * 1000),
            "id": unique,
            "name": params["name"],
            "securityGroupIds": list(params.get("securityGroupIds") or []),
            "status": "ACTIVE",
            "subnetIds": list(params["subnetIds"]),
            "vpcId": vpc,
        }
        self.all[unique] = made
        return {"createVpcEndpointDetail": made}

    @operation
    def batch_get_vpc_endpoint(self, params: Json) -> Json:
        found = [self.all[one] for one in params["ids"] if one in self.all]
        missing = [
            {"id": one, "errorCode": "NOT_FOUND"} for one in params["ids"] if one not in self.all
        ]
        return {"vpcEndpointDetails": found, "vpcEndpointErrorDetails": missing}

    @operation
    def update_vpc_endpoint(self, params: Json) -> Json:
        found = self._find(params["id"])
        for key, kind in (("subnetIds", "SubnetIds"), ("securityGroupIds", "SecurityGroupIds")):
            gone = params.get(f"remove{kind}") or []
            kept = [each for each in found[key] if each not in gone]
            found[key] = [*kept, *(params.get(f"add{kind}") or [])]
        return {"UpdateVpcEndpointDetail": found}

    @operation
    def delete_vpc_endpoint(self, params: Json) -> Json:
        found = self._find(params["id"])
        del self.all[found["id"]]
        self._ec2().delete_vpc_endpoints([found["id"]])
        return {"deleteVpcEndpointDetail": {**found, "status": "DELETING"}}

    def _ec2(self) -> Any:
        return ec2_backends[self.backend.account_id][self.backend.region_name]

    def _find(self, unique: str) -> Json:
        if unique not in self.all:
            raise ResourceNotFoundException(f"VpcEndpoint with ID {unique} cannot be found.")
        return self.all[unique]

    def _in_ec2(self, params: Json) -> str:
        """An endpoint of the VPC like others, which has the id; whoever asks EC2 sees it."""
        made = self._ec2().create_vpc_endpoint(
            vpc_id=params["vpcId"],
            service_name=f"com.amazonaws.{self.backend.region_name}.aoss",
            endpoint_type="Interface",
            policy_document=None,
            route_table_ids=[],
            subnet_ids=list(params["subnetIds"]),
            security_group_ids=list(params.get("securityGroupIds") or []),
        )
        return str(made.id)

    def _check(self, vpc: str, subnets: list[str]) -> None:
        there = {subnet.id for subnet in self._ec2().describe_subnets() if subnet.vpc_id == vpc}
        if lacking := [subnet for subnet in subnets if subnet not in there]:
            raise ValidationException(f"Subnet {lacking[0]} is not in {vpc}")
