"""Conditions of both dialects, run by DuckDB; Athena's is put into its words by sqlglot."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import duckdb
import pytest
import sqlglot

from orchestrator.errors import UsageError
from orchestrator.logs.event import iso
from orchestrator.logs.lake.columns import FIELDS, SECURITY_LAKE, database, source_of, table
from orchestrator.logs.lake.dialects import (
    AthenaDialect,
    Dialect,
    DuckDialect,
    among,
    either,
    every,
)
from orchestrator.model.facts.logs import LakeSource

ADDRESSES = (
    *("198.51.100.7", "198.51.101.0", "200.1.2.3", "19.8.1.1", "1.0.0.0", "255.255.255.255"),
    *("::", "::1", "2001:db8::7", "2001:DB8:1:2:3:4:5:6", "2001:db9::", "2001:db8:0:0:0:0:0:1"),
    *("cloudtrail.amazonaws.com", "AWS Internal", ""),
)
NETWORKS = (
    *("198.51.100.0/24", "198.51.100.7/32", "0.0.0.0/0", "200.0.0.0/8"),
    *("2001:db8::/32", "2001:db8::7/128", "::/0", "2001:db8:1::/48"),
)
DIALECTS: dict[str, Dialect] = {
    "duckdb": DuckDialect(("ip", "body", "unmapped")),
    "athena": AthenaDialect(),
}


def value(
    dialect: str, expression: str, given: Mapping[str, object], *parameters: object
) -> object:
    """What an expression over a row of these columns gives."""
    columns = ", ".join(f"? AS {name}" for name in given)
    query = f"SELECT {expression} FROM e"  # noqa: S608  # of the dialects
    if dialect == "athena":
        (query,) = sqlglot.transpile(query, read="athena", write="duckdb")
    whole = f"WITH e AS (SELECT {columns}) {query}"
    found = duckdb.connect().execute(whole, [*given.values(), *parameters]).fetchone()
    assert found
    return found[0]


def belongs(address: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(address) in network
    except ValueError:
        return False


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_address_is_of_a_network_as_the_standard_library_says(
    dialect: str, network: str
) -> None:
    asked = ip_network(network)
    condition = DIALECTS[dialect].within("ip", asked)

    for address in ADDRESSES:
        found = value(dialect, condition.sql, {"ip": address}, *condition.parameters)
        assert bool(found) == belongs(address, asked), address


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_text_contains_and_ends_with_what_it_does(dialect: str) -> None:
    sql = DIALECTS[dialect]

    assert value(dialect, sql.contains("body"), {"body": "a%b_c"}, "%b_")
    assert not value(dialect, sql.contains("body"), {"body": "axbxc"}, "%b_")
    assert value(dialect, sql.ends_with("body"), {"body": "role/deploy/alice"}, "/alice")
    assert not value(dialect, sql.ends_with("body"), {"body": "role/alice/deploy"}, "/alice")


def test_a_member_of_json_is_its_text_and_null_where_there_is_no_json() -> None:
    duck = DuckDialect(("body", "unmapped"))
    member = str(duck.member("body", "user", "userName"))

    assert value("duckdb", member, {"body": '{"user":{"userName":"bob"}}'}) == "bob"
    assert value("duckdb", member, {"body": "no JSON"}) is None
    extra = str(duck.unplaced("userIdentity.sessionContext.sourceIdentity"))
    nested = '{"userIdentity":{"sessionContext":{"sourceIdentity":"alice"}}}'
    assert value("duckdb", extra, {"unmapped": nested}) == "alice"


def test_unmapped_of_security_lake_is_a_map_of_dotted_names_for_both_engines() -> None:
    name, flat = "userIdentity.sessionContext.sourceIdentity", "a.b"
    duck = str(DuckDialect(("unmapped",), ("unmapped",)).unplaced(name)).replace("e.", "")
    athena = str(AthenaDialect().unplaced(name))

    for dialect, expression in (("duckdb", duck), ("athena", athena)):
        given = {"unmapped": {name: "alice", flat: "x"}}
        assert value(dialect, f"CAST({expression} AS VARCHAR)", given) == "alice"


@pytest.mark.parametrize("name", ["a' OR '1'='1", "", "a b", "$.x", 'a"b'])
def test_a_name_that_is_no_field_never_becomes_sql(name: str) -> None:
    for dialect in (DuckDialect(("unmapped",)), AthenaDialect()):
        with pytest.raises(UsageError, match="is not a name of a field"):
            dialect.unplaced(name)


def test_conditions_of_nothing_are_false_or_true() -> None:
    assert among("x", ()).sql == "false"
    assert (either(()).sql, every(()).sql) == ("false", "true")
    both = every((among("x", ("a",)), either((among("y", (1, 2)),))))
    assert (both.sql, both.parameters) == ("(x IN (?) AND (y IN (?, ?)))", ("a", 1, 2))


def test_tables_have_the_names_that_security_lake_gives_them() -> None:
    assert database("ap-northeast-1") == "amazon_security_lake_glue_db_ap_northeast_1"
    for source in LakeSource:
        name = table(source, "eu-west-1")
        assert name == f"amazon_security_lake_table_eu_west_1_{source.value.lower()}_2_0"
        assert source_of(name) is source


def test_every_field_is_somewhere_and_calls_have_no_column_of_the_account_but_the_partition() -> (
    None
):
    everywhere = frozenset(path for columns in SECURITY_LAKE.values() for path in columns)

    assert [
        name
        for name, field in FIELDS.items()
        if not any(field.column(source) for source in LakeSource) and field.path not in everywhere
    ] == []
    assert "cloud.account.uid" not in SECURITY_LAKE[LakeSource.CLOUD_TRAIL_MGMT]
    assert FIELDS["account"].column() == "accountid"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-01 09:58:12.000000", "2026-03-01T09:58:12Z"),
        ("2026-03-01 09:58:12.120", "2026-03-01T09:58:12.12Z"),
        ("2026-03-01 09:58:12.000 UTC", "2026-03-01T09:58:12Z"),
        ("2026-03-01 09:58:12", "2026-03-01T09:58:12Z"),
        ("2026-03-01T09:58:12Z", "2026-03-01T09:58:12Z"),
        ("soon", "soon"),
    ],
)
def test_a_timestamp_of_a_table_is_an_iso_time(written: str, meant: str) -> None:
    assert iso(written) == meant
