"""Plans that are kept for a review, and a run that carries out what was reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from orchestrator import wiring
from orchestrator.app import selection
from orchestrator.app.project import Project
from orchestrator.app.session import Session, environment
from orchestrator.app.stored import Shelf, shelf
from orchestrator.errors import NotApproved, OrchestratorError, UsageError
from orchestrator.model.events import Stored
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.review import Manifest, Source
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Journal, Ports
from orchestrator.render import stacks_of
from orchestrator.rollout.reviewed import Review, reviewed_ports
from orchestrator.stages.jobs import Job

CARRIED_OUT = frozenset({Outcome.APPLIED, Outcome.UNCHANGED, Outcome.UNVERIFIED, Outcome.PARTLY})


@dataclass(frozen=True, slots=True)
class Opened:
    """Stored plans to carry out, or None for a run that makes its own."""

    manifest: Manifest | None = None
    replan: bool = False

    def chosen(
        self, project: Project, organization: Organization, words: Sequence[str]
    ) -> tuple[StackKey, ...]:
        """What the words select; without any, all that was planned."""
        if self.manifest is None or words:
            return selection.chosen(project, organization, words)
        known = {(key.account_id, key.stack): key for key in stacks_of(organization)}
        wanted = [(stack.key.account_id, stack.key.stack) for stack in self.manifest.stacks]
        gone = [str(stack.key) for stack in self.manifest.stacks if _at(stack.key) not in known]
        if gone:
            raise UsageError(
                f"run {self.manifest.run} has planned what is not configured any more: "
                f"{', '.join(gone)}",
                "plan and review again, or select the others",
            )
        return tuple(key for at, key in known.items() if at in set(wanted))

    def ports(self, current: Session, jobs: Sequence[Job]) -> Ports:
        """Those of the session, unless stored plans are carried out."""
        if self.manifest is None:
            return current.ports
        plans = wiring.stored_plans(current.project.plans)
        sources = _sources(current, jobs)
        review = Review(self.manifest, current.tool_versions, sources, plans, self.replan)
        return reviewed_ports(review, current.ports)

    def forget(self, current: Session, results: Iterable[StackResult]) -> None:
        """Remove the files of plans that are carried out: they are of no use, and hold secrets."""
        if self.manifest is None:
            return
        done = [result.key for result in results if result.outcome in CARRIED_OUT]
        _shelf(current).forget(self.manifest.run, done)


def opened(current: Session, reviewed: str | None, *, replan: bool) -> Opened:
    """The stored plans, if a run of `plan` is named; to be called before anything is started.

    Raises NotApproved, UsageError, and PlanChanged if the manifest is not the one that was written.
    """
    approval = current.organization.facts.approval
    if reviewed is None:
        if replan:
            raise UsageError("--replan means nothing without --run")
        if approval.required:
            raise NotApproved(
                "that is not there", "organization.approval is required, and no --run is named"
            )
        return Opened()
    if replan and approval.required:
        raise UsageError(
            "--replan would apply plans that were not approved",
            "leave it out: organization.approval is required; plan, review and approve again",
        )
    stored = _shelf(current)
    manifest, digest = stored.opened(stored.run(reviewed))
    if approval.required:
        name = stored.approved_by(manifest.run, digest)
        current.project.say(f"plans of run {manifest.run}: approved by {name}")
    else:
        stored.as_written(manifest.run, digest)
    return Opened(manifest, replan)


def keep(
    current: Session, jobs: Sequence[Job], results: Sequence[StackResult], journal: Journal
) -> None:
    """Store the plans of a run before they are discarded; they are as well if that goes wrong."""
    try:
        _keep(current, jobs, results, journal)
    except OrchestratorError:
        for result in results:
            if result.plan is not None:
                current.ports.folders.discard(result.plan)
        raise
    current.project.say(
        f"plans are kept; after the review: orchestrator apply --run {current.run_id}"
    )


def _keep(
    current: Session, jobs: Sequence[Job], results: Sequence[StackResult], journal: Journal
) -> None:
    digest = wiring.stored_plans(current.project.plans).keep(
        current.run_id,
        datetime.now(UTC).isoformat(timespec="seconds"),
        current.tool_versions,
        results,
        _sources(current, jobs),
    )
    journal.emit(Stored(digest))
    _shelf(current).share(current.run_id)


def _shelf(current: Session) -> Shelf:
    env = environment(current.project)
    return shelf(current.project, current.organization, env, current.run_id)


def _sources(current: Session, jobs: Sequence[Job]) -> dict[StackKey, Source]:
    return {job.key: Source(job.rendering, current.renderer.modules(job.rendering)) for job in jobs}


def _at(key: StackKey) -> tuple[str, str]:
    return key.account_id, key.stack
