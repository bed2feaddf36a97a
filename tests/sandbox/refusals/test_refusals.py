"""Input that AWS refuses, all asked of one sandbox: none is accepted, and what is sane is."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

import pytest

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import PAYMENTS_DEV
from tests.sandbox.refusals.generated import generated
from tests.sandbox.refusals.probe import Bench, Case, changed, code_of
from tests.sandbox.refusals.setting import furnish
from tests.sandbox.refusals.tables import CASES


@pytest.fixture(scope="module")
def bench(emptied_sandbox: Sandbox) -> Bench:
    sandbox = emptied_sandbox
    made = Bench(sandbox, PAYMENTS_DEV, sandbox.environment["AWS_REGION"])
    furnish(made)
    return made


def test_what_aws_refuses_is_refused_with_its_code_and_what_is_sane_is_accepted(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    found, wrong = asked(bench, CASES)

    show("by hand, each with its source", found, capsys)
    assert not wrong, "\n".join(wrong)
    assert sum(probes for probes, _ in found.values()) > 400


def test_what_a_service_model_does_not_allow_is_refused_with_the_services_code(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    found, wrong = asked(bench, generated(CASES), first=True)

    show("by machine, from the models", found, capsys)
    assert not wrong, "\n".join(wrong)
    assert sum(probes for probes, _ in found.values()) > 190


Counts = dict[str, tuple[int, int]]
"""Service → probes, and how many of them were accepted."""


def asked(bench: Bench, cases: Iterable[Case], *, first: bool = False) -> tuple[Counts, list[str]]:
    """Ask every probe, then each case's sane request, unless its tables come later (`first`)."""
    probes, accepted, wrong = Counter[str](), Counter[str](), []
    for case in cases:
        client, sane = case.client(bench), case.sane(bench)
        where = f"{case.service}:{case.operation}"
        for what, change, code in case.rows:
            replaced = change(bench) if callable(change) else change
            got = code_of(client, case.operation, changed(sane, replaced))
            probes[case.service] += 1
            accepted[case.service] += not got
            if got != code:
                wrong.append(f"{where} {what}: {got or 'accepted'}, not {code}")
        if not first and (got := code_of(client, case.operation, case.sane(bench))):
            wrong.append(f"{where} sane request: {got}")
    return {name: (probes[name], accepted[name]) for name in sorted(probes)}, wrong


def show(title: str, found: Counts, capsys: pytest.CaptureFixture[str]) -> None:
    every = (sum(asked for asked, _ in found.values()), sum(taken for _, taken in found.values()))
    rows = [f"\n{title}", f"{'service':<16}{'probes':>8}{'refused':>9}{'accepted':>10}"]
    for name, (asked_of, taken) in {**found, "all": every}.items():
        rows.append(f"{name:<16}{asked_of:>8}{asked_of - taken:>9}{taken:>10}")
    with capsys.disabled():
        sys.stdout.write("\n".join(rows) + "\n")
