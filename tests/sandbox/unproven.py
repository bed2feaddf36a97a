"""Wires that no drill breaks, each with the reason in words; one without a reason is a failure."""

from __future__ import annotations

from fnmatch import fnmatchcase

from tests.sandbox.wires import Wire

ADMINISTERS = "the account itself: a key that nobody may administer is never mended"
NEVER_CUT = (ADMINISTERS,)
"""Of these, what would never be mended is not even tried."""

_WORKERS = "workers on other machines are not set up: tests/modules/test_runner.py runs them"
_SIEM = "no SIEM is set up: tests/sandbox/test_siem.py applies one with these roles"
_LAKE = "Security Lake is not set up: tests/sandbox/test_security_lake.py does it with these roles"
MODULES: dict[str, str] = {
    "ci_roles": "no CI is set up: tests/modules/test_apply.py enters by them, and by wrong ones",
    "finding_router": "no team has a webhook, and nothing is traced",
    "lake_queries": _LAKE,
    "log_archive": _SIEM,
    "log_destination": "log groups are not forwarded: tests/sandbox/test_log_forwarding.py does it",
    "log_forwarding": "log groups are not forwarded: tests/sandbox/test_log_forwarding.py does it",
    "onprem_log_source": _LAKE,
    "orchestrator_roles": (
        "the boundary, which allows nothing by itself; and what lakes, SIEMs and log groups need, "
        "in the tests of these"
    ),
    "runner_roles": _WORKERS,
    "runner": _WORKERS,
    "security_lake": _LAKE,
    "siem_ingestion": _SIEM,
    "siem_opensearch": _SIEM,
    "siem_opensearch_serverless": _SIEM,
    "team_notifications": "no team is told in a chat, which the sandbox has none of",
}
"""Modules of which the drill rolls out nothing, or not every statement, and why."""

UNASKED = "the sandbox does not ask for a key when a role reads an encrypted object"
_SECURITY = ":200000000002:role/"
REASONS: tuple[tuple[str, str, str, str], ...] = (
    ("key", "*", "AccountAdministers", ADMINISTERS),
    ("key", "*", "Enable IAM User Permissions", ADMINISTERS),
    (
        *("permission", "*role/orchestrator-remediation", "*"),
        "no finding of the drill needs it: tests/sandbox/test_remediations.py fixes one of each "
        "control, and finds every word of these permissions used",
    ),
    (
        *("*", "*", "Readers*"),
        "lets roles of the security account read: people's own, and a SIEM's; there are none here",
    ),
    (
        *("*", "*role/orchestrator-config-organization", "*"),
        "AWS Config asks by it whose recorders are to be gathered; the sandbox gathers none",
    ),
    ("permission", "*", "UsesTheStateKey", UNASKED),
    ("key", "*:200000000001:*", "disabled", UNASKED),
    ("key", "*:200000000001:*", "to be deleted", UNASKED),
    (
        *("key", "*", "CloudTrailDescribes"),
        "CloudTrail looks at the key when a trail is made or changed; in the sandbox it does not",
    ),
    ("permission", "*role/orchestrator-investigate", "DecryptsLogs", UNASKED),
    ("permission", f"*{_SECURITY}*", "PassesChatbotRoles", MODULES["team_notifications"]),
    (
        *("permission", f"*{_SECURITY}*", "Forwarding*"),
        "for a security account that forwards changes made by hand itself; this one does not",
    ),
    (
        *("permission", f"*{_SECURITY}*", "DriftListsAlarms"),
        "for a security account with the queue and without the function, which lists alarms, too",
    ),
    (
        *("permission", f"*{_SECURITY}*", "RouterLendsKeys"),
        "DynamoDB wants the key of who makes a table with it, and the drill makes none again: "
        "tests/sandbox/test_store_keys.py does",
    ),
    (
        *("bucket", "*-access", "ServerAccessLogs"),
        "S3 says nowhere that it could not write an access log; the sandbox writes none",
    ),
)
"""Kind, holder and name, the first that fits, and why."""


ELSEWHERE = "the same statement of the same role is broken, and noticed, in another account"


def reason(wire: Wire) -> str:
    """Why nobody has seen what stops without it; '' when that is not known."""
    for kind, holder, name, why in REASONS:
        asked = ((wire.kind, kind), (wire.holder, holder), (wire.name, name))
        if all(fnmatchcase(value, pattern) for value, pattern in asked):
            return why
    return ""
