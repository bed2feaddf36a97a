"""The same questions as Athena's SQL: read by a parser that is not ours, checked by botocore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.session
import pytest
import sqlglot
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from sqlglot import exp

from orchestrator.findings.evidence import sql
from orchestrator.findings.evidence.answer import State
from orchestrator.findings.evidence.athena import TABLES, AthenaLogs, Place, request
from orchestrator.findings.evidence.lookup import NotCollected, ask
from orchestrator.findings.evidence.question import QUESTIONS, Log, question_of
from tests.planted import DAYS, NOW, PLANTS, millis, subject

PLACE = Place("eu-west-1", "orchestrator-evidence")
HOSTILE = "arn:aws:s3:::x' OR 1=1 --"
EVERY = [(control, log) for control, question in QUESTIONS.items() for log in question.logs]
DOCUMENTED = {
    *("time", "time_dt", "accountid", "region", "disposition", "status_code", "resources"),
    *("unmapped", "src_endpoint", "dst_endpoint", "connection_info", "actor", "api"),
    *("bucket_name", "requester", "remoteip", "requestdatetime", "httpstatus", "ciphersuite"),
    *("elb", "type", "client_ip", "ssl_protocol", "date", "cs_host", "cs_protocol", "c_ip"),
}
"""Top-level columns: Security Lake's of source version 2, and the Athena User Guide's tables."""
OURS = {"kind", "who", "account", "network", "moment", "lines", "earliest", "latest", "days"}


def made(control: str, log: Log, **about: Any) -> sql.Query:
    known = subject(control, **{"arn": HOSTILE, "name": HOSTILE, "interfaces": ("eni-1",), **about})
    question = question_of(control)
    assert question
    return sql.query(question, log, known, sql.Athena())


@pytest.mark.parametrize(("control", "log"), EVERY)
def test_every_question_is_sql_that_athena_reads_with_a_mark_for_each_value(
    control: str, log: Log
) -> None:
    query = made(control, log)

    (tree,) = sqlglot.parse(query.sql.text.replace(sql.TABLE, '"db"."t"'), read="athena")

    assert isinstance(tree, exp.Select)
    assert len(list(tree.find_all(exp.Placeholder))) == len(query.sql.parameters)
    assert "OR 1=1" not in query.sql.text


@pytest.mark.parametrize(("control", "log"), EVERY)
def test_every_column_is_a_documented_one(control: str, log: Log) -> None:
    query = made(control, log)
    tree = sqlglot.parse_one(query.sql.text.replace(sql.TABLE, '"db"."t"'), read="athena")

    columns = {column.parts[0].name for column in tree.find_all(exp.Column)}

    assert columns - OURS - {"r"} <= DOCUMENTED


@pytest.mark.parametrize(("control", "log"), [each for each in EVERY if each[1] in TABLES])
def test_partitions_are_named_so_that_not_the_whole_lake_is_read(control: str, log: Log) -> None:
    text = made(control, log).sql.text

    assert "time_dt >= CAST(? AS timestamp)" in text
    assert "accountid = ?" in text
    assert ("region = ?" in text) == (not control.startswith("iam."))


@pytest.mark.parametrize(("control", "log"), [each for each in EVERY if each[1] in TABLES])
def test_botocore_takes_the_request(control: str, log: Log) -> None:
    model = botocore.session.Session().get_service_model("athena")
    shape = model.operation_model("StartQueryExecution").input_shape
    assert shape

    asked = request(made(control, log), PLACE.table(log), PLACE)

    report = ParamValidator().validate(asked, shape)
    assert not report.has_errors(), report.generate_report()
    assert len(asked["QueryString"]) < shape.members["QueryString"].metadata["max"]


def test_a_quote_in_a_name_stays_in_the_name() -> None:
    asked = request(made("S3.2", Log.S3_DATA), PLACE.table(Log.S3_DATA), PLACE)

    assert f"'{HOSTILE.replace(chr(39), chr(39) * 2)}'" in asked["ExecutionParameters"]


def test_calls_that_gave_a_group_to_an_interface_are_sql_as_well() -> None:
    query = sql.former(subject("EC2.13", **PLANTS["EC2.13"].used), sql.Athena())

    (tree,) = sqlglot.parse(query.sql.text.replace(sql.TABLE, '"db"."t"'), read="athena")

    assert tree
    assert len(list(tree.find_all(exp.Placeholder))) == len(query.sql.parameters)


@dataclass
class FakeAthena:
    """Answers by the words in a query, in the shape that botocore gives."""

    answers: Mapping[str, list[list[str | None]]] = field(default_factory=dict)
    state: str = "SUCCEEDED"
    why: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def start_query_execution(self, **request: Any) -> Mapping[str, Any]:
        self.asked.append(request)
        return {"QueryExecutionId": str(len(self.asked) - 1)}

    def get_query_execution(self, **request: Any) -> Mapping[str, Any]:
        return {"QueryExecution": {"Status": {"State": self.state, "StateChangeReason": self.why}}}

    def get_query_results(self, **request: Any) -> Mapping[str, Any]:
        text = self.asked[int(request["QueryExecutionId"])]["QueryString"]
        rows = next((rows for word, rows in self.answers.items() if word in text), [])
        first, then = rows[:2], rows[2:]
        page = then if "NextToken" in request else first
        cells = [{"Data": [{"VarCharValue": v} if v else {} for v in row]} for row in page]
        more = {"NextToken": "1"} if then and "NextToken" not in request else {}
        return {"ResultSet": {"Rows": cells}, **more}

    def stop_query_execution(self, **request: Any) -> Mapping[str, Any]:
        return {}


HEAD: list[str | None] = [
    *("kind", "who", "account", "network", "lines", "earliest", "latest", "days"),
]
START, END = str(millis(NOW) - DAYS * 86_400_000), str(millis(NOW) - 1000)


def told(athena: FakeAthena) -> tuple[State, str]:
    known = subject("S3.8", **PLANTS["S3.8"].used)
    found = ask(question_of("S3.8"), lambda _: known, AthenaLogs(athena, PLACE, lambda _: None))
    return found.state, found.why


def test_rows_of_several_pages_are_read_together() -> None:
    use: list[str | None] = ["3", "arn:x", "999988887777", "203.0.113.9", "4", START, END, "2"]
    athena = FakeAthena({"s3_data": [HEAD, ["0", None, None, None, "9", START, END, "30"], use]})

    assert told(athena) == (State.USED, "")


def test_no_row_of_the_account_is_not_collected_and_not_unused() -> None:
    state, why = told(FakeAthena({"s3_data": [HEAD]}))

    assert state is State.UNKNOWN
    assert "are not collected" in why


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("TABLE_NOT_FOUND: line 1:1: Table does not exist", "are not collected"),
        ("Insufficient Lake Formation permission(s)", "Athena: Insufficient Lake Formation"),
    ],
)
def test_a_query_that_fails_tells_nothing(why: str, words: str) -> None:
    state, said = told(FakeAthena(state="FAILED", why=why))

    assert state is State.UNKNOWN
    assert words in said


def test_an_answer_that_does_not_come_tells_nothing() -> None:
    state, why = told(FakeAthena(state="RUNNING"))

    assert state is State.UNKNOWN
    assert "no answer within 25 seconds" in why


def test_a_refusal_tells_nothing() -> None:
    class Refusing(FakeAthena):
        def start_query_execution(self, **request: Any) -> Mapping[str, Any]:
            answer: Any = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
            raise ClientError(answer, "StartQueryExecution")

    assert "AccessDeniedException" in told(Refusing())[1]


def test_security_lake_has_no_table_of_access_logs() -> None:
    with pytest.raises(NotCollected):
        PLACE.table(Log.S3_ACCESS)
