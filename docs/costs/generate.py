"""Writes the tables of docs/costs.md, and the prices of logs: python -m docs.costs.generate."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from docs.costs.model import ASSUMED, ITEMS, Part, total
from docs.costs.prices import AS_OF, PRICES, Price
from docs.scale import figures
from docs.scale.generate import HOURS, TABLE, fleet
from docs.scale.model import Kind, Workers, monthly, workers_for
from orchestrator.logs.costs import METERS, NODES

PAGE = Path(__file__).parents[1] / "costs.md"
LOG_PRICES = Path(__file__).with_name("log-prices.json")
SIZES = (100, 500)


def main() -> None:
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
    LOG_PRICES.write_text(log_prices(), "utf-8")


def written(page: str) -> str:
    """The page with its tables as prices and assumptions have them."""
    return TABLE.sub(lambda m: m[1] + "\n".join(TABLES[m["name"]]()) + "\n" + m[3], page)


def log_prices() -> str:
    """What `orchestrator logs cost --prices` takes."""
    kept = {name: p.usd for name, p in PRICES.items() if name in METERS or name.startswith(NODES)}
    return json.dumps(kept, indent=2) + "\n"


def totals() -> Iterator[str]:
    yield "| what is on | " + " | ".join(f"{size:,} accounts" for size in SIZES) + " |"
    yield "|---|" + "---|" * len(SIZES)
    for part in Part:
        yield f"| {part} | " + " | ".join(f"{_month(part, size):,.0f}" for size in SIZES) + " |"
    yield ""
    yield f"USD a month at list prices as known in {AS_OF}; no discounts, taxes or free tiers."


def items() -> Iterator[str]:
    yield "| part | what | an account uses | beside accounts | USD for one | 100 accounts |"
    yield "|---|---|---|---|---|---|"
    for item in ITEMS:
        each, once = (_amount(n) if n else "-" for n in (item.each, item.once))
        usd = f"{item.usd(100):,.2f}"
        price = _number(PRICES[item.price])
        yield f"| {item.part} | {item.what} | {each} | {once} | {price} | {usd} |"


def assumptions() -> Iterator[str]:
    yield "| an account and month | |"
    yield "|---|---|"
    for amount, what in ASSUMED.values():
        yield f"| {_amount(amount)} | {what} |"


def prices() -> Iterator[str]:
    yield "| USD | for one | price page of | region |"
    yield "|---|---|---|---|"
    for each in PRICES.values():
        yield f"| {_number(each)} | {each.unit} | {each.source} | {each.region} |"


def _month(part: Part, accounts: int) -> float:
    if part is not Part.RUNNER:
        return total(part, accounts)
    found = figures.kept()
    size = fleet(accounts)
    workers = {
        kind: workers_for(kind, size, hours, found) or Workers(1) for kind, hours in HOURS.items()
    }
    return monthly(size, {kind: workers[kind] for kind in Kind}, found)


def _amount(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")


def _number(price: Price) -> str:
    return f"{price.usd:.10f}".rstrip("0").rstrip(".")


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "totals": totals,
    "items": items,
    "assumptions": assumptions,
    "prices": prices,
}

if __name__ == "__main__":
    main()
