"""`logs coverage` and `logs cost`: what is collected of each account, and what it is billed by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.logs.costs import METERS, NODES, Covered, Estimate, Used, estimate, everywhere
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode

VERSION = 1
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("coverage", short_help="Say which logs are not collected.")
@click.option("--all", "every", is_flag=True, help="Also those that are, and where they go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, of all logs.")
@click.pass_obj
def log_coverage(project: Project, every: bool, as_json: bool) -> int:
    """Say of each account which logs stay where they are, and why. Reads account_configs/ alone.

    \b
    orchestrator logs coverage
    orchestrator logs coverage --all
    """
    found = everywhere(config.load(project.configs, dates.today()))
    if as_json:
        document = {"version": VERSION, "logs": [asdict(each) for each in found]}
        click.echo(json.dumps(document, indent=2))
        return ExitCode.DONE
    for each in found:
        if every or not each.to:
            click.echo(_line(each))
    click.echo(f"{sum(not each.to for each in found)} of {len(found)} logs are not collected")
    return ExitCode.DONE


@click.command("cost", short_help="Estimate what collecting logs is billed by.")
@click.option("--prices", "file", type=FILE, help="JSON: dollars by meter, of your regions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def log_cost(project: Project, file: Path | None, as_json: bool) -> int:
    """Estimate a month from the volumes in logs.volumes: how much of what AWS bills, by account,
    and the dollars where --prices has one. Logs without a volume are named.

    \b
    orchestrator logs cost
    orchestrator logs cost --prices prices.json
    """
    organization = config.load(project.configs, dates.today())
    found = estimate(organization, _prices(file) if file else {})
    if as_json:
        click.echo(json.dumps(_document(found), indent=2))
    else:
        click.echo("\n".join(_text(found)))
    return ExitCode.DONE


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


def _line(covered: Covered) -> str:
    where = ", ".join(covered.to) or "stays"
    return f"{covered.account:<20} {covered.source:<17} {where:<18} {covered.why}".rstrip()


def _text(found: Estimate) -> Iterator[str]:
    for each in found.used:
        yield _used(each)
    if not found.used:
        yield "nothing that is collected has a volume"
    yield f"{'together':<20} {found.usd:>12.2f} USD a month"
    for meter in found.unpriced:
        yield f"no price of {meter}: {METERS.get(meter, 'hours of nodes')}"
    for name in found.unmeasured:
        yield f"no volume of {name}: give it in logs.volumes"


def _used(each: Used) -> str:
    dollars = "" if each.usd is None else f"{each.usd:.2f} USD"
    return f"{each.account:<20} {each.quantity:>12.1f} {each.meter:<34} {dollars}".rstrip()


def _document(found: Estimate) -> dict[str, object]:
    return {
        "version": VERSION,
        "used": [asdict(each) for each in found.used],
        "usd": found.usd,
        "unpriced": list(found.unpriced),
        "unmeasured": list(found.unmeasured),
    }
