"""The parts of an organization that is rolled out, and which of them hang on which wire."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.sandbox.test_remediation import MEMBER, SECURITY
from tests.sandbox.wires import Wire

MANAGEMENT, LOG_ARCHIVE = "200000000001", "200000000003"
ACCOUNTS = (MANAGEMENT, SECURITY, LOG_ARCHIVE, MEMBER)
QUEUE, DEAD, TABLE = (
    "orchestrator-findings",
    "orchestrator-findings-dead",
    "orchestrator-remediation",
)
DRIFT, DRIFT_DEAD = "orchestrator-drift-events", "orchestrator-drift-events-dead"
FIXING = frozenset({"fixed", "resolved"})
HERE = FIXING | {"told"}
THERE = frozenset(f"{part} there" for part in HERE)
WORKING = HERE | THERE
FUNCTION = WORKING | {"ticked"}
TRAILED, RECORDED = frozenset({"trailed"}), frozenset({"recorded", "recorded there"})
DELIVERED, FORWARDED = frozenset({"delivered"}), frozenset({"forwarded"})
ARCHIVE = RECORDED | TRAILED | DELIVERED
ALL = FUNCTION | ARCHIVE | FORWARDED | {"heard"}
"""fixed, told, resolved: what becomes of a finding, the last in Security Hub; there: of another
team's, in another account and region. ticked: the function has said that it was called for what is
due. heard: an alarm reached its topic. trailed: CloudTrail has delivered. recorded: no recorder of
AWS Config has failed, in the account or in others. delivered: no flow log has failed. forwarded: a
change made by hand has come to the queue."""

TOLD, RESOLVED = (frozenset({part, f"{part} there"}) for part in ("told", "resolved"))
MUTE = ARCHIVE | {"heard"}
"""What no alarm watches: `verify` has to say it."""

STOPS: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("queue", f"*:{DRIFT}*", "*", FORWARDED),
    ("queue", "*", "*", WORKING),
    ("bus", "*", "*", FORWARDED),
    ("*", "*role/orchestrator-events-drift", "*", FORWARDED),
    ("topic", "*", "*", frozenset({"heard"})),
    ("function", "*", "Tick", frozenset({"ticked"})),
    ("bucket", "*-cloudtrail", "*", TRAILED),
    ("bucket", "*-config", "*", RECORDED),
    ("bucket", "*-logs", "*", DELIVERED),
    ("key", "*alias/orchestrator-team", "AlarmsSpeak", frozenset({"heard"})),
    ("key", "*alias/orchestrator-team", "*", WORKING - {"fixed", "fixed there"} | {"heard"}),
    ("key", f"*alias/{TABLE}", "EventBridgeSends", WORKING),
    ("key", f"*alias/{TABLE}", "LogsEncrypt", frozenset({"ticked"})),
    ("key", f"*alias/{TABLE}", "*", FUNCTION),
    ("key", f"*:{LOG_ARCHIVE}:*", "CloudTrail*", TRAILED),
    ("key", f"*:{LOG_ARCHIVE}:*", "ConfigDelivers", RECORDED),
    ("key", f"*:{LOG_ARCHIVE}:*", "LogsAreDelivered", DELIVERED),
    ("key", f"*:{LOG_ARCHIVE}:*", "*", ARCHIVE),
    ("*", "*role/orchestrator-events-findings", "*", WORKING),
    ("trust", f"*role/{QUEUE}", "*", FUNCTION),
    ("permission", f"*role/{QUEUE}", "TellsTeams", TOLD),
    ("permission", f"*role/{QUEUE}", "EncryptsMessages", TOLD),
    ("permission", f"*role/{QUEUE}", "NotesOnFindings", RESOLVED),
    ("permission", f"*role/{QUEUE}", "EntersAccounts", WORKING),
    ("permission", f"*role/{QUEUE}", "TakesFindings", WORKING),
    ("permission", f"*role/{QUEUE}", "KeepsStates", WORKING),
    ("permission", f"*role/{QUEUE}", "ReadsTheSwitch", WORKING),
    ("permission", f"*role/{QUEUE}", "WritesLogs", frozenset({"ticked"})),
    ("permission", f"*role/{QUEUE}", "*", FUNCTION),
    ("*", f"*:{MEMBER}:role/orchestrator-remediation", "*", HERE),
    ("*", f"*:{LOG_ARCHIVE}:role/orchestrator-remediation", "*", THERE),
    ("organization", "*", "*", HERE),
    ("service-linked role", "*", "*", frozenset({"recorded"})),
)
"""What may stop without a wire: kind, holder, of a key its alias, and name, the first that fits.
Everything else has to go on. A finding whose fix is refused is told to the team or comes again."""


def stops(wire: Wire, holder: str) -> frozenset[str]:
    """Which parts may stop without the wire; `holder` as in STOPS."""
    for kind, where, name, parts in STOPS:
        asked = ((wire.kind, kind), (holder, where), (wire.name, name))
        if all(fnmatchcase(value, pattern) for value, pattern in asked):
            return parts
    return frozenset()


@dataclass(frozen=True)
class Seen:
    """What a probe saw: what was done of all that should be, and who said that it was not."""

    done: frozenset[str]
    said: frozenset[str]


WHOLE = Seen(ALL, frozenset())
