"""Writes the tables of docs/scale.md again: python -m docs.scale.generate [bench_fleet.json]."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from docs.scale import figures, prices, quotas
from docs.scale.model import (
    MONTHLY,
    Figures,
    Fleet,
    Kind,
    Workers,
    cost,
    estimate,
    exceeded,
    monthly,
    workers_for,
)

PAGE = Path(__file__).parents[1] / "scale.md"
SIZES = (500, 5_000, 50_000)
COUNTS = (1, 4, 20, 100, 500)
HOURS: Mapping[Kind, float] = {Kind.PLAN: 1.0, Kind.APPLY: 4.0, Kind.DRIFT: 1.0}
"""What a platform team waits for: a plan and a search for drift within an hour."""

RESOURCES = 45
"""Of an account with all that the stacks can make, in two regions."""

TABLE = re.compile(r"(<!-- table: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main(arguments: list[str]) -> None:
    """With a file of measured figures, these are kept and used from then on."""
    if arguments:
        figures.keep(figures.measured(Path(arguments[0])))
    PAGE.write_text(written(PAGE.read_text("utf-8"), figures.kept()), "utf-8")


def written(page: str, found: Figures) -> str:
    """The page with its tables as the model has them."""
    return TABLE.sub(lambda m: m[1] + "\n".join(TABLES[m["name"]](found)) + "\n" + m[3], page)


def fleet(accounts: int) -> Fleet:
    return Fleet(accounts, regions=2, resources=RESOURCES)


def measured(found: Figures) -> Iterator[str]:
    yield "| step | CPU seconds for an account |"
    yield "|---|---|"
    for kind in Kind:
        yield f"| {kind} | {found.cpu(kind):.2f} |"
    yield ""
    yield f"Measured with: {found.origin}."


def durations(found: Figures) -> Iterator[str]:
    yield "| accounts | run | " + " | ".join(f"{count} workers" for count in COUNTS) + " |"
    yield "|---|---|" + "---|" * len(COUNTS)
    for accounts in SIZES:
        for kind in Kind:
            runs = (estimate(kind, fleet(accounts), Workers(c), found) for c in COUNTS)
            yield f"| {accounts:,} | {kind} | " + " | ".join(_time(r.seconds) for r in runs) + " |"


def bottlenecks(found: Figures) -> Iterator[str]:
    yield "| accounts | run | workers | takes | held up by | after that | cannot be had |"
    yield "|---|---|---|---|---|---|---|"
    for accounts in SIZES:
        for kind, hours in HOURS.items():
            size = fleet(accounts)
            workers = workers_for(kind, size, hours, found) or Workers(COUNTS[-1])
            run = estimate(kind, size, workers, found)
            ceilings = "; ".join(each.name for each in exceeded(size, workers)) or "-"
            yield (
                f"| {accounts:,} | {kind} | {workers.count} | {_time(run.seconds)} "
                f"| {run.bottleneck} | {run.next_limit} | {ceilings} |"
            )


def costs(found: Figures) -> Iterator[str]:
    yield "| accounts | plan | apply | drift | a month |"
    yield "|---|---|---|---|---|"
    for accounts in SIZES:
        size = fleet(accounts)
        workers = {
            kind: workers_for(kind, size, hours, found) or Workers(COUNTS[-1])
            for kind, hours in HOURS.items()
        }
        each = [f"{cost(kind, size, workers[kind], found):,.2f}" for kind in Kind]
        yield f"| {accounts:,} | {' | '.join(each)} | {monthly(size, workers, found):,.0f} |"
    often = ", ".join(f"{times} times {kind}" for kind, times in MONTHLY.items())
    yield ""
    yield f"USD at list prices of {prices.REGION}, {prices.AS_OF}; a month has {often}."


def limits(_: Figures) -> Iterator[str]:
    yield "| what | limit | source |"
    yield "|---|---|---|"
    for name, rate in sorted(vars(quotas).items()):
        if isinstance(rate, quotas.Rate):
            what = name.replace("_", " ").lower()
            yield f"| {what} | {rate.a_second:,.0f} a second | {rate.source} |"
    for each in quotas.CEILINGS:
        yield f"| {each.name} | {each.most:,} | {each.source} |"


def _time(seconds: float) -> str:
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


TABLES: Mapping[str, Callable[[Figures], Iterator[str]]] = {
    "measured": measured,
    "durations": durations,
    "bottlenecks": bottlenecks,
    "costs": costs,
    "limits": limits,
}

if __name__ == "__main__":
    main(sys.argv[1:])
