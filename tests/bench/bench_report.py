"""How large the report of many accounts is, and how long it takes to make and to use.

python tests/bench/bench_report.py [FIGURES.json [ACCOUNTS [CONTROLS]]]

Accounts with findings of every control, and 24 months of earlier reports. Where Chromium is found,
the page is loaded and filtered in it; the page stays beside the figures.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from orchestrator import config
from orchestrator.findings.finding import Finding, Severity
from orchestrator.model.facts import Language
from orchestrator.model.history import Point
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Account, Organization
from orchestrator.report.report import MONTHS, Sources, build
from orchestrator.report.scores import settle
from orchestrator.views import report_data
from orchestrator.views.report_page import page

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LARGEST = 8_000_000
"""Bytes: what mail programs take."""
SLOWEST_FILTER = 200
"""Milliseconds from a key to the filtered page."""


def organization(accounts: int) -> Organization:
    """The sample organization, its workloads many times over."""
    sample = config.load(ROOT / "account_configs", date(2026, 11, 1))
    models = [a for a in sample.accounts if a.ou.lower().startswith("workloads")]
    grown = (_like(models[n % len(models)], n) for n in range(accounts - len(sample.accounts)))
    return replace(sample, accounts=(*sample.accounts, *grown))


def _like(model: Account, number: int) -> Account:
    id_ = AccountId(f"4{number:011}")
    return replace(model, id=id_, name=f"{model.name}-{number:03}")


def findings(accounts: tuple[Account, ...], controls: int, month: int) -> Iterator[Finding]:
    """One a control and an account; the later the month, the fewer have failed."""
    dice = Random(month)  # noqa: S311
    for account in accounts:
        for number in range(controls):
            failed = dice.random() < (0.30 - 0.01 * month) * (number % 7) / 6
            yield _finding(account, number, "FAILED" if failed else "PASSED", dice)


def _finding(account: Account, number: int, compliance: str, dice: Random) -> Finding:
    control = f"{('EC2', 'IAM', 'RDS', 'S3')[number % 4]}.{number // 4 + 1}"
    return Finding(
        id=f"arn:aws:securityhub:us-east-1:{account.id}:security-control/{control}/{number:06}",
        product_arn="arn:aws:securityhub:us-east-1::product/aws/securityhub",
        product="Security Hub",
        account=account.id,
        region="us-east-1",
        partition="aws",
        control=control,
        title=f"What {control} asks for should be so",
        description="",
        severity=list(Severity)[number % 5],
        resource=f"arn:aws:ec2:us-east-1:{account.id}:instance/i-{number:017x}",
        resource_type="AwsEc2Instance",
        created=NOW - timedelta(days=dice.randrange(300)),
        updated=NOW,
        compliance=compliance,
    )


def sources(accounts: int, controls: int) -> Sources:
    grown = organization(accounts)
    earlier: tuple[Point, ...] = ()
    for month in range(MONTHS):
        standings = settle(findings(grown.accounts, min(controls, 60), month))
        at = NOW - timedelta(days=30 * (MONTHS - month))
        earlier = (*earlier, build(Sources(grown, standings, at)).point)
    return Sources(grown, settle(findings(grown.accounts, controls, MONTHS)), NOW, earlier=earlier)


FILTER = """async () => {
  const search = document.getElementById('search'), began = performance.now();
  search.value = 'orders';
  search.dispatchEvent(new Event('input'));
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - began;
}"""
LOAD = "performance.timing.loadEventEnd - performance.timing.navigationStart"


def used(file: Path) -> dict[str, float]:
    """Milliseconds, as Chromium tells them; nothing where there is no browser to be driven."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser or not find_spec("playwright"):
        return {}
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = opened.new_page()
        tab.goto(file.absolute().as_uri(), wait_until="load")
        return {"load_ms": tab.evaluate(LOAD), "filter_ms": round(tab.evaluate(FILTER), 1)}


def main(figures: str = "", accounts: str = "500", controls: str = "200") -> int:
    given = sources(int(accounts), int(controls))
    started = time.perf_counter()
    text = page(build(given), Language.ENGLISH)
    made = time.perf_counter() - started
    rows = report_data.as_csv(build(given)).count("\n") - 1
    measures: dict[str, float] = {"bytes": len(text.encode()), "seconds": round(made, 2)}
    with TemporaryDirectory() as private:
        file = Path(figures).with_suffix(".html") if figures else Path(private) / "report.html"
        file.write_text(text, "utf-8")
        measures |= used(file)
    if figures:
        Path(figures).write_text(json.dumps(measures, indent=2) + "\n", "utf-8")
    words = " ".join(f"{name}={value:g}" for name, value in measures.items())
    sys.stdout.write(f"accounts={accounts} controls={controls} findings={rows} {words}\n")
    slow = measures.get("filter_ms", 0) > SLOWEST_FILTER
    return int(slow or measures["bytes"] > LARGEST)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
