"""IAM Roles Anywhere, a service moto does not have: profiles. No certificate is let in by them."""

from __future__ import annotations

import datetime
import uuid

from moto.core.base_backend import BackendDict

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import (
    Backend,
    Json,
    ParsedResponses,
    ResourceNotFoundException,
    every_path,
    operation,
    operations_of,
)

SAID = (
    "acceptRoleSessionName",
    "durationSeconds",
    "managedPolicyArns",
    "name",
    "requireInstanceProperties",
    "roleArns",
    "sessionPolicy",
)


class Profiles:
    """`all` holds profiles by id, `tags` theirs by ARN."""

    def __init__(self, backend: RolesAnywhereBackend) -> None:
        self.backend = backend
        self.all: dict[str, Json] = {}
        self.tags: dict[str, dict[str, str]] = {}

    @operation
    def create_profile(self, params: Json) -> Json:
        unique = str(uuid.uuid4())
        made = {
            "createdAt": _now(),
            "durationSeconds": 3600,
            "enabled": bool(params.get("enabled")),
            "profileArn": self.backend.arn(unique),
            "profileId": unique,
            "updatedAt": _now(),
            **_said(params),
        }
        self.all[unique] = made
        tags = params.get("tags") or []
        self.tags[str(made["profileArn"])] = {tag["key"]: tag["value"] for tag in tags}
        return {"profile": made}

    @operation
    def get_profile(self, params: Json) -> Json:
        return {"profile": self._find(params)}

    @operation
    def update_profile(self, params: Json) -> Json:
        found = self._find(params)
        found.update(**_said(params), updatedAt=_now())
        return {"profile": found}

    @operation
    def enable_profile(self, params: Json) -> Json:
        found = self._find(params)
        found["enabled"] = True
        return {"profile": found}

    @operation
    def disable_profile(self, params: Json) -> Json:
        found = self._find(params)
        found["enabled"] = False
        return {"profile": found}

    @operation
    def delete_profile(self, params: Json) -> Json:
        found = self._find(params)
        del self.all[found["profileId"]], self.tags[found["profileArn"]]
        return {"profile": found}

    @operation
    def list_tags_for_resource(self, params: Json) -> Json:
        return {"tags": [{"key": k, "value": v} for k, v in self._tags(params).items()]}

    @operation
    def tag_resource(self, params: Json) -> None:
        self._tags(params).update({tag["key"]: tag["value"] for tag in params["tags"]})

    @operation
    def untag_resource(self, params: Json) -> None:
        for key in params["tagKeys"]:
            self._tags(params).pop(key, None)

    def _find(self, params: Json) -> Json:
        found = self.all.get(params["profileId"])
        if found is None:
            raise ResourceNotFoundException(f"There is no profile {params['profileId']}")
        return found

    def _tags(self, params: Json) -> dict[str, str]:
        arn = params["resourceArn"]
        if arn not in self.tags:
            raise ResourceNotFoundException(f"There is no {arn}")
        return self.tags[arn]


PARTS: dict[str, type] = {"profiles": Profiles}


class RolesAnywhereBackend(Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.profiles = Profiles(self)

    def arn(self, unique: str) -> str:
        return f"arn:aws:rolesanywhere:{self.region_name}:{self.account_id}:profile/{unique}"


rolesanywhere_backends = BackendDict(RolesAnywhereBackend, "rolesanywhere")


def _said(params: Json) -> Json:
    return {name: params[name] for name in SAID if params.get(name) is not None}


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class RolesAnywhereResponse(ParsedResponses):
    service = "rolesanywhere"


operations_of(RolesAnywhereResponse, rolesanywhere_backends, PARTS)


url_bases = [r"https?://rolesanywhere\.(.+)\.amazonaws\.com"]
url_paths = every_path(RolesAnywhereResponse.dispatch)


def install() -> None:
    extend.add_service("rolesanywhere", url_bases[0], rolesanywhere_backends)
