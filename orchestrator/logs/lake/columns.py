"""What each engine calls the fields of an event: one table, by OCSF's paths.

Three engines read three shapes. Our own lake is Parquet in the shape of `logs/ocsf`, whose columns
the engine asks each file for. Security Lake's tables of source version 2 have the columns listed
here, source by source, and no others. OpenSearch's documents have the fields of `logs/siem`'s
index template.
Source: Security Lake User Guide, "Queries for AWS source version 2" (tables, partitions); the views
over these tables that AWS's Security Lake visualization samples publish (every column); OCSF's
examples, mappings of AWS 1.1.0 (those of Route 53, EKS and WAF).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.errors import UsageError
from orchestrator.model.facts.logs import LakeSource


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"
    """A timestamp without a zone, in UTC."""
    TEXTS = "texts"
    """A list of texts."""
    OBJECTS = "objects"
    """A list of objects."""
    MAP = "map"
    """Texts by dotted names: what OCSF has no place for."""


Columns = Mapping[str, Kind]
"""Path → what it holds."""

PARTITIONS: Columns = {"time_dt": Kind.MOMENT, "region": Kind.TEXT, "accountid": Kind.TEXT}
"""What a query must name so that it does not read the whole lake."""


def _all(kind: Kind, *paths: str) -> Iterator[tuple[str, Kind]]:
    for path in paths:
        above, _, names = path.rpartition(".")
        for name in names.split("|"):
            yield (f"{above}.{name}" if above else name), kind


def _columns(*given: Iterable[tuple[str, Kind]]) -> Columns:
    return {path: kind for some in given for path, kind in some}


_COMMON = _columns(
    PARTITIONS.items(),
    _all(Kind.TEXT, "metadata.version", "metadata.product.name|vendor_name|version"),
    _all(Kind.TEXT, "class_name|category_name|activity_name|type_name|severity"),
    _all(Kind.NUMBER, "time|class_uid|category_uid|activity_id|type_uid|severity_id"),
    _all(Kind.TEXTS, "metadata.profiles"),
    _all(Kind.TEXT, "cloud.provider", "asl_version"),
    _all(Kind.OBJECTS, "observables"),
    _all(Kind.MAP, "unmapped"),
).items()

_CALLS = _columns(
    _COMMON,
    _all(Kind.TEXT, "metadata.uid|event_code", "metadata.product.feature.name", "cloud.region"),
    _all(Kind.TEXT, "api.operation|version", "api.service.name", "api.request.data|uid"),
    _all(Kind.TEXT, "api.response.error|message|data", "dst_endpoint.svc_name"),
    _all(Kind.TEXT, "actor.user.type|name|uid|uid_alt|credential_uid", "actor.user.account.uid"),
    _all(Kind.MOMENT, "actor.session.created_time_dt"),
    _all(Kind.FLAG, "actor.session.is_mfa", "is_mfa"),
    _all(Kind.TEXT, "actor.session.issuer", "actor.invoked_by", "actor.idp.name"),
    _all(Kind.TEXT, "http_request.user_agent", "src_endpoint.uid|ip|domain"),
    _all(Kind.TEXT, "session.uid|uid_alt|credential_uid|issuer", "policy.uid"),
    _all(Kind.TEXT, "user.uid|uid_alt|name", "status"),
    _all(Kind.OBJECTS, "resources"),
)

_ENDPOINTS = _columns(
    _all(Kind.NUMBER, "src_endpoint.port", "dst_endpoint.port"),
    _all(Kind.TEXT, "src_endpoint.ip|svc_name|interface_uid|vpc_uid|instance_uid|subnet_uid"),
    _all(Kind.TEXT, "dst_endpoint.ip|svc_name|interface_uid|vpc_uid|instance_uid|subnet_uid"),
    _all(Kind.TEXTS, "src_endpoint.intermediate_ips", "dst_endpoint.intermediate_ips"),
).items()

_FLOWS = _columns(
    _COMMON,
    _ENDPOINTS,
    _all(Kind.TEXT, "metadata.product.feature.name", "cloud.account.uid", "cloud.region|zone"),
    _all(Kind.NUMBER, "connection_info.protocol_num|tcp_flags|boundary_id|direction_id"),
    _all(Kind.TEXT, "connection_info.protocol_ver|boundary|direction"),
    _all(Kind.NUMBER, "traffic.packets|bytes", "action_id"),
    _all(Kind.MOMENT, "start_time_dt|end_time_dt"),
    _all(Kind.TEXT, "status_code|action|disposition"),
)

_NAMES = _columns(
    _COMMON,
    _all(Kind.TEXT, "metadata.product.feature.name", "cloud.account.uid", "cloud.region"),
    _all(Kind.TEXT, "src_endpoint.ip|vpc_uid|instance_uid", "query.hostname|type|class"),
    _all(Kind.NUMBER, "src_endpoint.port", "rcode_id|action_id", "connection_info.direction_id"),
    _all(Kind.TEXT, "connection_info.protocol_name|direction", "firewall_rule.uid"),
    _all(Kind.TEXT, "dst_endpoint.instance_uid|interface_uid", "rcode|action|disposition"),
    _all(Kind.OBJECTS, "answers"),
)

_FINDINGS = _columns(
    _COMMON,
    _all(Kind.TEXT, "metadata.log_version", "metadata.product.uid", "message|status"),
    _all(Kind.TEXT, "metadata.product.feature.uid|name", "cloud.account.uid", "cloud.region"),
    _all(Kind.TEXT, "resource.type|uid|cloud_partition|region|data|criticality"),
    _all(Kind.TEXT, "finding_info.uid|desc|title|src_url", "remediation.desc"),
    _all(Kind.TEXTS, "finding_info.types", "remediation.references", "resource.labels"),
    _all(Kind.TEXTS, "compliance.standards|requirements"),
    _all(Kind.TEXT, "compliance.control|status|status_detail|status_code"),
    _all(Kind.NUMBER, "confidence_score"),
    _all(Kind.OBJECTS, "vulnerabilities|resources|evidences", "metadata.extensions"),
    _all(Kind.OBJECTS, "finding_info.related_events"),
    _all(Kind.MOMENT, "metadata.processed_time_dt"),
    _all(Kind.MOMENT, "finding_info.created_time_dt|modified_time_dt"),
    _all(Kind.MOMENT, "finding_info.first_seen_time_dt|last_seen_time_dt"),
)

_CLUSTERS = _columns(
    _COMMON,
    _all(Kind.TEXT, "metadata.product.feature.name", "metadata.log_level", "message"),
    _all(Kind.TEXT, "actor.user.name|uid", "actor.session.uid|issuer|credential_uid"),
    _all(Kind.OBJECTS, "actor.user.groups", "resources"),
    _all(Kind.TEXT, "api.operation|version", "api.request.uid", "http_request.user_agent"),
    _all(Kind.TEXT, "http_request.url.path", "src_endpoint.ip", "cloud.account.uid"),
    _all(Kind.NUMBER, "api.response.code"),
    _all(Kind.MOMENT, "start_time_dt"),
)

_REQUESTS = _columns(
    _COMMON,
    _all(Kind.TEXT, "metadata.product.feature.uid", "action|disposition"),
    _all(Kind.TEXT, "http_request.args|http_method|referrer|uid|user_agent|version"),
    _all(Kind.TEXT, "http_request.url.hostname|path", "src_endpoint.ip|svc_name|uid"),
    _all(Kind.TEXT, "src_endpoint.location.country"),
    _all(Kind.TEXT, "firewall_rule.condition|match_location|type|uid"),
    _all(Kind.TEXTS, "firewall_rule.match_details", "http_request.x_forwarded_for"),
    _all(Kind.NUMBER, "firewall_rule.rate_limit", "http_status|action_id"),
    _all(Kind.OBJECTS, "http_request.http_headers"),
)

SECURITY_LAKE: Mapping[LakeSource, Columns] = {
    LakeSource.CLOUD_TRAIL_MGMT: _CALLS,
    LakeSource.S3_DATA: _CALLS,
    LakeSource.LAMBDA_EXECUTION: _CALLS,
    LakeSource.VPC_FLOW: _FLOWS,
    LakeSource.ROUTE53: _NAMES,
    LakeSource.SH_FINDINGS: _FINDINGS,
    LakeSource.EKS_AUDIT: _CLUSTERS,
    LakeSource.WAF: _REQUESTS,
}
"""The columns of each table of source version 2, in dotted paths."""

CALLS = (LakeSource.CLOUD_TRAIL_MGMT, LakeSource.S3_DATA, LakeSource.LAMBDA_EXECUTION)
"""The sources that are CloudTrail's; their tables have the same columns."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a question is about, and where each engine has it; '' is nowhere."""

    path: str
    """OCSF's, which is the column of our own lake, where a file has it."""
    kind: Kind = Kind.TEXT
    lake: str = "="
    """Security Lake's column; '=' is the same path."""
    document: str = "="
    """OpenSearch's field for a whole value: of type keyword, ip, date, long or boolean."""
    words: str = ""
    """OpenSearch's field for a phrase in it."""
    address: bool = False
    """Whether OpenSearch has it as type ip, which takes a network for a value."""

    def column(self, source: LakeSource = LakeSource.CLOUD_TRAIL_MGMT) -> str:
        """Security Lake's column in the table of `source`; '' where it has none."""
        path = self.path if self.lake == "=" else self.lake
        return path if path in SECURITY_LAKE[source] else ""

    @property
    def keyword(self) -> str:
        return self.path if self.document == "=" else self.document


