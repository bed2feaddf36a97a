"""What the dashboards show, as a table. Queries are Lucene's, of fields and values alone."""

from __future__ import annotations

from dataclasses import dataclass

WHO = ("cloud.account.uid", "cloud.region", "actor.user.uid", "src_endpoint.ip")


@dataclass(frozen=True, slots=True)
class Search:
    """Events, newest first, with these columns."""

    name: str
    title: str
    query: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """How many by the values of a field: as a table, or over time."""

    name: str
    title: str
    query: str
    field: str
    over_time: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard: its charts, then its searches."""

    name: str
    title: str
    says: str
    charts: tuple[Chart, ...]
    searches: tuple[Search, ...]


FAILED = "class_uid:2003 AND compliance.status:(FAILED OR Fail)"
SIGN_INS = "class_uid:3002"
REFUSED = "class_uid:4001 AND activity_id:5"
FIXED = "class_uid:(3001 OR 6003) AND actor.session.issuer:*\\/orchestrator-remediation"

BOARDS = (
    Board(
        "findings",
        "Findings",
        "What Security Hub and GuardDuty have found, and where.",
        (
            Chart("severity", "by severity", "class_uid:(2002 OR 2003 OR 2004)", "severity", True),
            Chart("account", "failed, by account", FAILED, "cloud.account.uid"),
            Chart("control", "failed, by control", FAILED, "compliance.control"),
            Chart("detection", "detections, by title", "class_uid:2004", "finding_info.title"),
        ),
        (
            Search(
                "failed",
                "failed controls",
                FAILED,
                (
                    *("severity", "compliance.control", "finding_info.title", "cloud.account.uid"),
                    *("cloud.region", "resource.uid"),
                ),
            ),
            Search(
                "detections",
                "detections",
                "class_uid:2004",
                (*("severity", "finding_info.title", "cloud.account.uid"), "resources.uid"),
            ),
        ),
    ),
    Board(
        "sign-ins",
        "Sign-ins",
        "Who signs in, from where, and who does not get in.",
        (
            Chart("status", "by result", SIGN_INS, "status", True),
            Chart("user", "failed, by user", f"{SIGN_INS} AND status_id:2", "user.name"),
            Chart("address", "by address", SIGN_INS, "src_endpoint.ip"),
        ),
        (
            Search(
                "root",
                "of root users",
                f"{SIGN_INS} AND user.type:Root",
                (*WHO, "status", "is_mfa"),
            ),
            Search(
                "without-mfa",
                "without a second factor",
                f"{SIGN_INS} AND status_id:1 AND is_mfa:false",
                ("user.name", "user.uid", *WHO),
            ),
            Search("failed", "failed", f"{SIGN_INS} AND status_id:2", ("user.name", *WHO)),
        ),
    ),
    Board(
        "network",
        "Network",
        "Refused traffic, and names that were asked for.",
        (
            Chart("refused", "refused, by port", REFUSED, "dst_endpoint.port", True),
            Chart("source", "refused, by source", REFUSED, "src_endpoint.ip"),
            Chart("names", "queries, by name", "class_uid:4003", "query.hostname"),
        ),
        (
            Search(
                "refused",
                "refused traffic",
                REFUSED,
                (*("cloud.account.uid", "src_endpoint.ip"), "dst_endpoint.ip", "dst_endpoint.port"),
            ),
            Search(
                "unknown-names",
                "names that do not exist",
                "class_uid:4003 AND rcode_id:3",
                ("cloud.account.uid", "src_endpoint.ip", "query.hostname", "query.type"),
            ),
        ),
    ),
    Board(
        "remediation",
        "Remediation",
        "What remediation has changed, and what was refused to it.",
        (
            Chart("operation", "changes, by call", FIXED, "api.operation", True),
            Chart("account", "changes, by account", FIXED, "cloud.account.uid"),
        ),
        (
            Search(
                "changes",
                "changes",
                f"{FIXED} AND NOT activity_id:2",
                ("api.operation", "cloud.account.uid", "cloud.region", "resources.uid", "status"),
            ),
            Search(
                "refused",
                "refused calls",
                f"{FIXED} AND status_id:2",
                ("api.operation", "api.response.error", "cloud.account.uid", "cloud.region"),
            ),
        ),
    ),
)
