"""A person's way to the findings function and what it keeps: as its role, with its own settings.

    the caller ─▶ runner role ─▶ the function's role (security account) ─▶ remediation role

What the function works with is read from the function itself, so that names stand in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.credentials import Credentials, bare
from orchestrator.adapters.aws.transport import Refused, refused, transport
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.findings import by_hand
from orchestrator.findings.by_hand import Rehearsal, Replayed
from orchestrator.findings.environment import Settings, parts, patient
from orchestrator.findings.errors import Retry
from orchestrator.findings.events import Parsed, read
from orchestrator.findings.finding import Finding
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.parts import Parts, by_name
from orchestrator.findings.records import Record
from orchestrator.findings.remediation import Place, Target
from orchestrator.findings.remediation import Refused as Unnamed
from orchestrator.findings.tickets.answers import Unread, Wish
from orchestrator.findings.tickets.answers import read as answered
from orchestrator.findings.undo import Standing
from orchestrator.model.organization import Organization
from orchestrator.ports import Purpose

FUNCTION = "orchestrator-findings"
"""The function, its role and its queue. modules/finding_router makes them."""
NOT_DEPLOYED = "set organization.remediation.enabled, then apply the security account"
ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True)
class Queues:
    """The queue of findings, and the one of those that the function could not work on."""

    sqs: Any
    hub: Any
    work: str
    dead: str


class Operator:
    """Does what `by_hand` and `replay` do, and says in our words what AWS says to it.

    `by` is who the caller is. Everything raises AwsDenied; what changes something raises the
    findings' Refused, too.
    """

    def __init__(
        self,
        made: Parts,
        queues: Queues,
        by: Callable[[], str],
        turn: Callable[[str], None],
        security: str,
    ) -> None:
        self._parts, self._queues, self._by, self._turn = made, queues, by, turn
        self._security = security

    def found(self, id_: str) -> tuple[Parsed, ...]:
        """The finding of this id as Security Hub has it, once for each of its resources."""
        filters = {"Id": [{"Value": id_, "Comparison": "EQUALS"}]}
        with self._naming("securityhub:GetFindings"):
            answer = self._queues.hub.get_findings(Filters=filters, MaxResults=10)
        return read(answer["Findings"])

    def rehearse(self, finding: Finding) -> Rehearsal:
        with self._naming("the dry run"):
            return by_hand.rehearse(self._parts, finding)

    def tags(self, finding: Finding) -> Mapping[str, str] | None:
        """The resource's tags now; None if they cannot be read."""
        remediation = self._parts.remediations.get(finding.control.lower())
        if remediation is None:
            return None
        place = Place(finding.account, finding.region, finding.partition)
        with self._naming("reading tags"):
            try:
                seen = by_name(self._parts, finding, finding.key[:10])
            except Unnamed:
                return None
            target = Target(finding.control, place, seen.resource)
            return self._parts.engine.tags(target, remediation, finding.key[:10])

    def apply(self, finding: Finding, plan: str, *, force: bool) -> Record:
        with self._naming("the fix"):
            return by_hand.apply(self._parts, finding, plan, self._by(), force=force)

    def standing(self, record: Record) -> Standing:
        with self._naming("looking at the resource"):
            return by_hand.standing(self._parts, record)

    def undo(self, id_: str, *, force: bool, why: str) -> Record:
        with self._naming("the undo"):
            return by_hand.undo(self._parts, id_, self._by(), force=force, why=why)

    def record(self, id_: str) -> Record | None:
        with self._naming("dynamodb:GetItem"):
            return self._parts.records.get(id_)

    def records(self, days: int) -> tuple[Record, ...]:
        """Newest first."""
        with self._naming("dynamodb:Query"):
            return self._parts.records.since(days, self._parts.now())

    def stopped(self) -> str:
        """Why nothing is fixed without a person now; '' if it is."""
        with self._naming("ssm:GetParameter"):
            return self._parts.switch()

    def turn(self, *, on: bool) -> None:
        """Turn the kill switch."""
        self._turn(ON if on else OFF)

    def replay_dead_letters(self, *, malformed: bool) -> Replayed:
        queues = self._queues
        with self._naming("sqs:ReceiveMessage"):
            return by_hand.replay_dead_letters(
                queues.sqs, queues.dead, queues.work, malformed=malformed
            )

    def replay_records(self, days: int) -> Replayed:
        queues = self._queues
        with self._naming("sqs:SendMessage"):
            return by_hand.replay_records(queues.hub, queues.sqs, queues.work, self.records(days))

    def answers(self, today: date) -> tuple[Wish | Unread, ...]:
        """What owners have answered in tickets, and what could not be read."""
        with self._naming("dynamodb:Query"):
            tickets = self._parts.tickets
            return answered(self._parts.matrix, tickets.failures, tickets.trackers, today)

    @contextmanager
    def _naming(self, call: str) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            raise refused(self._security, FUNCTION, call, error) from error
        except Retry as error:
            raise AwsDenied(self._security, FUNCTION, call, str(error)) from error


def operator(
    credential_cache: CredentialCache,
    organization: Organization,
    environment: Mapping[str, str],
    known: Matrix,
) -> Operator:
    """Of the function that is deployed. Raises UsageError if none is, and AwsDenied."""
    home, security = organization.facts.home_region, organization.security.id
    reader = credential_cache.session(security, Purpose.PLAN)
    try:
        found = reader.call("lambda", "GetFunctionConfiguration", home, FunctionName=FUNCTION)
    except Refused as refusal:
        if refusal.code != "ResourceNotFoundException":
            raise
        raise UsageError("the findings function is not deployed", NOT_DEPLOYED) from refusal
    settings = Settings.of({"MATRIX": "", **found["Environment"]["Variables"]})
    external_id = organization.facts.remediation.external_id
    keys = credential_cache.through_runner(security, FUNCTION, external_id)
    session = Session(environment, keys, home)
    work = reader.call("sqs", "GetQueueUrl", home, QueueName=FUNCTION)["QueueUrl"]
    queues = Queues(
        session.client("sqs", region_name=home, config=patient()),
        session.client("securityhub", region_name=home, config=patient()),
        work,
        settings.dead_letters,
    )

    def turn(value: str) -> None:
        writer = credential_cache.session(security, Purpose.APPLY)
        writer.call(
            "ssm", "PutParameter", home, Name=settings.kill_switch, Value=value, Overwrite=True
        )

    return Operator(
        parts(settings, session, known),
        queues,
        lambda: credential_cache.caller.identity().arn,
        turn,
        security,
    )


class Session:
    """What the findings package takes for a boto3 session: it makes clients, from `environment`."""

    def __init__(
        self, environment: Mapping[str, str], credentials: Credentials, region: str
    ) -> None:
        self._environment, self._region = environment, region
        self._keys = {
            "aws_access_key_id": credentials.access_key,
            "aws_secret_access_key": credentials.secret_key,
            "aws_session_token": credentials.token,
        }
        self._botocore = bare(environment, region)

    def client(
        self,
        service: str,
        region_name: str | None = None,
        config: Config | None = None,
        **keys: str,
    ) -> Any:
        region = region_name or self._region
        travel = transport(self._environment, service, region)
        travel["config"] = (config or Config()).merge(travel["config"])
        wanted: dict[str, Any] = {**self._keys, **keys, **travel}
        return self._botocore.create_client(service, region_name=region, **wanted)