FIELDS: Mapping[str, Field] = {
    "time": Field("time", Kind.NUMBER),
    "id": Field("metadata.uid"),
    "class": Field("class_uid", Kind.NUMBER),
    "activity": Field("activity_id", Kind.NUMBER),
    "status": Field("status"),
    "account": Field("cloud.account.uid", lake="accountid"),
    "region": Field("cloud.region", lake="region"),
    "category": Field("metadata.product.feature.name"),
    "event_type": Field("metadata.event_code"),
    "service": Field("api.service.name"),
    "operation": Field("api.operation"),
    "error": Field("api.response.error"),
    "error_message": Field("api.response.message"),
    "request": Field("api.request.data", document="", words="api.request.data"),
    "response": Field("api.response.data", document="", words="api.response.data"),
    "actor_type": Field("actor.user.type"),
    "actor_arn": Field("actor.user.uid", words="actor.user.uid.text"),
    "actor_id": Field("actor.user.uid_alt"),
    "actor_name": Field("actor.user.name"),
    "actor_account": Field("actor.user.account.uid"),
    "access_key": Field("actor.user.credential_uid"),
    "role_arn": Field("actor.session.issuer"),
    "session_mfa": Field("actor.session.is_mfa", Kind.FLAG),
    "session_since": Field("actor.session.created_time_dt", Kind.MOMENT),
    "invoked_by": Field("actor.invoked_by"),
    "identity_provider": Field("actor.idp.name"),
    "address": Field("src_endpoint.ip", address=True),
    "domain": Field("src_endpoint.domain"),
    "endpoint": Field("src_endpoint.uid"),
    "user_agent": Field("http_request.user_agent"),
    "signed_in_with_mfa": Field("is_mfa", Kind.FLAG),
    "user_arn": Field("user.uid"),
    "user_id": Field("user.uid_alt"),
    "user_name": Field("user.name"),
    "policy_arn": Field("policy.uid"),
    "resources": Field(
        "resources", Kind.OBJECTS, document="resources.uid.keyword", words="resources.uid"
    ),
    "unmapped": Field("unmapped", Kind.MAP, document=""),
    "target_address": Field("dst_endpoint.ip", address=True),
    "target_port": Field("dst_endpoint.port", Kind.NUMBER),
    "source_port": Field("src_endpoint.port", Kind.NUMBER),
    "interface": Field("src_endpoint.interface_uid"),
    "target_interface": Field("dst_endpoint.interface_uid"),
    "protocol": Field("connection_info.protocol_num", Kind.NUMBER),
    "direction": Field("connection_info.direction"),
    "bytes": Field("traffic.bytes", Kind.NUMBER),
    "packets": Field("traffic.packets", Kind.NUMBER),
    "action": Field("action"),
    "hostname": Field("query.hostname"),
    "finding_id": Field("finding_info.uid"),
    "finding_title": Field("finding_info.title"),
    "severity": Field("severity_id", Kind.NUMBER),
    "path": Field("http_request.url.path"),
    "host": Field("http_request.url.hostname"),
}
"""Logical name → where it is."""

