"""What a service still uses its linked role for: while there is anything, the role stays.

Source: IAM User Guide, "Delete a service-linked role", and of each service its page "Using
service-linked roles", section "Deleting". Of services that are not listed here nothing is known,
and their roles can be deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.cloudtrail.models import cloudtrail_backends
from moto.config.models import config_backends
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends
from moto.guardduty.models import guardduty_backends
from moto.opensearch.models import opensearch_backends
from moto.rds.models import rds_backends
from moto.securityhub.models import securityhub_backends

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.services.accessanalyzer import accessanalyzer_backends
from orchestrator.sandbox.services.securitylake import securitylake_backends

Used = Callable[[Any], Iterable[str]]
"""A backend → the ARNs of what uses the role in its region."""
MALWARE = "EBS_MALWARE_PROTECTION"


def usage(account_id: str, service: str) -> list[Json]:
    """RoleUsageList, by region, of the role of `service`, a service principal; [] if unused."""
    found: dict[str, list[str]] = {}
    for backends, used in SERVICES.get(service, ()):
        for owner in _owners(account_id, service):
            for region, backend in list(dict.items(dict.get(backends, owner, {}))):
                found.setdefault(region, []).extend(used(backend))
    return [{"Region": region, "Resources": arns} for region, arns in sorted(found.items()) if arns]


def _owners(account_id: str, service: str) -> list[str]:
    """An organization's trail uses the role of each account that it records."""
    organization = organization_of(account_id) if service == CLOUDTRAIL else None
    others = {organization.management, *organization.delegated} if organization else set()
    return sorted({account_id} | others)


def _recorders(backend: Any) -> Iterator[str]:
    """One with another role does not keep this one."""
    for name, recorder in list(backend.recorders.items()):
        if "/aws-service-role/" in str(recorder.role_arn):
            yield _arn(backend, "config", f"configuration-recorder/{name}")


def _hub(backend: Any) -> Iterator[str]:
    if backend.hub.enabled:
        yield backend.hub.arn


def _detectors(backend: Any) -> Iterator[str]:
    for detector in list(backend.detectors):
        yield _arn(backend, "guardduty", f"detector/{detector}")


def _scanning(backend: Any) -> Iterator[str]:
    for detector in list(backend.detectors.values()):
        if any(f["name"] == MALWARE and f["status"] == "ENABLED" for f in detector.features):
            yield _arn(backend, "guardduty", f"detector/{detector.id}")


def _trails(backend: Any) -> Iterator[str]:
    yield from (trail.arn for trail in list(backend.trails.values()) if trail.is_org_trail)


def _domains(backend: Any) -> Iterator[str]:
    """One outside of a VPC does without."""
    yield from (domain.arn for domain in list(backend.domains.values()) if domain.vpc_options)


def _databases(backend: Any) -> Iterator[str]:
    for each in (*backend.databases.values(), *backend.clusters.values()):
        yield each.arn


def _classic(backend: Any) -> Iterator[str]:
    for name in list(backend.load_balancers):
        yield _arn(backend, "elasticloadbalancing", f"loadbalancer/{name}")


def _arn(backend: Any, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{backend.region_name}:{backend.account_id}:{resource}"


CLOUDTRAIL = "cloudtrail.amazonaws.com"
SERVICES: Mapping[str, tuple[tuple[Any, Used], ...]] = {
    "access-analyzer.amazonaws.com": (
        (accessanalyzer_backends, lambda of: [each["arn"] for each in of.analyzers.all.values()]),
    ),
    "autoscaling.amazonaws.com": (
        (autoscaling_backends, lambda of: [each.arn for each in of.autoscaling_groups.values()]),
    ),
    CLOUDTRAIL: ((cloudtrail_backends, _trails),),
    "config.amazonaws.com": ((config_backends, _recorders),),
    "elasticloadbalancing.amazonaws.com": (
        (elb_backends, _classic),
        (elbv2_backends, lambda of: list(of.load_balancers)),
    ),
    "guardduty.amazonaws.com": ((guardduty_backends, _detectors),),
    "malware-protection.guardduty.amazonaws.com": ((guardduty_backends, _scanning),),
    "opensearchservice.amazonaws.com": ((opensearch_backends, _domains),),
    "rds.amazonaws.com": ((rds_backends, _databases),),
    "securityhub.amazonaws.com": ((securityhub_backends, _hub),),
    "securitylake.amazonaws.com": (
        (securitylake_backends, lambda of: [e["dataLakeArn"] for e in of.own.lakes.values()]),
    ),
}
"""By service principal: where it keeps what uses the role."""
