"""What the function reads from its environment, and the parts made of it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.config import Config

from orchestrator.findings import matrix
from orchestrator.findings.engine import Engine
from orchestrator.findings.evidence.athena import AthenaLogs
from orchestrator.findings.evidence.athena import Place as Lake
from orchestrator.findings.evidence.usage import Usage, not_asked
from orchestrator.findings.limits import Breakers, Budget, KillSwitch
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.messages.channels import SecurityHub, Senders, post
from orchestrator.findings.messages.notifier import Digests, Notifier
from orchestrator.findings.parts import Parts
from orchestrator.findings.progress import States
from orchestrator.findings.rechecks import Rechecks
from orchestrator.findings.records import Records, S3BeforeStates
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.root_cause import EventHistory
from orchestrator.findings.runbooks import Runbooks
from orchestrator.findings.sessions import RoleSessions
from orchestrator.findings.table import DynamoTable
from orchestrator.findings.tickets.failures import Failures
from orchestrator.findings.tickets.keeper import Keeper
from orchestrator.findings.tickets.trackers.api import ask
from orchestrator.findings.tickets.trackers.kinds import Opener
from orchestrator.findings.undo import Undos

EVIDENCE = "evidence/"
"""Where the bucket has what Athena has answered; the bucket's lifecycle removes it."""
ROOT = Path(__file__).parents[2]
"""Of the zip."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of what the function works with. Each is an environment variable of its name."""

    matrix: Path
    table: str
    bucket: str
    key_arn: str
    kill_switch: str
    role: str
    external_id: str
    dead_letters: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Raises KeyError for a variable that is missing."""
        return cls(
            matrix=ROOT / environment["MATRIX"],
            table=environment["TABLE"],
            bucket=environment["BUCKET"],
            key_arn=environment["KEY_ARN"],
            kill_switch=environment["KILL_SWITCH"],
            role=environment["ROLE"],
            external_id=environment["EXTERNAL_ID"],
            dead_letters=environment["DEAD_LETTERS"],
        )


def patient() -> Config:
    """How AWS is called: an answer within seconds, or the message comes again."""
    return Config(
        retries={"mode": "standard", "total_max_attempts": 4},
        connect_timeout=3,
        read_timeout=20,
        max_pool_connections=4,
    )


def read_matrix(file: Path) -> Matrix:
    """The matrix in the zip. Raises Unreadable, and OSError."""
    try:
        return matrix.load(json.loads(file.read_text("utf-8")))
    except ValueError as error:
        raise matrix.Unreadable(f"{file.name} is not JSON: {error}") from error


def parts(settings: Settings, session: Any, known: Matrix) -> Parts:
    """The parts on real AWS. `session` is a boto3 Session in the security account, home region."""
    config = patient()

    def client(service: str) -> Any:
        return session.client(service, region_name=known.home_region, config=config)

    rules = known.rules
    table = DynamoTable(client("dynamodb"), settings.table)
    records = Records(table, rules.keep_days)
    sessions = RoleSessions(session, config, settings.role, settings.external_id)
    before_states = S3BeforeStates(client("s3"), settings.bucket, settings.key_arn)
    history = EventHistory(sessions, settings.role)
    secrets = client("secretsmanager")
    senders = Senders(client("sns"), secrets, post, time.time)
    opener = Opener(secrets, ask, _now)

    def used() -> Usage:
        place = Lake(known.home_region, rules.workgroup, f"s3://{settings.bucket}/{EVIDENCE}")
        logs = AthenaLogs(client("athena"), place)
        return Usage(sessions, logs, frozenset(known.accounts), _now)

    return Parts(
        matrix=known,
        remediations=BY_CONTROL,
        states=States(table, rules.keep_days),
        records=records,
        engine=Engine(sessions, before_states, records, time.sleep),
        undos=Undos(sessions, before_states, records),
        runbooks=Runbooks(sessions, time.sleep),
        budget=Budget(table, rules, time.sleep),
        breakers=Breakers(table, rules),
        switch=KillSwitch(client("ssm"), settings.kill_switch, time.monotonic).reason,
        hub=SecurityHub(client("securityhub")),
        notifier=Notifier(known, Digests(table, rules.digest_minutes), senders, history),
        rechecks=Rechecks(table),
        tickets=Keeper(known, Failures(table, rules.keep_days), opener.tracker),
        now=_now,
        usage=used() if rules.workgroup else not_asked,
    )


def _now() -> datetime:
    return datetime.now(UTC)
