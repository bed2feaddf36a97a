"""The queries that Terraform saves, and our table of columns, run on the columns that AWS has."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from orchestrator.logs.lake.columns import SECURITY_LAKE, database, table
from orchestrator.model.facts.logs import LakeSource
from tests.cloudtrail import REGION
from tests.security_lake import TABLES, DuckAthena

MODULE = Path(__file__).parents[3] / "modules/lake_queries/queries.tf"


def saved() -> dict[str, str]:
    """Name → SQL, with the module's locals put in."""
    text = MODULE.read_text("utf-8")
    local = dict(re.findall(r'^  (\w+) += "(.*)"$', text, re.MULTILINE))
    local |= {f"tables.{source}": f'"{database(REGION)}"."{_name(source)}"' for source in TABLES}
    queries = re.findall(
        r'^    ([\w-]+) = \{.*?^      sql +?= "(.*?)"$', text, re.DOTALL | re.MULTILINE
    )
    return {name: _filled(sql, local) for name, sql in queries}


def _name(source: str) -> str:
    return table(LakeSource(source.upper()), REGION)


def _filled(sql: str, local: dict[str, str]) -> str:
    while "${" in sql:
        sql = re.sub(r"\$\{local\.([\w.]+)\}", lambda found: local[found[1]], sql)
    return sql


SAVED = saved()


@pytest.fixture(scope="module")
def athena() -> DuckAthena:
    made = DuckAthena()
    made.connection.execute(f'CREATE SCHEMA "{database(REGION)}"')
    for source, columns in TABLES.items():
        inner = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        made.connection.execute(f'CREATE TABLE "{database(REGION)}"."{_name(source)}" ({inner})')
    return made


@pytest.mark.parametrize("name", SAVED)
def test_a_saved_query_runs_on_the_columns_that_aws_has(name: str, athena: DuckAthena) -> None:
    (tree,) = sqlglot.parse(SAVED[name], read="athena")
    assert tree is not None
    marks = list(tree.find_all(exp.Placeholder, bfs=False))
    moments = [isinstance(mark.parent, exp.Cast) for mark in marks]
    values = ["'2026-03-01 00:00:00'" if moment else "'x'" for moment in moments]

    rows = athena.rows(SAVED[name], values)

    assert moments[:2] == [True, True]
    assert len(rows) == 1
    assert None not in rows[0]


def test_each_source_of_aws_has_a_saved_query() -> None:
    asked = {source for source in TABLES for sql in SAVED.values() if _name(source) in sql}

    assert asked == set(TABLES)
    assert len(SAVED) > 10


@pytest.mark.parametrize("source", LakeSource)
def test_each_column_that_we_ask_for_is_one_of_the_tables(source: LakeSource) -> None:
    columns = TABLES[source.value.lower()]
    connection = duckdb.connect()
    inner = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f"CREATE TABLE t ({inner})")
    for path in SECURITY_LAKE[source]:
        asked = ".".join(f'"{name}"' for name in path.split("."))
        connection.execute(f"SELECT {asked} FROM t")  # noqa: S608  # paths of our own
