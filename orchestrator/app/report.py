"""`report` and `coverage`: how secure the organization is, and which accounts are covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestrator import config, wiring
from orchestrator.accounts.coverage import Known, draw
from orchestrator.app.project import Project
from orchestrator.app.remediation import deployed, run_id
from orchestrator.app.session import environment
from orchestrator.errors import AwsDenied, OrchestratorError, UsageError
from orchestrator.findings.records import Record
from orchestrator.model import dates
from orchestrator.model.coverage import Coverage, Seen
from orchestrator.model.exposures import RemediationTarget
from orchestrator.model.history import History, Point
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import LEFT_ALONE, Probe
from orchestrator.ports import Conformance
from orchestrator.render import stacks_of
from orchestrator.report.report import Report, Sources, build
from orchestrator.report.scores import settle

APPLYING = {"vend": "apply"}
"""Commands that apply, too."""
NOBODY_CAME = LEFT_ALONE
ASKED_AT_ONCE = 8
"""Accounts; each is asked a dozen questions, one after the other."""


def drawn(
    project: Project, organization: Organization, max_age: timedelta, *, ask: bool
) -> Coverage:
    """The coverage as of now. Raises AwsDenied."""
    now = datetime.now(UTC)
    outlook = wiring.outlook(organization, environment(project), f"{now:%Y%m%d-%H%M%S}-coverage")
    runs = _runs(project)
    known = Known(
        outlook.inventory.members(),
        frozenset(AccountId(id_) for id_, stack in outlook.states() if stack == StackName.ACCOUNT),
        _by_account(runs, "apply"),
        _by_account(runs, "drift"),
        _answers(organization, outlook.conformance) if ask else None,
        _unwatched(project, organization) if ask else {},
    )
    return draw(organization, known, now, max_age)


def _unwatched(project: Project, organization: Organization) -> Mapping[AccountId, tuple[str, ...]]:
    """Nothing where that cannot be read: the coverage stands without it."""
    try:
        return wiring.unwatched(organization, environment(project), run_id("coverage"))
    except AwsDenied as denied:
        project.say(f"what no security service watches is not known: {denied.message}")
        return {}


Runs = Mapping[str, list[tuple[AccountId, Seen]]]


def _runs(project: Project) -> Runs:
    """What became of each account's own stack, by command, the oldest run first."""
    kept, found = wiring.runs(project.runs), dict[str, list[tuple[AccountId, Seen]]]()
    for run in kept.runs():
        history = kept.history(run)
        for key, stack in history.stacks.items():
            if (
                key.stack is StackName.ACCOUNT
                and stack.outcome
                and stack.outcome not in NOBODY_CAME
            ):
                reason = stack.reasons[0] if stack.reasons else ""
                seen = Seen(history.started, stack.outcome, reason)
                command = APPLYING.get(history.inputs.command, history.inputs.command)
                found.setdefault(command, []).append((key.account_id, seen))
    return found


def _by_account(runs: Runs, command: str) -> Mapping[AccountId, tuple[Seen, ...]]:
    found: dict[AccountId, tuple[Seen, ...]] = {}
    for account, seen in runs.get(command, []):
        found[account] = (*found.get(account, ()), seen)
    return found


def _answers(
    organization: Organization, conformance: Conformance
) -> Mapping[AccountId, tuple[Probe, ...]]:
    """Of all stacks: the foundations of the special accounts deliver everybody's logs."""
    today = dates.today()
    keys = [k for k in stacks_of(organization) if not _account(organization, k).set_aside(today)]

    def ask(key: StackKey) -> tuple[Probe, ...]:
        account = _account(organization, key)
        return (*conformance.inspect(account, key), *conformance.arrivals(account, key))

    found: dict[AccountId, tuple[Probe, ...]] = {}
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        for key, probes in zip(keys, pool.map(ask, keys), strict=True):
            found[key.account_id] = (*found.get(key.account_id, ()), *probes)
    return found


def _account(organization: Organization, key: StackKey) -> Account:
    return organization.named(key.account_name)


DRIFT_AGE = timedelta(days=2)


def report(project: Project, history: Path | None = None) -> Report:
    """As of now. `history` has the figures of earlier reports; by default the project's folder."""
    organization = config.load(project.configs, dates.today())
    return build(_sources(project, organization, wiring.points(history or project.reports).all()))


def keep(project: Project, made: Report, history: Path | None = None) -> None:
    """Keep its figures for later reports."""
    wiring.points(history or project.reports).keep(made.point)


def write(out: Path, text: str) -> None:
    """The whole file or none. Raises UsageError where it cannot be written."""
    try:
        wiring.whole(out, text)
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror}", "name another file"
        ) from error


def _sources(project: Project, organization: Organization, earlier: tuple[Point, ...]) -> Sources:
    """Findings must be had; without the rest the report says what it lacks."""
    now = datetime.now(UTC)
    found = wiring.all_findings(organization, environment(project), run_id("report"))
    lacking: list[str] = []
    return Sources(
        organization,
        settle(found),
        now,
        _coverage(project, organization, lacking),
        _records(project, organization, lacking),
        tuple(_histories(project, lacking)),
        earlier,
        targets=_targets(project, organization, lacking),
        lacking=tuple(lacking),
    )


def _targets(
    project: Project, organization: Organization, lacking: list[str]
) -> tuple[RemediationTarget, ...]:
    try:
        env = environment(project)
        return wiring.remediation_targets(organization, env, run_id("report")) or ()
    except AwsDenied as denied:
        lacking.append(f"exposures: {denied.message}")
        return ()


def _coverage(project: Project, organization: Organization, lacking: list[str]) -> Coverage | None:
    try:
        return drawn(project, organization, DRIFT_AGE, ask=False)
    except AwsDenied as denied:
        lacking.append(f"coverage: {denied.message}")
        return None


def _records(
    project: Project, organization: Organization, lacking: list[str]
) -> tuple[Record, ...]:
    """Of all days that are kept; none where nothing fixes."""
    if not organization.facts.remediation.enabled:
        return ()
    try:
        return deployed(project, "report").operator.records(
            organization.facts.remediation.keep_days
        )
    except OrchestratorError as error:
        lacking.append(f"what the remediation function did: {error.message}")
        return ()


def _histories(project: Project, lacking: list[str]) -> Iterator[History]:
    kept = wiring.runs(project.runs)
    for run in kept.runs():
        try:
            yield kept.history(run)
        except UsageError as error:
            lacking.append(f"the run {run}: {error.message}")
