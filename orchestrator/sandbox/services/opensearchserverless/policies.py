"""Policies: who encrypts, from where, who may, and for how long; all are kept in the same way.

Source: OpenSearch Serverless API Reference.
"""

from __future__ import annotations

import json
import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random

from orchestrator.sandbox.extend import AwsError, Json, operation

if TYPE_CHECKING:
    from orchestrator.sandbox.services.opensearchserverless import OpenSearchServerlessBackend


class ConflictException(AwsError):
    code = "ConflictException"


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"


class ValidationException(AwsError):
    code = "ValidationException"


ACCESS, LIFECYCLE = ("data",), ("retention",)
SECURITY = ("encryption", "network")


class Policies:
    """`all` holds policies by type and name: a name may be taken once for each type."""

    def __init__(self, _: OpenSearchServerlessBackend) -> None:
        self.all: dict[tuple[str, str], Json] = {}

    @operation
    def create_access_policy(self, params: Json) -> Json:
        return {"accessPolicyDetail": self._create(params, ACCESS)}

    @operation
    def create_lifecycle_policy(self, params: Json) -> Json:
        return {"lifecyclePolicyDetail": self._create(params, LIFECYCLE)}

    @operation
    def create_security_policy(self, params: Json) -> Json:
        return {"securityPolicyDetail": self._create(params, SECURITY)}

    @operation
    def get_access_policy(self, params: Json) -> Json:
        return {"accessPolicyDetail": self._find(params)}

    @operation
    def get_security_policy(self, params: Json) -> Json:
        return {"securityPolicyDetail": self._find(params)}

    @operation
    def batch_get_lifecycle_policy(self, params: Json) -> Json:
        """What is not there is an error of its own, beside what is."""
        found, missing = [], []
        for one in params["identifiers"]:
            policy = self.all.get((one["type"], one["name"]))
            if policy:
                found.append(policy)
            else:
                missing.append({**one, "errorCode": "NOT_FOUND", "errorMessage": "not found"})
        return {"lifecyclePolicyDetails": found, "lifecyclePolicyErrorDetails": missing}

    @operation
    def update_access_policy(self, params: Json) -> Json:
        return {"accessPolicyDetail": self._update(params)}

    @operation
    def update_lifecycle_policy(self, params: Json) -> Json:
        return {"lifecyclePolicyDetail": self._update(params)}

    @operation
    def update_security_policy(self, params: Json) -> Json:
        return {"securityPolicyDetail": self._update(params)}

    @operation
    def delete_access_policy(self, params: Json) -> None:
        self._delete(params)

    @operation
    def delete_lifecycle_policy(self, params: Json) -> None:
        self._delete(params)

    @operation
    def delete_security_policy(self, params: Json) -> None:
        self._delete(params)

    def key_of(self, collection: str) -> str | None:
        """The key that a policy of encryption names for the collection; 'auto' is AWS's own."""
        for (kind, _), each in self.all.items():
            if kind == "encryption" and _covers(each["policy"], f"collection/{collection}"):
                return str(each["policy"].get("KmsARN") or "auto")
        return None

    def _create(self, params: Json, kinds: tuple[str, ...]) -> Json:
        kind, name = params["type"], params["name"]
        if kind not in kinds:
            raise ValidationException(f"'{kind}' is none of {', '.join(kinds)}")
        if (kind, name) in self.all:
            raise ConflictException(f"Policy with name {name} and type {kind} already exists")
        now = _now()
        made = {"createdDate": now, "name": name, "type": kind, **_said(params)}
        self.all[kind, name] = made
        return made

    def _update(self, params: Json) -> Json:
        found = self._find(params)
        if params["policyVersion"] != found["policyVersion"]:
            raise ConflictException("The policy has changed since that version of it")
        found.update(_said(params))
        return found

    def _delete(self, params: Json) -> None:
        self._find(params)
        del self.all[params["type"], params["name"]]

    def _find(self, params: Json) -> Json:
        found = self.all.get((params["type"], params["name"]))
        if found is None:
            raise ResourceNotFoundException(
                f"Policy with name {params['name']} and type {params['type']} is not found"
            )
        return found


def _said(params: Json) -> Json:
    """What a request says; each time is a new version."""
    said: Json = {
        "lastModifiedDate": _now(),
        "policyVersion": mock_random.get_random_string(20),
    }
    if params.get("policy"):
        said["policy"] = _parsed(params["policy"])
    if params.get("description"):
        said["description"] = params["description"]
    return said


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValidationException(f"Policy json is invalid, error: {error}") from error


def _covers(policy: Json, resource: str) -> bool:
    patterns = (each for rule in policy["Rules"] for each in rule["Resource"])
    return any(fnmatchcase(resource, pattern) for pattern in patterns)


def _now() -> int:
    return int(time.time() * 1000)
