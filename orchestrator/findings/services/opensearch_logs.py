"""Logs that domains of OpenSearch Service send to CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.arn import name
from orchestrator.findings.causes import Cause, Predicate, missing
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import existing, looking, seeing
from orchestrator.findings.services.opensearch import DOMAIN, DOMAINS, moving

ERRORS, AUDITS = "ES_APPLICATION_LOGS", "AUDIT_LOGS"


def sent(domain: Json, log: str) -> bool:
    options = (domain.get("LogPublishingOptions") or {}).get(log) or {}
    return bool(options.get("CloudWatchLogsLogGroupArn")) and options.get("Enabled", True) is True


def send(target: Target, aws: Aws, log: str, options: Json) -> None:
    """One of the logs: what is not named goes on as it is."""
    aws("opensearch").update_domain_config(
        DomainName=name(target.arn), LogPublishingOptions={log: dict(options)}
    )


def stopped(log: str) -> Predicate:
    def off(call: Any) -> bool:
        options = call.parameters.get("logPublishingOptions") or {}
        return (options.get(log) or {}).get("enabled") is False

    return off


def sending(
    controls: tuple[str, ...], noun: str, log: str, *, needs_access_control: bool = False
) -> Remediation:
    """`noun` says what is in the log, in the plural."""

    def unsent(domain: Json, _: Target) -> str:
        return "" if sent(domain, log) else f"its {noun} do not go to CloudWatch Logs"

    def start(target: Target, aws: Aws, _: Json) -> None:
        found = existing(DOMAIN, target, aws)
        if sent(found, log):
            return
        access = (found.get("AdvancedSecurityOptions") or {}).get("Enabled")
        if needs_access_control and not access:
            raise Refused("audit logs need fine-grained access control, which is off")
        group = required(target, "LogGroupArn")
        send(target, aws, log, {"CloudWatchLogsLogGroupArn": group, "Enabled": True})

    def stop(target: Target, aws: Aws, _: Json) -> None:
        found = existing(DOMAIN, target, aws).get("LogPublishingOptions") or {}
        if group := (found.get(log) or {}).get("CloudWatchLogsLogGroupArn"):
            send(target, aws, log, {"CloudWatchLogsLogGroupArn": group, "Enabled": False})

    return Remediation(
        name=f"send-{noun.replace(' ', '-')}-of-domain",
        controls=controls,
        causes=(
            Cause("es", ("CreateDomain", "CreateElasticsearchDomain"), missing(log.lower())),
            Cause("es", ("UpdateDomainConfig", "UpdateElasticsearchDomainConfig"), stopped(log)),
        ),
        resource_type=DOMAIN.resource_type,
        risk=Risk.REVERSIBLE,
        effect=f"Sends the domain's {noun} to the log group you name.",
        breaks="Nothing. OpenSearch refuses a log group whose policy does not let it write.",
        reads=DOMAIN.reads,
        writes=(Permission(("es:UpdateDomainConfig",), DOMAINS),),
        find=DOMAIN.find,
        check=looking(DOMAIN, unsent, moving),
        before=seeing(DOMAIN, lambda domain: {"sent": sent(domain, log)}),
        fix=start,
        undo=stop,
        tags=DOMAIN.tags,
        cost="CloudWatch Logs' price for what is sent.",
        parameters={"LogGroupArn": Parameter("", "ARN of the log group; required.")},
        also=("AwsElasticsearchDomain",),
    )


REMEDIATIONS = (
    sending(("Opensearch.4", "ES.4"), "error logs", ERRORS),
    sending(("Opensearch.5", "ES.5"), "audit logs", AUDITS, needs_access_control=True),
)
