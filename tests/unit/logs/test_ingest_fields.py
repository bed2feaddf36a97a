"""The tables of fields in the documentation, held against what the parsers make of records."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.logs.ingest.formats.parser import Context
from orchestrator.logs.ingest.logfiles import parse
from orchestrator.logs.ingest.records import Raw, records
from orchestrator.logs.ocsf.classes import COLUMNS
from tests.unit.logs.test_ingest_cases import CASES, HOST_LINES
from tests.unit.logs.test_ingest_logs import LINES, paths

PAGE = Path(__file__).parents[3] / "docs/how-to/bring-on-premises-logs.md"
NOW = datetime(2026, 11, 30, tzinfo=UTC)
OF_ALL = re.compile(
    r"(activity|category|class|type)_(id|name|uid)|severity_id|status_id|time|time_dt|message"
    r"|metadata\.(version|profiles|labels|product\..*|log_name|event_code|correlation_uid)"
    r"|.*\.type_id|.*endpoint\.name"
)
"""What every event has, and names of what is not known."""

OF_PRODUCT = {
    "sshd, PAM, su, sudo and users": ("sshd", "sudo", "su", "shadow", "login", "pam_"),
    "auditd": ("auditd",),
    "Windows": ("Sysmon", "Windows"),
    "Access logs": ("access log",),
}
SAMPLES = [text for text, _, _ in (*LINES.values(), *HOST_LINES.values())] + [
    raw.text
    for name in ("auditd-execve.log", "auditd-names.log", "windows-times.json")
    for raw in records((CASES / name).open("rb"))
]


def documented(title: str) -> set[str]:
    text = PAGE.read_text("utf-8").partition(f"### {title}\n")[2].partition("\n#")[0]
    cells = [line.rsplit("|", 2)[1] for line in text.splitlines() if line.startswith("| ")]
    return {path for cell in cells for path in re.findall(r"`([a-z_.]+)`", cell)}


@pytest.mark.parametrize("title", [*OF_PRODUCT, "CEF"])
def test_every_field_of_the_tables_is_a_column_of_the_lake(title: str) -> None:
    columns = {path for uid in COLUMNS for path in COLUMNS[uid]}

    assert documented(title) - columns == set()
    assert documented(title)


@pytest.mark.parametrize("title", OF_PRODUCT)
def test_every_field_that_a_parser_fills_is_in_its_table(title: str) -> None:
    filled: set[str] = set()
    for text in SAMPLES:
        event = parse(Raw(text, 1), "auto", Context(UTC, NOW, NOW))
        product = str(event["metadata"]["product"]["name"])  # type: ignore[index]
        if event["class_uid"] and product.startswith(OF_PRODUCT[title]):
            filled |= {path for path in paths(event) if not path.startswith("unmapped")}

    assert {path for path in filled if not OF_ALL.fullmatch(path)} - documented(title) == set()
