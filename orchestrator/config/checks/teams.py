"""The ways by which teams are told, as far as that can be known without trying them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.sources import Sources
from orchestrator.config.suggestions import SERVICES, choose
from orchestrator.errors import Problem

PRODUCTS = ("GuardDuty", "Inspector", "Macie", "Access Analyzer", "Health")
"""Findings that come without a control, by the names of their products."""

NEEDED: Mapping[str, tuple[str, ...]] = {"slack": ("workspace",), "teams": ("tenant", "team")}
"""What names a channel, by platform. Source: AWS Chatbot API Reference, SlackChannelConfiguration
and TeamsChannelConfiguration."""


def check_teams(sources: Sources) -> Iterator[Problem]:
    """Webhooks that are not encrypted, channels without an address, unknown services."""
    document = sources.teams
    for name in document.mapping("teams") if document else ():
        assert document  # noqa: S101  or there were no names
        path = ("teams", name, "notify")
        yield from _webhook(document, (*path, "webhook", "url"))
        yield from _chat(document, (*path, "chat"))
        yield from _services(document, (*path, "services"))


def _webhook(document: Document, path: KeyPath) -> Iterator[Problem]:
    url = document.text(*path)
    if url is None:
        return
    if fault := _fault(url):
        fix = "use the form https://host/path, without user, password or fragment"
        yield Problem(document.file, document.line(path), dotted(path), fault, fix)


def _fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme != "https":
        return f"'{parts.scheme}://' is not encrypted"
    if not parts.hostname or port == 0:
        return "names no host"
    return "holds more than a host and a path" if "@" in parts.netloc or parts.fragment else ""


def _chat(document: Document, path: KeyPath) -> Iterator[Problem]:
    platform = document.text(*path, "platform") or ""
    for key in NEEDED.get(platform, ()):
        if not document.text(*path, key):
            what, fix = f"a channel of {platform} needs '{key}'", f"add '{key}', an id"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)


def _services(document: Document, path: KeyPath) -> Iterator[Problem]:
    known = sorted({*SERVICES, *PRODUCTS})
    for index, service in document.texts(*path):
        if service not in known:
            line = document.line((*path, index))
            what = f"unknown service '{service}'"
            yield Problem(document.file, line, dotted(path), what, choose(service, known))
