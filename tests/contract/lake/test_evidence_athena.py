"""Whether a resource is used, by Athena's SQL on AWS's columns: as the local engine tells it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.adapters.lake.usage import DuckLogs
from orchestrator.findings.evidence.answer import Evidence, State
from orchestrator.findings.evidence.athena import TABLES, AthenaLogs, Place
from orchestrator.findings.evidence.lookup import Logs, ask
from orchestrator.findings.evidence.question import question_of
from orchestrator.logs.lake.objects import LocalObjects
from tests.planted import BARE, COLLECTED, DAYS, FOLDERS, PLANTS, REGION, lake, last, subject
from tests.security_lake import DuckAthena

PLACE = Place(REGION, "orchestrator-evidence")
ASKED = [control for control, plant in PLANTS.items() if plant.log in TABLES]


@dataclass(frozen=True, slots=True)
class Client:
    """boto3's client, answered from DuckDB."""

    athena: DuckAthena

    def start_query_execution(self, **given: Any) -> Any:
        return self.athena.call("athena", "StartQueryExecution", **given)

    def get_query_execution(self, **given: Any) -> Any:
        return self.athena.call("athena", "GetQueryExecution", **given)

    def get_query_results(self, **given: Any) -> Any:
        return self.athena.call("athena", "GetQueryResults", **given)

    def stop_query_execution(self, **_given: Any) -> Any:
        raise AssertionError("every answer comes")


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logs]:
    folder = tmp_path_factory.mktemp("lake")
    lake(folder)
    athena = DuckAthena()
    athena.connection.execute(f'CREATE SCHEMA "{PLACE.database}"')
    for log in TABLES:
        _load(athena, PLACE.table(log), folder / FOLDERS[log])
    return {
        "athena": AthenaLogs(Client(athena), PLACE, lambda _: None),
        "duckdb": DuckLogs(LocalObjects(folder)),
    }


def _load(athena: DuckAthena, table: str, folder: Path) -> None:
    """Partitions are columns of the table; a day is none of them."""
    athena.connection.execute(
        f'CREATE TABLE {table} AS SELECT * EXCLUDE ("eventDay", "accountId"), '  # noqa: S608
        f"\"accountId\" AS accountid FROM read_parquet('{folder}/**/*.parquet', "
        "hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
    )


def told(logs: Logs, control: str, **about: Any) -> Evidence:
    known = subject(control, **about)
    return ask(question_of(control), lambda _: known, logs)


@pytest.mark.parametrize("control", ASKED)
def test_athena_tells_of_use_and_disuse_as_the_local_engine_does(
    control: str, engines: dict[str, Logs]
) -> None:
    plant = PLANTS[control]

    used = {name: told(logs, control, **plant.used) for name, logs in engines.items()}
    unused = {name: told(logs, control, **plant.unused) for name, logs in engines.items()}

    assert used["athena"] == used["duckdb"]
    assert unused["athena"] == unused["duckdb"]
    user = used["athena"].users[0]
    assert (used["athena"].state, user.count, user.last) == (State.USED, plant.count, last(plant))
    assert (unused["athena"].state, unused["athena"].days) == (State.UNUSED, DAYS)


def test_athena_tells_nothing_of_an_account_without_the_log(engines: dict[str, Logs]) -> None:
    for control in ASKED:
        about = {**PLANTS[control].unused, "account": BARE, "last_used": None}
        assert told(engines["athena"], control, **about).state is State.UNKNOWN
    assert COLLECTED != BARE
