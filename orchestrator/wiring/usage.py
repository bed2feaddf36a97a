"""Who uses a resource: the logs that are declared, and the accounts that know its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied
from orchestrator.findings.evidence.answer import Evidence
from orchestrator.findings.evidence.lookup import Logs, ask
from orchestrator.findings.evidence.question import Question, Subject, question_of
from orchestrator.findings.evidence.subject import READS, Unresolved, subject
from orchestrator.findings.finding import Finding
from orchestrator.findings.remediation import Place
from orchestrator.findings.sessions import session_policy
from orchestrator.model.facts.logs import LakeFacts
from orchestrator.model.organization import Organization
from orchestrator.wiring.lakes import entered


def usage(
    organization: Organization, env: Mapping[str, str], lake: str, days: int, now: datetime
) -> Callable[[Finding], Evidence]:
    """What says who uses what a finding is about, in the last `days` before `now`.

    `lake` is a folder laid out as Security Lake does, or '' for Security Lake by Athena where
    organization.yaml declares it, with the caller's own credentials.
    """
    logs = _logs(organization, env, lake)
    ids = frozenset(account.id for account in organization.accounts)

    def used(finding: Finding) -> Evidence:
        def resolve(question: Question) -> Subject | str:
            place = Place(finding.account, finding.region, finding.partition)
            call = _call(organization, env, question, place)
            about = (finding.control, finding.resource, days, now, ids)
            try:
                return subject(question, place, *about, call)
            except Unresolved as unresolved:
                return unresolved.why
            except AwsDenied as denied:
                return f"it could not be looked up: {denied.message}"

        return ask(question_of(finding.control), resolve, logs)

    return used


def _call(
    organization: Organization, env: Mapping[str, str], question: Question, place: Place
) -> Callable[..., Mapping[str, Any]]:
    """Enters the account only if something is asked of it, with the rights for that alone."""

    def call(service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        policy = session_policy(READS[question.kind], place)
        session = entered(organization, env, place.account, policy)
        found: Mapping[str, Any] = session.call(service, operation, place.region, **parameters)
        return found

    return call


def _logs(organization: Organization, env: Mapping[str, str], lake: str) -> Logs:
    from orchestrator.adapters.lake.usage import (  # noqa: PLC0415  loads an engine
        AthenaCalls,
        DuckLogs,
        NoLogs,
    )
    from orchestrator.findings.evidence.athena import AthenaLogs, Place  # noqa: PLC0415
    from orchestrator.logs.lake.objects import LocalObjects  # noqa: PLC0415

    if lake:
        return DuckLogs(LocalObjects(Path(lake)))
    facts: LakeFacts = organization.facts.logs.lake
    if not facts.enabled or not facts.workgroup:
        return NoLogs()
    region = organization.facts.home_region
    calls = AthenaCalls(AwsSession(env, region))
    return AthenaLogs(calls, Place(region, facts.workgroup), patience=600)
