"""Athena as a lake."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied
from orchestrator.logs.event import Event
from orchestrator.logs.lake.athena import from_row, query
from orchestrator.logs.lake.question import Answer, Question, answer, matches

PAUSE, PATIENCE = 0.5, 600


@dataclass(frozen=True, slots=True)
class Table:
    """Where Security Lake's events of CloudTrail are."""

    database: str
    name: str
    workgroup: str
    output: str = ""
    """s3://… for results, where the workgroup does not say."""


class AthenaLake:
    """Asks Athena, waits for the answer and reads its pages."""

    limits: tuple[str, ...] = ()

    def __init__(
        self, session: AwsSession, table: Table, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._session, self._table, self._sleep = session, table, sleep

    def ask(self, question: Question) -> Answer:
        return answer(self._candidates(question), question)

    def count(self, question: Question) -> Mapping[str, int]:
        found = {e.uid: e for e in self._candidates(question) if matches(e, question)}
        return Counter(each.name for each in found.values())

    def _candidates(self, question: Question) -> Iterator[Event]:
        table = self._table
        asked = query(question, table.database, table.name, table.workgroup, table.output)
        started = self._session.call("athena", "StartQueryExecution", "", **asked.request())
        execution: str = started["QueryExecutionId"]
        self._wait(execution)
        yield from self._rows(execution)

    def _wait(self, execution: str) -> None:
        for _ in range(int(PATIENCE / PAUSE)):
            status = self._session.call("athena", "GetQueryExecution", QueryExecutionId=execution)[
                "QueryExecution"
            ]["Status"]
            if status["State"] == "SUCCEEDED":
                return
            if status["State"] in ("FAILED", "CANCELLED"):
                why = status.get("StateChangeReason", status["State"])
                raise AwsDenied("unknown", self._table.workgroup, "athena:StartQueryExecution", why)
            self._sleep(PAUSE)
        self._session.call("athena", "StopQueryExecution", QueryExecutionId=execution)
        raise AwsDenied("unknown", self._table.workgroup, "athena:GetQueryExecution", "timed out")

    def _rows(self, execution: str) -> Iterator[Event]:
        """The first row of the first page has the columns' names."""
        names: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self._session.call(
                "athena", "GetQueryResults", QueryExecutionId=execution, **token
            )
            for row in page["ResultSet"]["Rows"]:
                values = [cell.get("VarCharValue") for cell in row["Data"]]
                if not names:
                    names = [value or "" for value in values]
                    continue
                yield from_row(dict(zip(names, values, strict=True)))
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}
