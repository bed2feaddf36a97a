"""Domains of OpenSearch Service, those with Elasticsearch among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import Cause, both, missing, negated, omits, untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, looking, seeing
from orchestrator.findings.tags import mapping, tag_control

DOMAINS = ("arn:{partition}:es:{region}:{account}:domain/*",)
LATEST = "Policy-Min-TLS-1-2-PFS-2023-10"
"""Source: AWS Security Hub User Guide, Opensearch.8."""


def find(place: Place, aws: Aws) -> Iterator[str]:
    for domain in aws("opensearch").list_domain_names()["DomainNames"]:
        yield of(place, "es", f"domain/{domain['DomainName']}")


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("opensearch").describe_domain
    answer = unless(("ResourceNotFoundException",), call, DomainName=name(target.arn))
    return None if answer is None else answer["DomainStatus"]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(aws("opensearch").list_tags(ARN=target.arn)["TagList"])


DOMAIN = ResourceType(
    resource_type="AwsOpenSearchServiceDomain",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("es:ListDomainNames",), why="OpenSearch Service lists an account's domains"),
        Permission(("es:DescribeDomain", "es:ListTags"), DOMAINS),
    ),
)


def moving(domain: Json) -> str:
    return "the domain is being changed" if domain.get("Processing") else ""


def endpoint(domain: Json) -> dict[str, Any]:
    found = domain.get("DomainEndpointOptions", {})
    return {
        "EnforceHTTPS": bool(found.get("EnforceHTTPS")),
        "TLSSecurityPolicy": found.get("TLSSecurityPolicy", "Policy-Min-TLS-1-0-2019-07"),
    }


def outdated(domain: Json, _: Target) -> str:
    good = endpoint(domain) == {"EnforceHTTPS": True, "TLSSecurityPolicy": LATEST}
    return "" if good else "connections may use HTTP or an old version of TLS"


def set_endpoint(target: Target, aws: Aws, options: Json) -> None:
    aws("opensearch").update_domain_config(
        DomainName=name(target.arn), DomainEndpointOptions=dict(options)
    )


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("opensearch").add_tags(ARN=target.arn, TagList=[{"Key": key, "Value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("opensearch").remove_tags(ARN=target.arn, TagKeys=[key])


REMEDIATIONS = (
    Remediation(
        name="require-latest-tls",
        controls=("Opensearch.8", "ES.8"),
        causes=(
            Cause(
                "es",
                ("CreateDomain", "CreateElasticsearchDomain"),
                omits("tLSSecurityPolicy", LATEST),
            ),
            Cause(
                "es",
                ("UpdateDomainConfig", "UpdateElasticsearchDomainConfig"),
                both(negated(missing("tLSSecurityPolicy")), omits("tLSSecurityPolicy", LATEST)),
            ),
        ),
        also=("AwsElasticsearchDomain",),
        resource_type=DOMAIN.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Lets the domain be reached over HTTPS alone, with the latest TLS policy.",
        breaks="Clients that use HTTP, or know neither TLS 1.2 with forward secrecy nor TLS 1.3.",
        reads=DOMAIN.reads,
        writes=(Permission(("es:UpdateDomainConfig",), DOMAINS),),
        find=DOMAIN.find,
        check=looking(DOMAIN, outdated, moving),
        before=seeing(DOMAIN, endpoint),
        fix=lambda target, aws, _: set_endpoint(
            target, aws, {"EnforceHTTPS": True, "TLSSecurityPolicy": LATEST}
        ),
        undo=set_endpoint,
        tags=DOMAIN.tags,
    ),
    tag_control(
        "Opensearch.9",
        DOMAIN,
        add_tag,
        remove_tag,
        (Permission(("es:AddTags", "es:RemoveTags"), DOMAINS),),
        untagged("es", ("CreateDomain", "CreateElasticsearchDomain"), "RemoveTags"),
    ),
    tag_control(
        "ES.9",
        replace(DOMAIN, resource_type="AwsElasticsearchDomain"),
        add_tag,
        remove_tag,
        (Permission(("es:AddTags", "es:RemoveTags"), DOMAINS),),
        untagged("es", ("CreateDomain", "CreateElasticsearchDomain"), "RemoveTags"),
    ),
)
