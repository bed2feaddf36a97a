"""Access logs of any Apache LogFormat, by the package apachelogs.

It is not in the function of a stream, which has the standard library alone.
Source: Apache mod_log_config, Custom Log Formats.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

import apachelogs

from orchestrator.errors import UsageError
from orchestrator.logs.ingest.formats import web
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed, endpoint
from orchestrator.logs.json_path import as_text

NAMES = {
    "common": apachelogs.COMMON,
    "combined": apachelogs.COMBINED,
    "vhost_common": apachelogs.VHOST_COMMON,
    "vhost_combined": apachelogs.VHOST_COMBINED,
}
"""What Apache's own configuration calls them."""

MAPPED = frozenset(
    ("%r", "%>s", "%s", "%b", "%B", "%O", "%h", "%a", "%{c}a", "%t", "%u", "%v", "%V", "%p", "%m")
)


def checked(text: str) -> str:
    """The format, which must have a time with a zone. Raises UsageError."""
    try:
        _parser(text)
    except (apachelogs.Error, ValueError) as error:
        raise UsageError(
            f"'{text}' is not a LogFormat: {error}",
            f"copy it from Apache's configuration, or name one of {', '.join(NAMES)}",
        ) from None
    return text


@cache
def _parser(text: str) -> apachelogs.LogParser:
    return apachelogs.LogParser(NAMES.get(text, text))


def parse(text: str, context: Context) -> Ocsf:
    try:
        entry = _parser(context.log_format).parse(text)
    except apachelogs.InvalidEntryError as error:
        raise Unparsed("no line of the LogFormat") from error
    found = entry.directives
    moment = entry.request_time if hasattr(entry, "request_time") else None
    if not isinstance(moment, datetime):
        raise Unparsed("a LogFormat without a time")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=context.zone)
    headers = {
        name.lower(): as_text(value) for name, value in getattr(entry, "headers_in", {}).items()
    }
    agents = {"user_agent": headers.pop("user-agent", ""), "referrer": headers.pop("referer", "")}
    user = _first(found, "%u")
    kept = {
        name: str(value)
        for name, value in found.items()
        if value is not None and name not in MAPPED and not name.startswith(("%t", "%{"))
    }
    kept |= {f"header.{name}": value for name, value in headers.items() if value}
    parts = (_first(found, name) for name in ("%m", "%U", "%q", "%H"))
    line = _first(found, "%r") or "{} {}{} {}".format(*parts)
    return web.access(
        moment,
        endpoint(_first(found, "%{c}a", "%a", "%h")),
        endpoint(_first(found, "%v", "%V"), _first(found, "%p")),
        line.strip(),
        (_first(found, "%>s", "%s"), _first(found, "%B", "%b", "%O")),
        agents,
        {**kept, **({"user": user} if user else {})},
        context,
    )


def _first(found: dict[str, object], *names: str) -> str:
    return next((str(found[name]) for name in names if found.get(name) is not None), "")
