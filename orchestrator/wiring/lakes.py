"""The lakes an investigation may ask, and the finding it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.adapters import cache
from orchestrator.adapters.aws.findings import AwsFindings
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import UsageError
from orchestrator.model.organization import Organization
from orchestrator.ports import Purpose
from orchestrator.wiring.places import keyring

if TYPE_CHECKING:
    from orchestrator.logs.lake.engine import Lake

RUN = "investigate"


@dataclass(frozen=True, slots=True)
class Athena:
    """Security Lake's table; '' is the name that Security Lake gives it in the region."""

    workgroup: str = "primary"
    database: str = ""
    table: str = ""
    output: str = ""

    def of(self, region: str) -> Athena:
        """The same with Security Lake's names where none are given.

        Source: Security Lake User Guide, "Query examples for AWS source version 2".
        """
        name = region.replace("-", "_")
        return replace(
            self,
            database=self.database or f"amazon_security_lake_glue_db_{name}",
            table=self.table or f"amazon_security_lake_table_{name}_cloud_trail_mgmt_2_0",
        )


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """A domain, or a collection of OpenSearch Serverless, which its address tells."""

    endpoint: str = ""
    index: str = ""

    @property
    def service(self) -> str:
        """What requests are signed for."""
        host = self.endpoint.removeprefix("https://").split("/")[0]
        return "aoss" if ".aoss." in host else "es"


def archive(organization: Organization, env: Mapping[str, str]) -> Lake:
    """DuckDB over the trail's bucket in the log archive account. Raises AwsDenied.

    The account is entered by the entry role, narrowed to reading this one bucket.
    """
    from orchestrator.adapters.lake.s3 import S3Objects  # noqa: PLC0415  loads an engine
    from orchestrator.logs.lake.opening import opened  # noqa: PLC0415

    bucket = f"{organization.facts.log_archive.bucket_prefix}-cloudtrail"
    account = organization.log_archive.id
    ring = keyring(organization, env, RUN)
    role = ring.role(account, Purpose.ENTRY)
    keys = ring.start().assume(role, f"orchestrator-{RUN}", policy=reading(bucket))
    session = ring.caller.acting_as(keys, account, role)
    return opened(S3Objects(session, bucket, "", cache.folder(env, "lake")), f"s3://{bucket}")


def reading(bucket: str) -> str:
    """A session policy: what is in the bucket, and what is needed to decrypt it."""
    arn = f"arn:aws:s3:::{bucket}"
    statements = [
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": arn},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"{arn}/*"},
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": "*",
            "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def athena(settings: Athena, region: str, env: Mapping[str, str]) -> Lake:
    """Security Lake by Athena, with the caller's own credentials."""
    from orchestrator.adapters.lake.athena import AthenaLake, Table  # noqa: PLC0415

    full = settings.of(region)
    table = Table(full.database, full.table, full.workgroup, full.output)
    return AthenaLake(AwsSession(env, region), table)


def opensearch(settings: OpenSearch, region: str, env: Mapping[str, str]) -> Lake:
    """OpenSearch, with requests that the caller's own credentials sign. Raises UsageError."""
    from orchestrator.adapters.lake.opensearch import Endpoint, OpenSearchLake  # noqa: PLC0415

    if not settings.endpoint.startswith("https://") or not settings.index:
        raise UsageError(
            f"'{settings.endpoint}' with index '{settings.index}' cannot be asked",
            "give --endpoint https://… of the domain or collection, and --index",
        )
    endpoint = Endpoint(settings.endpoint, region, settings.index, settings.service)
    return OpenSearchLake(endpoint, AwsSession(env, region).credentials)


def finding(organization: Organization, env: Mapping[str, str], uid: str) -> str:
    """The finding as Security Hub has it, as JSON. Raises AwsDenied, and UsageError if unknown."""
    found = AwsFindings(keyring(organization, env, RUN), organization).raw(uid)
    if not found:
        raise UsageError(
            f"Security Hub has no finding '{uid}'",
            "write its id as Security Hub shows it, or name a file with the finding",
        )
    return json.dumps({"Findings": found}, default=str)