UNMAPPED: Mapping[str, str] = {
    "source_identity": "userIdentity.sessionContext.sourceIdentity",
    "role_name": "userIdentity.sessionContext.sessionIssuer.userName",
    "read_only": "readOnly",
    "management": "managementEvent",
    "recipient": "recipientAccountId",
    "shared_id": "sharedEventID",
    "tls_version": "tlsDetails.tlsVersion",
    "endpoint_account": "vpcEndpointAccountId",
    "signed_in_to": "additionalEventData.LoginTo",
}
"""Logical name → name in `unmapped`, for `Dialect.unplaced`. OpenSearch has no index of them."""


def database(region: str) -> str:
    """Security Lake's database of Glue in a region."""
    return f"amazon_security_lake_glue_db_{_underscored(region)}"


def table(source: LakeSource, region: str) -> str:
    """Security Lake's table of an AWS source, of source version 2.

    Tables of custom sources have `_ext_` in their names.
    """
    return f"amazon_security_lake_table_{_underscored(region)}_{source.value.lower()}_2_0"


def source_of(name: str) -> LakeSource:
    """Which source a table is of, by its name; CloudTrail's calls for a name of nobody's.

    Raises UsageError for a table that has other columns: of a source of our own, or of version 1.
    """
    if "_ext_" in name or name.endswith("_1_0"):
        raise UsageError(
            f"'{name}' is not a table of an AWS source of version 2",
            "name one that ends in _2_0; ask a source of your own with --lake and its folder",
        )
    endings = {f"_{source.value.lower()}_2_0": source for source in LakeSource}
    return next(
        (source for ending, source in endings.items() if name.endswith(ending)),
        LakeSource.CLOUD_TRAIL_MGMT,
    )


def _underscored(region: str) -> str:
    return region.replace("-", "_")
