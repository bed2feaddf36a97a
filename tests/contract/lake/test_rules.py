"""Each of our own rules matches what it is about and nothing that looks like it, on each engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.lake.athena import AthenaLake, Table
from orchestrator.app.detect import STARTER
from orchestrator.logs.event import event
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.lake.engine import ParquetLake
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.lake.question import Lake
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.logs.rules.detect import detect
from orchestrator.logs.rules.sigma import read
from tests import security_lake
from tests.cloudtrail import Record
from tests.contract.lake.test_lake import WINDOW
from tests.contract.lake.test_security_lake import (
    DATABASE,
    TABLE,
    document,
    of_security_lake,
    opensearch,
)
from tests.memory_lake import MemoryLake
from tests.rule_cases import CASES, numbered

ENGINES = ("memory", "duckdb", "athena", "opensearch", "opensearch of Security Lake")
NAMES = sorted(file.stem for file in STARTER.glob("*.yml"))


def lakes(records: list[Record], folder: Path) -> dict[str, Lake]:
    trail = folder / "trail.json"
    folder.mkdir(parents=True)
    trail.write_text(json.dumps({"Records": records}))
    ingest_trail([trail], folder / "lake")
    athena = security_lake.DuckAthena()
    athena.load(DATABASE, TABLE, records, folder)
    session = cast(AwsSession, athena)
    return {
        "memory": MemoryLake(event(to_ocsf(each)) for each in records),
        "duckdb": ParquetLake(LocalObjects(folder / "lake")),
        "athena": AthenaLake(session, Table(DATABASE, TABLE, "soc"), lambda _: None),
        "opensearch": opensearch([document(to_ocsf(each)) for each in records]),
        "opensearch of Security Lake": opensearch([of_security_lake(e) for e in records]),
    }


@pytest.fixture(scope="module")
def hits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lake]:
    records = [r for name, case in CASES.items() for r in numbered(name, case.hits)]
    return lakes(records, tmp_path_factory.mktemp("hits") / "x")


@pytest.fixture(scope="module")
def misses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lake]:
    records = [r for name, case in CASES.items() for r in numbered(name, case.misses)]
    return lakes(records, tmp_path_factory.mktemp("misses") / "x")


def matched(lake: Lake, name: str) -> set[str]:
    file = STARTER / f"{name}.yml"
    (rule,) = read({file: file.read_text("utf-8")}).rules
    return {e.uid for found in detect(lake, [rule], WINDOW).detections for e in found.events}


def test_every_rule_has_its_cases() -> None:
    assert sorted(CASES) == NAMES


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_a_rule_matches_what_it_is_about_on_every_engine(
    name: str, engine: str, hits: dict[str, Lake]
) -> None:
    wanted = {str(each["eventID"]) for each in numbered(name, CASES[name].hits)}

    assert matched(hits[engine], name) >= wanted
    assert matched(hits[engine], name) == matched(hits["memory"], name)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_a_rule_does_not_match_what_only_looks_like_it(
    name: str, engine: str, misses: dict[str, Lake]
) -> None:
    assert matched(misses[engine], name) == set()
