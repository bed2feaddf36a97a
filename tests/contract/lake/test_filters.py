"""Any filter finds in every engine what it means, and nothing else: filters that nobody wrote."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.logs.event import Event, event
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.lake.engine import ParquetLake, RawLake
from orchestrator.logs.lake.filters import (
    OF_EVENT,
    Changing,
    Every,
    Failed,
    Filter,
    Has,
    Is,
    Not,
    Some,
    Within,
)
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import Lake, Question, Where, Window
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from tests.cloudtrail import START, Record, Stream, record, shapes
from tests.contract.lake.test_lake import in_files
from tests.memory_lake import MemoryLake

WINDOW = Window(START, START + timedelta(days=3))
ODD = ("Straße", "İstanbul", "K", "ﬁle", "%_*?\\", "o'brien\" --", "ΣΑΣ", "a\tb", "e\u0301", "{}")
"""Letters whose case is more than one, or that mean something to an engine."""


def records() -> list[Record]:
    shaped = [{**each, "eventID": f"shape-{n:04d}"} for n, each in enumerate(shapes().values())]
    odd = [
        record(
            "CreateTags",
            eventID=f"odd-{number}",
            userAgent=f"agent {text}/1",
            errorCode=text if number % 2 else None,
            requestParameters={"name": text, "on": [True, 1.5, None]},
            responseElements={"id": text.upper()},
            sourceIPAddress=("2001:db8::1", "192.0.2.9", "iam.amazonaws.com")[number % 3],
        )
        for number, text in enumerate(ODD)
    ]
    return [*Stream(60, days=1, accounts=1).records(), *shaped, *odd]


EVENTS: tuple[Event, ...] = tuple(event(to_ocsf(each)) for each in records())


def _texts(field: str) -> list[str]:
    """What events have there, parts of it, and what none has."""
    whole = {value for each in EVENTS for value in OF_EVENT[field](each)}
    parts = {value[i : i + 7] for value in whole for i in (0, len(value) // 2) if value}
    return sorted(whole | parts | set(ODD) | {"", "nowhere"})


TEXTS = {field: _texts(field) for field in OF_EVENT}
NETWORKS = [
    *("198.51.100.0/24", "198.51.100.7/32", "0.0.0.0/0", "10.0.0.0/8", "192.0.2.8/30"),
    *("2001:db8::/32", "::/0", "::1/128"),
]


@st.composite
def plain(draw: st.DrawFn) -> Filter:
    field = draw(st.sampled_from(sorted(OF_EVENT)))
    text = st.sampled_from(TEXTS[field])
    if draw(st.booleans()):
        return Is(field, tuple(draw(st.lists(text, min_size=1, max_size=3))))
    sought = draw(text)
    return Has(field, draw(st.sampled_from((sought, sought.upper(), sought.lower()))))


LEAVES = st.one_of(
    plain(),
    st.sampled_from(NETWORKS).map(lambda text: Within(ip_network(text))),
    st.just(Failed()),
    st.just(Changing()),
)


def _joined(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(some.map(Every), some.map(Some), inner.map(Not))


FILTERS = st.recursive(LEAVES, _joined, max_leaves=6)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lake]:
    folder: Path = tmp_path_factory.mktemp("filters")
    files = in_files(folder / "trail", records())
    counts = ingest_trail(files, folder / "lake")
    assert counts.lost == 0
    return {
        "parquet": ParquetLake(LocalObjects(folder / "lake")),
        "raw": RawLake(LocalObjects(folder / "trail")),
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wanted=FILTERS)
def test_a_filter_finds_the_same_in_every_engine(engines: dict[str, Lake], wanted: Filter) -> None:
    question = Question(Where(wanted), WINDOW, limit=10_000)
    expected = MemoryLake(EVENTS).ask(question)

    for name, lake in engines.items():
        found = lake.ask(question)
        assert [each.uid for each in found.events] == [each.uid for each in expected.events], name


@pytest.mark.parametrize("text", ODD)
def test_letters_of_any_case_are_found(engines: dict[str, Lake], text: str) -> None:
    for field in ("user_agent", "request"):
        for sought in (text, text.upper(), text.lower()):
            question = Question(Where(Has(field, sought)), WINDOW)
            expected = MemoryLake(EVENTS).ask(question)
            for name, lake in engines.items():
                found = [each.uid for each in lake.ask(question).events]
                assert found == [each.uid for each in expected.events], (name, field, sought)
