"""Athena over AWS's columns and OpenSearch over documents answer as plain Python does.

The events are the same in each: records of CloudTrail, in the columns of Security Lake's table, and
as documents of our own mapping and of Security Lake's.
"""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
import sqlglot

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.lake.athena import AthenaLake, Table
from orchestrator.adapters.lake.opensearch import Endpoint, OpenSearchLake
from orchestrator.logs.event import event
from orchestrator.logs.lake.columns import database, table
from orchestrator.logs.lake.question import Anything, By, Lake, Question, Scope, Touching
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.logs.siem.indices import properties
from orchestrator.model.facts.logs import LakeSource
from tests import security_lake
from tests.cloudtrail import ACCOUNT, REGION, Record
from tests.contract.lake.test_lake import FINDS_NOTHING, QUESTIONS, WINDOW, records
from tests.memory_lake import MemoryLake
from tests.opensearch_search import Index

DATABASE, TABLE = database(REGION), table(LakeSource.CLOUD_TRAIL_MGMT, REGION)
KEYS = Credentials("AKIAEXAMPLE", "secret", "token")
MORE = {
    "by an Identity Center user's name": Question(By(names=("mary",)), WINDOW),
    "by an Identity Center user's id": Question(
        By(names=("544894e8-80c1-707f-60e3-3ba6510dfac1",)), WINDOW
    ),
    "a role assumed": Question(Touching((f"arn:aws:iam::{ACCOUNT}:role/deploy",)), WINDOW),
    "a function": Question(Touching((f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pay",)), WINDOW),
    "of an account that is not there": Question(Anything(), WINDOW, Scope(("999999999999",))),
}
ASKED = {**QUESTIONS, **MORE}
NOTHING = FINDS_NOTHING | {"of an account that is not there"}
ENGINES = ("athena", "opensearch", "opensearch of Security Lake")


def document(ocsf: dict[str, Any]) -> dict[str, Any]:
    """As an index has it: parameters are texts."""
    for side in ("request", "response"):
        data = ocsf["api"].get(side, {}).get("data")
        if data is not None and not isinstance(data, str):
            ocsf["api"][side]["data"] = json.dumps(data, ensure_ascii=False)
    return ocsf


def of_security_lake(record: Record) -> dict[str, Any]:
    """A row of the table without its partitions, which are in no file."""
    partitions = {"time_dt", "accountid", "region"}
    return {name: v for name, v in security_lake.row(record).items() if name not in partitions}


def opensearch(documents: list[dict[str, Any]]) -> Lake:
    index = Index(properties(), documents)
    endpoint = Endpoint("https://logs.example.com", REGION, "ocsf-*")
    answer = lambda request: (200, json.dumps(index.search(json.loads(request.data))))  # noqa: E731
    return OpenSearchLake(endpoint, lambda: KEYS, answer)


@pytest.fixture(scope="module")
def athena(tmp_path_factory: pytest.TempPathFactory) -> security_lake.DuckAthena:
    made = security_lake.DuckAthena()
    made.load(DATABASE, TABLE, records(), tmp_path_factory.mktemp("athena"))
    return made


@pytest.fixture(scope="module")
def engines(athena: security_lake.DuckAthena) -> dict[str, Lake]:
    session = cast(AwsSession, athena)
    return {
        "memory": MemoryLake(event(to_ocsf(each)) for each in records()),
        "athena": AthenaLake(session, Table(DATABASE, TABLE, "soc"), lambda _: None),
        "opensearch": opensearch([document(to_ocsf(each)) for each in records()]),
        "opensearch of Security Lake": opensearch([of_security_lake(e) for e in records()]),
    }


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("asked", ASKED)
def test_every_engine_answers_as_plain_python_does(
    asked: str, engine: str, engines: dict[str, Lake]
) -> None:
    expected, found = (engines[name].ask(ASKED[asked]) for name in ("memory", engine))

    if asked == "by a source identity" and engine.startswith("opensearch"):
        assert {each.uid for each in found.events} < {each.uid for each in expected.events}
        assert "source identity" in " ".join(engines[engine].limits)
        return
    assert [each.uid for each in found.events] == [each.uid for each in expected.events]
    assert found.more == expected.more
    assert bool(found.events) == (asked not in NOTHING)
    assert engines[engine].count(ASKED[asked]) == engines["memory"].count(ASKED[asked])


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_event_as_our_own_lake_has_it(
    engine: str, engines: dict[str, Lake]
) -> None:
    everything = Question(Anything(), WINDOW, limit=5_000)
    ours = {each.uid: each for each in engines["memory"].ask(everything).events}

    found = engines[engine].ask(everything).events

    assert len(found) == len(ours)
    for each in found:
        own = ours[each.uid]
        assert (each.name, each.service, each.account, each.region) == (
            *(own.name, own.service, own.account, own.region),
        )
        assert (each.parameters, each.answer, each.error) == (
            own.parameters,
            own.answer,
            own.error,
        ), each.uid
        assert (each.actor.arn, each.actor.access_key, each.actor.principal_id) == (
            *(own.actor.arn, own.actor.access_key, own.actor.principal_id),
        )
        assert (each.actor.issuer, each.actor.source_identity, each.actor.mfa) == (
            *(own.actor.issuer, own.actor.source_identity, own.actor.mfa),
        )
        assert (each.actor.since, each.read_only) == (own.actor.since, own.read_only), each.uid


def test_athena_is_asked_for_columns_that_the_table_has(athena: security_lake.DuckAthena) -> None:
    kinds = security_lake.CLOUDTRAIL
    for query in set(athena.queries):
        (tree,) = sqlglot.parse(query, read="athena")
        assert tree is not None
        columns = {c.parts[0].name for c in tree.find_all(sqlglot.exp.Column)} - {"r"}
        assert columns <= set(kinds)
        assert "time_dt >=" in query
