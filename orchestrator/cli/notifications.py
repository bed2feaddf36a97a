"""`--notify`: people are told of drift, once, and again when it changes or is over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import click

from orchestrator import wiring
from orchestrator.cli.project import Project
from orchestrator.cli.session import Session, environment
from orchestrator.drift.notifications import looked, notifications, steps
from orchestrator.errors import NotificationFailed, UsageError
from orchestrator.model.drift import DriftNotification
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Organization
from orchestrator.model.run import StackResult
from orchestrator.ports import Tickets

F = TypeVar("F", bound=Callable[..., object])

KINDS: Mapping[str, re.Pattern[str]] = {
    "github": re.compile(r"[\w.-]+/[\w.-]+"),
    "sns": re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[\w-]+"),
    "webhook": re.compile(r"https://[^\s]+"),
}
SECRETS: Mapping[str, str] = {"github": "GITHUB_TOKEN", "webhook": "ORCHESTRATOR_WEBHOOK_SECRET"}


def option(command: F) -> F:
    return click.option(
        "--notify",
        "targets",
        multiple=True,
        metavar="KIND:TARGET",
        help="Tell github:OWNER/NAME, sns:ARN or webhook:URL what is new; may be repeated.",
    )(command)


def check(targets: Sequence[str], env: Mapping[str, str]) -> None:
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
            _told(tickets_at(project, organization, target), found, results, complete=complete)
        except NotificationFailed as error:
            click.echo(f"error: {target}: {error}", err=True)
            worst = error.exit_code
    return worst


def _told(
    place: Tickets,
    found: Sequence[DriftNotification],
    results: Sequence[StackResult],
    *,
    complete: bool,
) -> None:
    opened = place.opened()
    for step in steps(found, opened, looked(results, opened, complete)):
        place.carry_out(step)
        title = (
            step.notification.title
            if step.notification
            else step.ticket.title
            if step.ticket
            else ""
        )
        click.echo(f"{step.move}: {title}", err=True)


def tickets_at(project: Project, organization: Organization, target: str) -> Tickets:
    """Where a target's tickets are."""
    kind, _, where = target.partition(":")
    home = organization.facts.home_region
    return wiring.tickets(kind, where, project.notifications, environment(project), home)
