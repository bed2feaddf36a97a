"""Security Lake's tables, asked by Athena who uses a resource; for the function, boto3 alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from orchestrator.findings.evidence.lookup import NotCollected, Unanswered
from orchestrator.findings.evidence.question import Log
from orchestrator.findings.evidence.sql import TABLE, Athena, Dialect, Parameter, Query

TABLES: Mapping[Log, str] = {
    Log.VPC_FLOW: "vpc_flow",
    Log.CLOUD_TRAIL: "cloud_trail_mgmt",
    Log.S3_DATA: "s3_data",
    Log.LAMBDA: "lambda_execution",
}
"""Source: Security Lake User Guide, "Queries for AWS source version 2", log source tables."""
MISSING = ("TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND", "does not exist")
"""How Athena says that a table or database is not there."""
PAUSE, PATIENCE = 0.5, 25.0
"""Seconds. The function has forty for a message, and a fix must still fit in."""


class Client(Protocol):
    """The calls of boto3's Athena client that are needed."""

    def start_query_execution(self, **request: Any) -> Mapping[str, Any]: ...
    def get_query_execution(self, **request: Any) -> Mapping[str, Any]: ...
    def get_query_results(self, **request: Any) -> Mapping[str, Any]: ...
    def stop_query_execution(self, **request: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """The lake's region, and the workgroup that says where results go and what may be read."""

    region: str
    workgroup: str
    output: str = ""
    """s3://… for results, where the workgroup does not say."""

    @property
    def database(self) -> str:
        return f"amazon_security_lake_glue_db_{self.region.replace('-', '_')}"

    def table(self, log: Log) -> str:
        """Raises NotCollected for what Security Lake has no table for."""
        if log not in TABLES:
            raise NotCollected(log.value)
        region = self.region.replace("-", "_")
        return f'"{self.database}"."amazon_security_lake_table_{region}_{TABLES[log]}_2_0"'


class AthenaLogs:
    """Asks Athena, waits for the answer and reads its pages."""

    dialect: Dialect = Athena()

    def __init__(
        self,
        client: Client,
        place: Place,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self._client, self._place = client, place
        self._sleep, self._patience = sleep, patience

    def rows(self, query: Query) -> Iterator[Mapping[str, Any]]:
        """Raises NotCollected, and Unanswered for every refusal, error and lateness."""
        table = self._place.table(query.log)
        try:
            execution = self._client.start_query_execution(**request(query, table, self._place))
            self._wait(execution["QueryExecutionId"], query.log)
            yield from self._read(execution["QueryExecutionId"])
        except (ClientError, BotoCoreError) as error:
            raise Unanswered(f"Athena: {error}") from error

    def _wait(self, id_: str, log: Log) -> None:
        for _ in range(int(self._patience / PAUSE)):
            answer = self._client.get_query_execution(QueryExecutionId=id_)
            status = answer["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return
            if status["State"] in ("FAILED", "CANCELLED"):
                why = str(status.get("StateChangeReason", status["State"]))
                if any(sign in why for sign in MISSING):
                    raise NotCollected(log.value)
                raise Unanswered(f"Athena: {why}")
            self._sleep(PAUSE)
        self._client.stop_query_execution(QueryExecutionId=id_)
        raise Unanswered(f"Athena had no answer within {self._patience:.0f} seconds")

    def _read(self, id_: str) -> Iterator[Mapping[str, Any]]:
        """The first row of the first page has the columns' names; every value is a text."""
        names: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self._client.get_query_results(QueryExecutionId=id_, **token)
            for row in page["ResultSet"]["Rows"]:
                values = [cell.get("VarCharValue") for cell in row["Data"]]
                if names:
                    yield dict(zip(names, values, strict=True))
                else:
                    names = [str(value) for value in values]
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}


def request(query: Query, table: str, place: Place) -> dict[str, Any]:
    """The parameters of StartQueryExecution."""
    where = {"ResultConfiguration": {"OutputLocation": place.output}} if place.output else {}
    return {
        **where,
        "QueryString": query.sql.text.replace(TABLE, table),
        "ExecutionParameters": [literal(value) for value in query.sql.parameters],
        "QueryExecutionContext": {"Database": place.database},
        "WorkGroup": place.workgroup,
    }


def literal(value: Parameter) -> str:
    """As Athena wants an execution parameter: a text in quotes, quotes in it doubled.

    Source: Athena User Guide, "Use parameterized queries".
    """
    if isinstance(value, int):
        return str(value)
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
