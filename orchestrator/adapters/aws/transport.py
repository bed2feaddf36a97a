"""How requests travel: endpoint, proxies, certificates, retries. Read from a mapping alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlsplit

from botocore.config import Config

from orchestrator.errors import UsageError

ATTEMPTS = 5


class Transport(TypedDict):
    """Arguments of botocore's `create_client`."""

    endpoint_url: str | None
    verify: str | None
    config: Config


def transport(environment: Mapping[str, str], service: str, region: str) -> Transport:
    """What a client of `service` needs to reach AWS, or what stands in for it.

    botocore's own search for endpoints in the process environment is switched off; S3 keeps its
    virtual-hosted addresses. Throttling is retried with growing pauses, then reported.
    """
    specific = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
    endpoint = environment.get(specific) or environment.get("AWS_ENDPOINT_URL")
    host = urlsplit(endpoint or f"https://{service}.{region}.amazonaws.com").hostname or ""
    return {
        "endpoint_url": endpoint,
        "verify": environment.get("AWS_CA_BUNDLE"),
        "config": Config(
            proxies=_proxies(environment, host),
            retries={
                "mode": "standard",
                "total_max_attempts": _attempts(environment),
            },
            connect_timeout=10,
            read_timeout=60,
            ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # not in the stubs
            user_agent_extra="orchestrator",
        ),
    }


def _attempts(environment: Mapping[str, str]) -> int:
    text = environment.get("AWS_MAX_ATTEMPTS") or str(ATTEMPTS)
    if not text.isdecimal() or not int(text):
        raise UsageError(f"AWS_MAX_ATTEMPTS is '{text}'", "set it to 1 or more, or unset it")
    return int(text)


def _proxies(environment: Mapping[str, str], host: str) -> dict[str, str]:
    """An empty mapping, not None: with None, botocore would look into the process environment."""
    exempt = (name.strip().lstrip(".") for name in _either(environment, "NO_PROXY").split(","))
    if any(name == "*" or f".{host}".endswith(f".{name}") for name in exempt if name):
        return {}
    found = {scheme: _either(environment, f"{scheme}_proxy") for scheme in ("http", "https")}
    return {scheme: proxy for scheme, proxy in found.items() if proxy}


def _either(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name.lower()) or environment.get(name.upper()) or ""
