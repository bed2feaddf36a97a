"""`--notify`: people are told of drift, once, and again when it changes or is over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orchestrator import wiring
from orchestrator.app.project import Project, Say
from orchestrator.app.session import Session, environment
from orchestrator.drift.notifications import looked, notifications, steps
from orchestrator.errors import NotificationFailed, UsageError
from orchestrator.model.drift import DriftNotification
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Organization
from orchestrator.model.run import StackResult
from orchestrator.ports import Tickets

KINDS: Mapping[str, re.Pattern[str]] = {
    "github": re.compile(r"[\w.-]+/[\w.-]+"),
    "sns": re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[\w-]+"),
    "webhook": re.compile(r"https://[^\s]+"),
}
SECRETS: Mapping[str, str] = {"github": "GITHUB_TOKEN", "webhook": "ORCHESTRATOR_WEBHOOK_SECRET"}


def check_targets(targets: Sequence[str], env: Mapping[str, str]) -> None:
    """Before anything is started. Raises UsageError."""
    for target in targets:
        kind, _, where = target.partition(":")
        if kind not in KINDS or not KINDS[kind].fullmatch(where):
            fix = "write github:OWNER/NAME, sns:ARN of a topic, or webhook:https://…"
            raise UsageError(f"no message can be sent to '{target}'", fix)
        secret = SECRETS.get(kind)
        if secret and not env.get(secret):
            raise UsageError(f"{secret} is not set", f"{kind} needs it; it is never an argument")


def notify(
    current: Session, results: Sequence[StackResult], targets: Sequence[str], *, complete: bool
) -> ExitCode:
    """The results of the session's own run."""
    return notify_of(current.project, current.organization, results, targets, complete=complete)


def notify_of(
    project: Project,
    organization: Organization,
    results: Sequence[StackResult],
    targets: Sequence[str],
    *,
    complete: bool,
) -> ExitCode:
    """Open, update and close at every target; one that cannot be told keeps no other from it.

    `complete`: all stacks were checked, so what is not found any more is over.
    """
    found = notifications(results)
    worst = ExitCode.DONE
    for target in targets:
        try:
            place = tickets_at(project, organization, target)
            _carried_out(place, found, results, project.say, complete=complete)
        except NotificationFailed as error:
            project.say(f"error: {target}: {error}")
            worst = error.exit_code
    return worst


def _carried_out(
    place: Tickets,
    found: Sequence[DriftNotification],
    results: Sequence[StackResult],
    say: Say,
    *,
    complete: bool,
) -> None:
    opened = place.opened()
    for step in steps(found, opened, looked(results, opened, complete)):
        place.carry_out(step)
        say(f"{step.move}: {step.title}")


def tickets_at(project: Project, organization: Organization, target: str) -> Tickets:
    """Where a target's tickets are."""
    kind, _, where = target.partition(":")
    home = organization.facts.home_region
    return wiring.tickets(kind, where, project.notifications, environment(project), home)
