"""OpenSearch Serverless: collections, endpoints, and policies of all kinds, which moto lacks.

A collection cannot be made before a policy says how it is encrypted. What is in one is not
emulated: there is nothing to search in.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random
from moto.opensearchserverless.models import opensearchserverless_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import (
    Backend,
    Json,
    ParsedResponses,
    every_path,
    operation,
    operations_of,
)
from orchestrator.sandbox.services.opensearchserverless.policies import (
    ConflictException,
    Policies,
    ResourceNotFoundException,
    ValidationException,
)

if TYPE_CHECKING:
    pass


if TYPE_CHECKING:
    pass


class Collections:
    """`all` holds collections by id, `tags` theirs by ARN."""

    def __init__(self, backend: OpenSearchServerlessBackend) -> None:
        self.backend = backend
        self.all: dict[str, Json] = {}
        self.tags: dict[str, dict[str, str]] = {}

    @operation
    def create_collection(self, params: Json) -> Json:
        name = params["name"]
        key = self.backend.policies.key_of(name)
        if key is None:
            raise ValidationException(
                "No matching security policy of encryption type found for collection name: "
                f"{name}. Please create security policy of encryption type for this collection."
            )
        if any(each["name"] == name for each in self.all.values()):
            raise ConflictException(f"Collection with name {name} already exists")
        unique = mock_random.get_random_string(length=20, lower_case=True)
        region, now = self.backend.region_name, int(time.time() * 1000)
        address = f"https://{unique}.{region}.aoss.amazonaws.com"
        made = {
            "arn": f"arn:aws:aoss:{region}:{self.backend.account_id}:collection/{unique}",
            "collectionEndpoint": address,
            "createdDate": now,
            "dashboardEndpoint": f"{address}/_dashboards",
            "description": params.get("description") or "",
            "id": unique,
            "kmsKeyArn": key,
            "lastModifiedDate": now,
            "name": name,
            "standbyReplicas": params.get("standbyReplicas") or "ENABLED",
            "status": "ACTIVE",
            "type": params.get("type") or "TIMESERIES",
        }
        self.all[unique] = made
        self.tags[str(made["arn"])] = {t["key"]: t["value"] for t in params.get("tags") or []}
        return {"createCollectionDetail": made}

    @operation
    def batch_get_collection(self, params: Json) -> Json:
        """By ids or by names; what is not there is an error beside what is."""
        known = {each["name"]: each for each in self.all.values()}
        found, missing = [], []
        for key, held in (("id", self.all), ("name", known)):
            for one in params.get(f"{key}s") or []:
                if one in held:
                    found.append(held[one])
                else:
                    missing.append({key: one, "errorCode": "NOT_FOUND"})
        return {"collectionDetails": found, "collectionErrorDetails": missing}

    @operation
    def update_collection(self, params: Json) -> Json:
        found = self._find(params["id"])
        found["description"] = params.get("description") or ""
        return {"updateCollectionDetail": found}

    @operation
    def delete_collection(self, params: Json) -> Json:
        found = self._find(params["id"])
        del self.all[found["id"]], self.tags[found["arn"]]
        return {"deleteCollectionDetail": {**found, "status": "DELETING"}}

    @operation
    def list_tags_for_resource(self, params: Json) -> Json:
        return {"tags": [{"key": k, "value": v} for k, v in self._tags(params).items()]}

    @operation
    def tag_resource(self, params: Json) -> None:
        self._tags(params).update({t["key"]: t["value"] for t in params["tags"]})

    @operation
    def untag_resource(self, params: Json) -> None:
        for key in params["tagKeys"]:
            self._tags(params).pop(key, None)

    def _find(self, unique: str) -> Json:
        if unique not in self.all:
            raise ResourceNotFoundException(f"Collection with ID {unique} cannot be found.")
        return self.all[unique]

    def _tags(self, params: Json) -> dict[str, str]:
        arn = params["resourceArn"]
        if arn not in self.tags:
            raise ResourceNotFoundException(f"There is no {arn}")
        return self.tags[arn]


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


PARTS: dict[str, type] = {
    "collections": Collections,
    "endpoints": Endpoints,
    "policies": Policies,
}


class OpenSearchServerlessBackend(Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.collections = Collections(self)
        self.endpoints = Endpoints(self)
        self.policies = Policies(self)


def install() -> None:
    extend.substitute(opensearchserverless_backends, OpenSearchServerlessBackend)


class OpenSearchServerlessResponse(ParsedResponses):
    service = "opensearchserverless"


operations_of(OpenSearchServerlessResponse, opensearchserverless_backends, PARTS)


url_bases = [r"https?://aoss\.(.+)\.amazonaws\.com"]
url_paths = every_path(OpenSearchServerlessResponse.dispatch)
