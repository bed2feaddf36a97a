from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws, Value
from orchestrator.findings.services.opensearch import LATEST
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Builder, Case

TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
GONE = "arn:aws:es:eu-west-1:123456789012:domain/none"
GOOD = {"EnforceHTTPS": True, "TLSSecurityPolicy": LATEST}
OLD = {"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"}


def a_domain(aws: Aws, name: str = "logs", **given: Any) -> str:
    answer = aws("opensearch").create_domain(
        DomainName=name, **{"DomainEndpointOptions": OLD, "TagList": cycle.TAG_LIST, **given}
    )
    return str(answer["DomainStatus"]["ARN"])


def secured(aws: Aws, **given: Any) -> str:
    return a_domain(aws, "secured", DomainEndpointOptions=GOOD, **given)


GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/opensearch/logs"
OLDER = {"EngineVersion": "Elasticsearch_7.10"}


def a_watched(name: str = "logs", *logs: str, **given: Any) -> Builder:
    """With fine-grained access control, and these logs sent."""

    def build(aws: Aws) -> str:
        group = {"CloudWatchLogsLogGroupArn": GROUP, "Enabled": True}
        return a_domain(
            aws,
            name,
            AdvancedSecurityOptions={"Enabled": True, "InternalUserDatabaseEnabled": False},
            **({"LogPublishingOptions": dict.fromkeys(logs, group)} if logs else {}),
            **given,
        )

    return build


def sends(control: str, log: str, **given: Any) -> Case:
    fine = a_watched("fine", log, **given)
    return Case(control, a_watched(**given), fine, GONE, {"LogGroupArn": GROUP})


CASES = (
    sends("Opensearch.4", "ES_APPLICATION_LOGS"),
    sends("Opensearch.5", "AUDIT_LOGS"),
    sends("ES.4", "ES_APPLICATION_LOGS", **OLDER),
    sends("ES.5", "AUDIT_LOGS", **OLDER),
    Case("Opensearch.8", a_domain, secured, GONE),
    Case(
        "ES.8",
        lambda aws: a_domain(aws, EngineVersion="Elasticsearch_7.10"),
        lambda aws: secured(aws, EngineVersion="Elasticsearch_7.10"),
        GONE,
    ),
    Case(
        "ES.9",
        lambda aws: a_domain(aws, EngineVersion="Elasticsearch_7.10"),
        lambda aws: a_domain(
            aws,
            "owned",
            EngineVersion="Elasticsearch_7.10",
            TagList=[{"Key": "owner", "Value": "x"}],
        ),
        GONE,
        TAGGING,
    ),
    Case(
        "Opensearch.9",
        a_domain,
        lambda aws: a_domain(aws, "owned", TagList=[{"Key": "owner", "Value": "x"}]),
        GONE,
        TAGGING,
    ),
)
