"""Data lakes: one a region, each with a bucket that outlives it."""

from __future__ import annotations

from typing import Any

from moto.moto_api._internal import mock_random
from moto.s3.models import s3_backends

from orchestrator.sandbox.extend import Json, operation
from orchestrator.sandbox.services.securitylake.part import (
    BadRequestException,
    ConflictException,
    Part,
    ResourceNotFoundException,
    change,
)

SETTINGS = ("encryptionConfiguration", "lifecycleConfiguration", "replicationConfiguration")

LONGEST = 63
"""Of a bucket's name."""


class Lakes(Part):
    @change
    def create_data_lake(self, params: Json) -> Json:
        regions = [each["region"] for each in params["configurations"]]
        if taken := [region for region in regions if region in self.declared.lakes]:
            raise ConflictException(f"Security Lake is enabled in {taken[0]} already")
        made = [self._made(each, params.get("tags") or []) for each in params["configurations"]]
        return {"dataLakes": made}

    @operation
    def list_data_lakes(self, params: Json) -> Json:
        wanted = _listed(params.get("regions")) or list(self.declared.lakes)
        found = (self.declared.lakes.get(region) for region in wanted)
        return {"dataLakes": [lake for lake in found if lake]}

    @change
    def update_data_lake(self, params: Json) -> Json:
        changed = []
        for each in params["configurations"]:
            lake = self.lake(each["region"])
            lake.update(self._settings(each))
            changed.append(lake)
        return {"dataLakes": changed}

    @change
    def delete_data_lake(self, params: Json) -> None:
        """The bucket stays, with all that is in it."""
        for region in params["regions"]:
            arn = self.lake(region)["dataLakeArn"]
            del self.declared.lakes[region]
            self.declared.tags.pop(arn, None)

    def _made(self, settings: Json, tags: list[dict[str, str]]) -> Json:
        region = settings["region"]
        unique = mock_random.get_random_string(length=30, lower_case=True)
        bucket = f"aws-security-data-lake-{region}-{unique}"[:LONGEST]
        s3: Any = s3_backends[self.backend.account_id]["aws"]
        s3.create_bucket(bucket, region)
        lake = {
            "createStatus": "COMPLETED",
            "dataLakeArn": self.backend.arn("data-lake/default", region),
            "region": region,
            "s3BucketArn": f"arn:aws:s3:::{bucket}",
            **self._settings(settings),
        }
        self.declared.lakes[region] = lake
        self.declared.tags[lake["dataLakeArn"]] = {t["key"]: t["value"] for t in tags}
        return lake

    def _settings(self, settings: Json) -> Json:
        rollups = (settings.get("replicationConfiguration") or {}).get("regions") or []
        if unknown := [r for r in rollups if r not in self.declared.lakes]:
            raise BadRequestException(f"Security Lake is not enabled in {unknown[0]}")
        found = {name: settings[name] for name in SETTINGS if settings.get(name)}
        found.setdefault("encryptionConfiguration", {"kmsKeyId": "S3_MANAGED_KEY"})
        return found


class Tags(Part):
    """Of lakes and subscribers, by ARN."""

    @operation
    def list_tags_for_resource(self, params: Json) -> Json:
        return {"tags": [{"key": k, "value": v} for k, v in self._of(params).items()]}

    @operation
    def tag_resource(self, params: Json) -> None:
        self._of(params).update({tag["key"]: tag["value"] for tag in params["tags"]})

    @operation
    def untag_resource(self, params: Json) -> None:
        for key in params["tagKeys"]:
            self._of(params).pop(key, None)

    def _of(self, params: Json) -> dict[str, str]:
        arn = params["resourceArn"]
        if arn not in self.declared.tags:
            raise ResourceNotFoundException(f"There is no {arn}")
        return self.declared.tags[arn]


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


class AutoEnable(Part):
    @change
    def create_data_lake_organization_configuration(self, params: Json) -> None:
        for each in params.get("autoEnableNewAccount") or []:
            self.lake(each["region"])
            held = self.declared.auto_enable.setdefault(each["region"], {})
            held.update({s["sourceName"]: s.get("sourceVersion", "2.0") for s in each["sources"]})

    @change
    def delete_data_lake_organization_configuration(self, params: Json) -> None:
        """What is named; everything where nothing is."""
        asked = params.get("autoEnableNewAccount")
        if not asked:
            self.declared.auto_enable.clear()
        for each in asked or []:
            held = self.declared.auto_enable.get(each["region"], {})
            for source in each["sources"]:
                held.pop(source["sourceName"], None)
            if not held:
                self.declared.auto_enable.pop(each["region"], None)

    @operation
    def get_data_lake_organization_configuration(self, _: Json) -> Json:
        if not self.declared.auto_enable:
            raise ResourceNotFoundException("New accounts are not collected from")
        return {
            "autoEnableNewAccount": [
                {
                    "region": region,
                    "sources": [
                        {"sourceName": name, "sourceVersion": version}
                        for name, version in sorted(held.items())
                    ],
                }
                for region, held in sorted(self.declared.auto_enable.items())
            ]
        }
