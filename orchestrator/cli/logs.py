"""`logs`: files of logs into a lake."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from orchestrator.cli.lake_setup import lake_setup
from orchestrator.cli.log_reports import log_cost, log_coverage
from orchestrator.cli.siem import siem_setup
from orchestrator.cli.stream_code import stream_code
from orchestrator.errors import UsageError
from orchestrator.logs.ingest.batch import Counts
from orchestrator.logs.ingest.logfiles import FORMATS, Settings, ingest_logs, ingest_stream
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.ocsf.classes import ocsf_class
from orchestrator.model.exit_code import ExitCode

VERSION = 1
CLOUDTRAIL = "cloudtrail"
BEGINNING = 65536


@click.group(short_help="Collect logs, and bring them into a lake.")
def logs() -> None:
    """Collect logs: what is forwarded, what it costs, where it is searched, and files of logs."""


logs.add_command(lake_setup)
logs.add_command(log_coverage)
logs.add_command(log_cost)
logs.add_command(siem_setup)
logs.add_command(stream_code)


@logs.command(short_help="Read files of logs into a lake.")
@click.argument("files", nargs=-1, required=True, metavar="FILES|FOLDERS|-")
@click.option("--lake", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["auto", CLOUDTRAIL, *FORMATS]), default="auto")
@click.option("--source", default="onprem", help="What the source is called in the lake.")
@click.option("--timezone", "zone", default="UTC", help="Of times that say none: Europe/Berlin.")
@click.option("--account", default="000000000000", help="The account the source is kept under.")
@click.option("--region", default="local", help="The region the source is kept under.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def ingest(
    files: tuple[str, ...],
    lake: Path,
    form: str,
    source: str,
    zone: str,
    account: str,
    region: str,
    as_json: bool,
) -> int:
    """Read logs, gzip or not, into the folder of a lake: CloudTrail, syslog, Windows Security and
    Sysmon, auditd, sshd, Apache and nginx, CEF.

    Each record is an event in the lake or in its quarantine, with the reason. Run it again with
    the same files, and only what is new in them is read.

    \b
    orchestrator logs ingest /var/log/auth.log --lake ./lake --timezone Europe/Berlin
    orchestrator logs ingest trail/ --format cloudtrail --lake ./lake
    """
    settings = Settings(source, form, _zone(zone), datetime.now(UTC), account, region)
    counts = Counts()
    if "-" in files:
        counts.add(ingest_stream(sys.stdin.buffer, lake, settings))
    found = _files([name for name in files if name != "-"])
    trails = [file for file in found if form == CLOUDTRAIL or (form == "auto" and _is_trail(file))]
    if trails:
        counts.add(ingest_trail(trails, lake))
    others = [file for file in found if file not in set(trails)]
    if others:
        counts.add(ingest_logs(others, lake, settings))
    click.echo(_json(counts) if as_json else "\n".join(_text(counts, lake)))
    return ExitCode.DONE if counts.lost == 0 else ExitCode.BUG


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"'{name}' is not a time zone", "name one of the IANA database, such as Europe/Berlin"
        ) from None


def _files(names: Sequence[str]) -> list[Path]:
    """The files named, and all below the folders named."""
    found: list[Path] = []
    for name in names:
        path = Path(name)
        if not path.exists():
            raise UsageError(
                f"{name}: no such file or folder", "name files of logs, or - for stdin"
            )
        found += sorted(f for f in path.rglob("*") if f.is_file()) if path.is_dir() else [path]
    return found


def _is_trail(file: Path) -> bool:
    """Whether it begins as CloudTrail's files do."""
    try:
        with file.open("rb") as stream:
            head = stream.read(BEGINNING)
        if head[:2] == b"\x1f\x8b":
            head = zlib.decompressobj(31).decompress(head, BEGINNING)
    except (OSError, zlib.error, gzip.BadGzipFile):
        return False
    return head.lstrip()[:1] == b"{" and b'"Records"' in head[:200]


def _text(counts: Counts, lake: Path) -> list[str]:
    again = f", {counts.known} of them known already" if counts.known else ""
    lines = [
        f"{counts.read} records of {counts.files} files{again}: "
        f"{counts.total} events, {counts.quarantined.total()} quarantined"
    ]
    for uid, number in sorted(counts.events.items()):
        lines.append(f"  {number:>9}  {ocsf_class(int(uid)).name} ({uid})")
    for reason, number in counts.quarantined.most_common():
        lines.append(f"  {number:>9}  quarantined: {reason}")
    for flag, number in counts.flagged.most_common():
        lines.append(f"  {number:>9}  {flag}: the time cannot be right; the events are kept")
    if counts.quarantined:
        lines.append(f"the records that are not events are in {lake / 'quarantine'}")
    return lines


def _json(counts: Counts) -> str:
    document = {
        "version": VERSION,
        "files": counts.files,
        "known": counts.known,
        "read": counts.read,
        "events": dict(counts.events),
        "quarantined": dict(counts.quarantined),
        "flagged": dict(counts.flagged),
    }
    return json.dumps(document, indent=2)
