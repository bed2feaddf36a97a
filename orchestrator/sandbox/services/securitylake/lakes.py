"""Data lakes and what they collect: one lake a region, with a bucket that outlives it.

Sources are AWS's own, by account and region, and custom ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends
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

LONGEST_BUCKET = 63
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
        bucket = f"aws-security-data-lake-{region}-{unique}"[:LONGEST_BUCKET]
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


LATEST = "2.0"
ONLY_LATEST = frozenset({"EKS_AUDIT", "WAF"})
"""Source: Security Lake User Guide, "Collecting data from AWS services"."""

LONGEST_SOURCE, MOST_CUSTOM = 20, 50
"""Source: the same, "Collecting data from custom sources"."""


class Sources(Part):
    @change
    def create_aws_log_source(self, params: Json) -> Json:
        for one in params["sources"]:
            if one["sourceName"] in ONLY_LATEST and _version(one) != LATEST:
                raise BadRequestException(f"{one['sourceName']} has the version {LATEST} only")
            for region in one["regions"]:
                self.lake(region)
        for one in params["sources"]:
            self.declared.collected.update(self._each(one))
        return {"failed": []}

    @change
    def delete_aws_log_source(self, params: Json) -> Json:
        for one in params["sources"]:
            self.declared.collected.difference_update(self._each(one))
        return {"failed": []}

    @change
    def create_custom_log_source(self, params: Json) -> Json:
        name, region = params["sourceName"], self.backend.region_name
        bucket = self.lake(region)["s3BucketArn"].split(":::")[1]
        if len(name) > LONGEST_SOURCE or len(params.get("eventClasses") or []) > 1:
            text = f"A source has one class and {LONGEST_SOURCE} characters at most"
            raise BadRequestException(text)
        if name in self.declared.custom:
            raise ConflictException(f"There is a source {name} already")
        if len(self.declared.custom) >= MOST_CUSTOM:
            raise BadRequestException(f"There are {MOST_CUSTOM} custom sources already")
        role = f"AmazonSecurityLake-Provider-{name}-{region}"
        configuration = params["configuration"]
        arn = make_role(self.backend.account_id, role, configuration["providerIdentity"])
        glue = f"arn:aws:glue:{region}:{self.backend.account_id}"
        here = region.replace("-", "_")
        database = f"amazon_security_lake_glue_db_{here}"
        table = f"amazon_security_lake_table_{here}_ext_{name.replace('-', '_')}"
        source = {
            "sourceName": name,
            "sourceVersion": params.get("sourceVersion") or "1.0",
            "attributes": {
                "crawlerArn": f"{glue}:crawler/{name}",
                "databaseArn": f"{glue}:database/{database}",
                "tableArn": f"{glue}:table/{database}/{table}",
            },
            "provider": {"location": f"s3://{bucket}/ext/{name}/", "roleArn": arn},
        }
        self.declared.custom[name] = {"region": region, "role": role, "source": source}
        return {"source": source}

    @change
    def delete_custom_log_source(self, params: Json) -> None:
        found = self.declared.custom.pop(params["sourceName"], None)
        if found is None:
            raise ResourceNotFoundException(f"There is no source {params['sourceName']}")
        remove_role(self.backend.account_id, found["role"])

    @operation
    def list_log_sources(self, params: Json) -> Json:
        regions, accounts = params.get("regions"), params.get("accounts")
        found: dict[tuple[str, str], list[Json]] = {}
        for account, region, source in self._all():
            asked = not params.get("sources") or any(_is(source, s) for s in params["sources"])
            there = region in (regions or [region]) and account in (accounts or [account])
            if asked and there:
                found.setdefault((account, region), []).append(source)
        return {
            "sources": [
                {"account": account, "region": region, "sources": sources}
                for (account, region), sources in found.items()
            ]
        }

    def _each(self, one: Json) -> Iterator[tuple[str, str, str, str]]:
        for account in one.get("accounts") or self.accounts():
            for region in one["regions"]:
                yield account, region, one["sourceName"], _version(one)

    def _all(self) -> Iterator[tuple[str, str, Json]]:
        for account, region, name, version in sorted(self.declared.collected):
            yield account, region, {"awsLogSource": {"sourceName": name, "sourceVersion": version}}
        for custom in self.declared.custom.values():
            yield self.backend.account_id, custom["region"], {"customLogSource": custom["source"]}


def make_role(account_id: str, name: str, identity: Json) -> str:
    """A role of Security Lake's for who says the external id."""
    principal = identity["principal"]
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": principal},
        "Condition": {"StringEquals": {"sts:ExternalId": [identity["externalId"]]}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = iam_backends[account_id]["aws"]
    made = iam.create_role(name, trust, "/", None, "Made by Security Lake.", [], "3600")
    return str(made.arn)


def remove_role(account_id: str, name: str) -> None:
    iam_backends[account_id]["aws"].delete_role(name)


def _version(source: Json) -> str:
    said = source.get("sourceVersion") or LATEST
    return LATEST if said == "latest" else str(said)


def _is(source: Json, asked: Json) -> bool:
    """Whether a source is the one asked for; without a version, of any."""
    for kind, wanted in asked.items():
        mine = source.get(kind)
        if mine and all(mine.get(key) == wanted[key] for key in wanted):
            return True
    return False
