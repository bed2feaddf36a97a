"""The decisions of account_configs/, and how people name what they are about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.config.messages import choose_or
from orchestrator.controls.catalogue import CONTROL
from orchestrator.errors import UsageError
from orchestrator.findings import matrix as matrices
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.model import dates
from orchestrator.model.organization import Account, Organization
from orchestrator.render import matrix


@dataclass(frozen=True, slots=True)
class Decisions:
    """What account_configs/ says, as the orchestrator and as the function knows it."""

    organization: Organization
    matrix: Matrix


def load(project: Project) -> Decisions:
    """With the line of each decision."""
    organization = config.load(project.configs, dates.today())
    document = json.loads(matrix.text_of(matrix.document(organization, lines=True)))
    return Decisions(organization, matrices.load(document))


def account_called(organization: Organization, name: str) -> Account:
    """By name or id. Raises UsageError."""
    for account in organization.accounts:
        if name in (account.name, account.id):
            return account
    names = (account.name for account in organization.accounts)
    fix = choose_or(name, names, "see them all: orchestrator list all")
    raise UsageError(f"no account is called '{name}'", fix)


def control_called(control: str) -> str:
    """As Security Hub writes it, where we know of it. Raises UsageError."""
    if not CONTROL.fullmatch(control):
        raise UsageError(f"'{control}' is not a control", "write it as Security Hub does: S3.8")
    known = {each.lower(): each for entry in REMEDIATIONS for each in entry.controls}
    return known.get(control.lower(), control)


def control_asked(project: Project, control: str) -> str:
    """The same; says so if it is in no list of Security Hub's controls, and what may be meant."""
    called = control_called(control)
    known = {each.lower(): each for each in config.stated(project.configs).hub_controls}
    if called.lower() not in known:
        close = [known[each] for each in get_close_matches(called.lower(), known, cutoff=0.8)]
        meant = f"; did you mean {' or '.join(close)}?" if close else ""
        project.say(
            f"{called} is not in the list of Security Hub's controls{meant}\n"
            "  fix: correct it, or bring the list up to date: orchestrator controls refresh"
        )
    return called
