"""The lakes an investigation may ask, and the finding it is about."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.adapters import files
from orchestrator.adapters.aws.findings import AwsFindings
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.logs.lake.question import NoLake
from orchestrator.model.facts.logs import LakeSource, SiemKind
from orchestrator.model.organization import Organization
from orchestrator.ports import Purpose
from orchestrator.wiring.places import credential_cache

if TYPE_CHECKING:
    from orchestrator.logs.lake.question import Lake

RUN = "investigate"
SIEM = "orchestrator-siem"
"""What the domain or collection is called that organization.yaml declares."""
LAKE = "aws-security-data-lake-"
"""What buckets of Security Lake are called, before their region.

Source: Security Lake User Guide, "Data lake in Amazon S3".
"""


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


def declared(organization: Organization, env: Mapping[str, str], account: str, region: str) -> Lake:
    """What organization.yaml says there is; while that cannot be read, the event history of
    `account`, which then says why.
    """
    return readable(
        lambda: kept(organization, env),
        lambda why: history(organization, env, account, region, why),
    )


def readable(lake: Callable[[], Lake], otherwise: Callable[[str], Lake]) -> Lake:
    """`lake`, or, where it is refused or empty, what is made of the reason instead."""
    try:
        return lake()
    except (AwsDenied, NoLake) as error:
        return otherwise(f"the lake could not be read: {error.message}")


def kept(organization: Organization, env: Mapping[str, str]) -> Lake:
    """DuckDB over Security Lake's bucket where the lake collects CloudTrail, else over the trail's.

    Raises AwsDenied, and NoLake while nothing has been delivered. The bucket's account is entered
    by the entry role, narrowed to reading.
    """
    facts = organization.facts
    if facts.logs.lake.enabled and facts.logs.lake.sources.get(LakeSource.CLOUD_TRAIL_MGMT):
        return _opened(organization, env, organization.security.id, "")
    bucket = f"{facts.log_archive.bucket_prefix}-cloudtrail"
    return _opened(organization, env, organization.log_archive.id, bucket)


def _opened(organization: Organization, env: Mapping[str, str], account: str, bucket: str) -> Lake:
    from orchestrator.adapters.lake.athena import S3Objects  # noqa: PLC0415  loads an engine
    from orchestrator.logs.lake.engine import opened  # noqa: PLC0415

    region = organization.facts.home_region
    session = entered(organization, env, account, reading(bucket or f"{LAKE}{region}-*"))
    found = bucket or lake_bucket(session, region)
    return opened(S3Objects(session, found, "", files.folder(env, "lake")), f"s3://{found}")


def lake_bucket(session: AwsSession, region: str) -> str:
    """Security Lake puts an id of its own behind the region."""
    named = (str(each["Name"]) for each in session.call("s3", "ListBuckets")["Buckets"])
    found = next((name for name in named if name.startswith(f"{LAKE}{region}-")), "")
    if not found:
        raise NoLake(f"there is no bucket {LAKE}{region}-*", "apply the security account")
    return found


def entered(
    organization: Organization, env: Mapping[str, str], account: str, policy: str
) -> AwsSession:
    """The account by the role that reads logs, with what `policy` leaves of its rights."""
    ring = credential_cache(organization, env, RUN)
    role = ring.role(account, Purpose.INVESTIGATE)
    ring.refuse_reader(account, f"sts:AssumeRole {role}")
    external_id = organization.facts.access.external_id
    keys = ring.runner().assume(role, f"orchestrator-{RUN}", external_id, policy)
    return ring.caller.acting_as(keys, account, role)


def reading(bucket: str) -> str:
    """A session policy: what is in the bucket, and what is needed to find and to decrypt it."""
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
        *([_NAMES] if bucket.endswith("*") else []),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


_NAMES = {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": "*"}
LOOKUP = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["cloudtrail:LookupEvents"], "Resource": "*"}],
    }
)


def history(
    organization: Organization,
    env: Mapping[str, str],
    account: str,
    region: str,
    why: str = "",
) -> Lake:
    """CloudTrail's event history of `account`; '' is the caller's own. Raises AwsDenied.

    Another account is entered by the role that reads logs, narrowed to asking this. `why` is said
    with the answer.
    """
    from orchestrator.adapters.lake.lookup import LookupLake  # noqa: PLC0415

    caller = AwsSession(env, region)
    own = not account or caller.identity().account == account
    session = caller if own else entered(organization, env, account, LOOKUP)
    return LookupLake(session, region, why=why)


def athena(settings: Athena, region: str, env: Mapping[str, str]) -> Lake:
    """Security Lake by Athena, with the caller's own credentials."""
    from orchestrator.adapters.lake.athena import AthenaLake, Table  # noqa: PLC0415

    full = settings.of(region)
    table = Table(full.database, full.table, full.workgroup, full.output)
    return AthenaLake(AwsSession(env, region), table)


def opensearch(
    organization: Organization, settings: OpenSearch, region: str, env: Mapping[str, str]
) -> Lake:
    """OpenSearch, with requests that the caller's own credentials sign. Raises UsageError.

    Without an endpoint it is the domain or collection that organization.yaml declares.
    """
    from orchestrator.adapters.lake.opensearch import Endpoint, OpenSearchLake  # noqa: PLC0415

    session = AwsSession(env, region)
    url = settings.endpoint or endpoint(session, organization.facts.logs.siem.kind)
    if not url.startswith("https://"):
        raise UsageError(f"'{url}' cannot be asked", GIVE_ENDPOINT)
    index = settings.index or "ocsf-*"
    place = Endpoint(url, region, index, OpenSearch(url, index).service)
    return OpenSearchLake(place, session.credentials)


GIVE_ENDPOINT = (
    "give --endpoint https://… of a domain or collection, or declare one: organization.logs.siem"
)


def endpoint(session: AwsSession, kind: SiemKind) -> str:
    """Where Terraform has made it, asked as the caller, who may search in it."""
    if kind is SiemKind.OPENSEARCH:
        status = session.call("opensearch", "DescribeDomain", DomainName=SIEM)["DomainStatus"]
        hosts = {"": status.get("Endpoint", ""), **status.get("Endpoints", {})}
        return f"https://{hosts.get('vpc') or hosts['']}"
    if kind is SiemKind.SERVERLESS:
        answer = session.call("opensearchserverless", "BatchGetCollection", names=[SIEM])
        return next((str(c["collectionEndpoint"]) for c in answer["collectionDetails"]), "")
    return ""


def finding(organization: Organization, env: Mapping[str, str], uid: str) -> str:
    """The finding as Security Hub has it, as JSON. Raises AwsDenied, and UsageError if unknown."""
    found = AwsFindings(credential_cache(organization, env, RUN), organization).raw(uid)
    if not found:
        raise UsageError(
            f"Security Hub has no finding '{uid}'",
            "write its id as Security Hub shows it, or name a file with the finding",
        )
    return json.dumps({"Findings": found}, default=str)
