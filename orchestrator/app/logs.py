"""`logs`: files of logs into a lake, what is collected, what it costs, where it is searched."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import UsageError
from orchestrator.logs.auto_enable import Change, settle
from orchestrator.logs.costs import METERS, NODES, Covered, Estimate, estimate, everywhere
from orchestrator.logs.ingest.batch import Counts
from orchestrator.logs.ingest.kinds import Kind, kind_of
from orchestrator.logs.ingest.log_format import checked
from orchestrator.logs.ingest.logfiles import Settings, ingest_logs, ingest_stream
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.siem.indices import Keeping
from orchestrator.logs.siem.objects import files as siem_files
from orchestrator.logs.siem.setup import Done, Plan, set_up
from orchestrator.logs.stream import deployment
from orchestrator.model import dates
from orchestrator.render.bundle import zipped

CLOUDTRAIL = "cloudtrail"


def ingest(names: Sequence[str], given: BinaryIO, lake: Path, settings: Settings) -> Counts:
    """Read files and folders of logs, and what is `given` for '-', into the folder of a lake.

    Raises UsageError.
    """
    counts, form = Counts(), settings.format
    if "-" in names:
        counts.add(ingest_stream(given, lake, settings, wiring.process_pool))
    trails: list[Path] = []
    others: list[Path] = []
    for file in _files([name for name in names if name != "-"]):
        kind = _kind(file, form)
        if kind.passed:
            counts.files += 1
            counts.passed[kind.passed] += 1
        else:
            (trails if kind.trail else others).append(file)
    if trails:
        counts.add(ingest_trail(trails, lake))
    if others:
        counts.add(ingest_logs(others, lake, settings, wiring.process_pool))
    return counts


def _kind(file: Path, form: str) -> Kind:
    """What the file is taken for. A format that was named decides; but of what is no JSON at all,
    nothing can be CloudTrail's.
    """
    kind = kind_of(file)
    if form == CLOUDTRAIL and not kind.passed:
        empty = file.stat().st_size == 0
        return Kind(trail=True) if kind.json or empty else Kind(passed="no file of CloudTrail")
    return kind if form in ("auto", CLOUDTRAIL) else Kind()


def settings(
    source: str, form: str, zone: str, account: str, region: str, log_format: str = ""
) -> Settings:
    """What is known of the logs beforehand, as of now. Raises UsageError."""
    if log_format:
        if form not in ("auto", "web"):
            raise UsageError(
                f"--log-format is for access logs, not for {form}", "leave --format out"
            )
        form, log_format = "web", checked(log_format)
    now = datetime.now(UTC)
    return Settings(source, form, _zone(zone), now, account, region, log_format)


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


def stream_code(file: Path) -> str:
    """Write the zip of the function that reads a stream of logs; its digest in Base64."""
    content = zipped(deployment.files())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def lake_setup(project: Project, *, write: bool) -> Change:
    """What Security Lake is to collect from new accounts, and does not yet. Raises AwsDenied."""
    organization = config.load(project.configs, dates.today())
    lake = wiring.auto_enable(organization.facts.home_region, environment(project))
    return settle(lake, organization, write=write)


def coverage(project: Project) -> tuple[Covered, ...]:
    """Where the logs of each account go, or why they stay."""
    return tuple(everywhere(config.load(project.configs, dates.today())))


def cost(project: Project, prices: Path | None) -> Estimate:
    """What a month of logs is billed by. `prices` has dollars by meter. Raises UsageError."""
    organization = config.load(project.configs, dates.today())
    return estimate(organization, _prices(prices) if prices else {})


def _prices(file: Path) -> dict[str, float]:
    try:
        said = json.loads(file.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise UsageError(f"{file}: {error}", 'write it as {"delivery_gb": 0.25}') from None
    for meter, price in said.items() if isinstance(said, dict) else [("", None)]:
        if meter not in METERS and not meter.startswith(NODES):
            known = ", ".join([*METERS, f"{NODES}<type>"])
            raise UsageError(f"{file}: '{meter}' is not a meter", f"use some of {known}")
        if isinstance(price, bool) or not isinstance(price, int | float) or price < 0:
            raise UsageError(
                f"{file}: {meter}: '{price}' is not a price", "write a number of dollars"
            )
    return {meter: float(price) for meter, price in said.items()}


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain, or a collection of OpenSearch Serverless."""

    endpoint: str | None
    region: str | None
    serverless: bool


def siem_setup(project: Project, domain: Domain, plan: Plan, *, write: bool) -> Iterator[Done]:
    """What a domain or collection needs, step by step as it is done. Raises UsageError."""
    if not domain.endpoint or not domain.region:
        raise UsageError("where is it?", "give --endpoint and --region, or --write a folder")
    service = "aoss" if domain.serverless else "es"
    target = wiring.siem(domain.endpoint, domain.region, service, environment(project))
    yield from set_up(target, plan, write=write)


def siem_written(folder: Path, keeping: Keeping) -> Iterator[Path]:
    """The same as files, offline."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in siem_files(keeping).items():
        (folder / name).write_text(text, "utf-8")
        yield folder / name
