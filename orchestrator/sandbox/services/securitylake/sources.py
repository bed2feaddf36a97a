"""What is collected: AWS's own sources, by account and region, and custom ones."""

from __future__ import annotations

import json
from collections.abc import Iterator

from moto.iam.models import iam_backends

from orchestrator.sandbox.extend import Json, operation
from orchestrator.sandbox.services.securitylake.part import (
    BadRequestException,
    ConflictException,
    Part,
    ResourceNotFoundException,
    change,
)

LATEST = "2.0"
ONLY_LATEST = frozenset({"EKS_AUDIT", "WAF"})
"""Source: Security Lake User Guide, "Collecting data from AWS services"."""

LONGEST, MOST_CUSTOM = 20, 50
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
        if len(name) > LONGEST or len(params.get("eventClasses") or []) > 1:
            raise BadRequestException(f"A source has one class and {LONGEST} characters at most")
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
