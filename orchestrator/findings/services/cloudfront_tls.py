"""How viewers reach distributions over TLS, and distributions their origins."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.causes import Cause, says
from orchestrator.findings.remediation import Aws, Json, Permission, Remediation, Risk, Target
from orchestrator.findings.resource_type import existing, looking, seeing
from orchestrator.findings.services.cloudfront import behaviours, change, custom
from orchestrator.findings.services.cloudfront_origins import DISTRIBUTION, DISTRIBUTIONS

CHANGES = (Permission(("cloudfront:UpdateDistribution",), DISTRIBUTIONS),)


def cleartext(config: Json) -> dict[str, str]:
    """Origins that are reached without TLS, and by which policy.

    Source: AWS Security Hub User Guide, CloudFront.9: 'http-only', or 'match-viewer' where some
    viewer may use HTTP.
    """
    plain = any(each["ViewerProtocolPolicy"] == "allow-all" for each in behaviours(config).values())
    bad = ("http-only", "match-viewer") if plain else ("http-only",)
    found = {key: origin["OriginProtocolPolicy"] for key, origin in custom(config).items()}
    return {key: policy for key, policy in found.items() if policy in bad}


def plain_origins(config: Json, _: Target) -> str:
    names = ", ".join(cleartext(config))
    return f"it reaches these origins without TLS: {names}" if names else ""


def set_policies(target: Target, aws: Aws, wanted: Json) -> None:
    def edit(config: dict[str, Any]) -> None:
        for key, origin in custom(config).items():
            origin["OriginProtocolPolicy"] = wanted.get(key, origin["OriginProtocolPolicy"])

    change(target, aws, edit)


def insist(target: Target, aws: Aws, _: Json) -> None:
    found = cleartext(existing(DISTRIBUTION, target, aws))
    if found:
        set_policies(target, aws, dict.fromkeys(found, "https-only"))


def method(config: Json) -> str:
    return str((config.get("ViewerCertificate") or {}).get("SSLSupportMethod", ""))


def own_addresses(config: Json, _: Target) -> str:
    return "it answers on IP addresses of its own" if method(config) == "vip" else ""


def set_method(target: Target, aws: Aws, wanted: str) -> None:
    def edit(config: dict[str, Any]) -> None:
        config["ViewerCertificate"]["SSLSupportMethod"] = wanted

    change(target, aws, edit)


def by_name(target: Target, aws: Aws, _: Json) -> None:
    if own_addresses(existing(DISTRIBUTION, target, aws), target):
        set_method(target, aws, "sni-only")


REMEDIATIONS = (
    Remediation(
        name="serve-by-server-name",
        controls=("CloudFront.8",),
        causes=(
            Cause(
                "cloudfront",
                ("CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution"),
                says("sSLSupportMethod", "vip"),
            ),
        ),
        resource_type=DISTRIBUTION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Serves the certificate by the name that viewers ask for, on shared addresses.",
        breaks="Viewers without Server Name Indication, which are older than 2010.",
        reads=DISTRIBUTION.reads,
        writes=CHANGES,
        find=DISTRIBUTION.find,
        check=looking(DISTRIBUTION, own_addresses),
        before=seeing(DISTRIBUTION, lambda config: {"SSLSupportMethod": method(config)}),
        fix=by_name,
        undo=lambda target, aws, before: set_method(target, aws, before["SSLSupportMethod"]),
        tags=DISTRIBUTION.tags,
        everywhere=True,
    ),
    Remediation(
        name="reach-origins-over-tls",
        controls=("CloudFront.9",),
        causes=(
            Cause(
                "cloudfront",
                ("CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution"),
                says("originProtocolPolicy", "http-only"),
            ),
            Cause(
                "cloudfront",
                ("CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution"),
                says("originProtocolPolicy", "match-viewer"),
                sure=False,
            ),
        ),
        resource_type=DISTRIBUTION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Reaches the distribution's own origins over HTTPS alone.",
        breaks="Origins that do not answer on their HTTPS port with a certificate of their name.",
        reads=DISTRIBUTION.reads,
        writes=CHANGES,
        find=DISTRIBUTION.find,
        check=looking(DISTRIBUTION, plain_origins),
        before=seeing(DISTRIBUTION, cleartext),
        fix=insist,
        undo=set_policies,
        tags=DISTRIBUTION.tags,
        by_hand="Whether an origin has a certificate that fits, only a look at it can tell.",
        everywhere=True,
    ),
)
