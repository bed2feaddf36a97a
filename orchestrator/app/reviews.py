"""Plans that are kept for a review, here and in the state bucket; approved, and carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator import config, wiring
from orchestrator.app import selection
from orchestrator.app.kept_runs import named
from orchestrator.app.project import Project
from orchestrator.app.session import Session, environment
from orchestrator.errors import NotApproved, OrchestratorError, PlanChanged, UsageError
from orchestrator.model import dates
from orchestrator.model.events import Stored
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.review import Manifest, Source
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Journal, KmsApprovals, PlanBucket, Ports
from orchestrator.render import stacks_of
from orchestrator.rollout.reviewed import Review, reviewed_ports
from orchestrator.stages.jobs import Job


@dataclass(frozen=True, slots=True)
class Shelf:
    """What `plan --out` keeps, to be read, approved and removed."""

    project: Project
    organization: Organization
    env: Mapping[str, str]
    bucket: PlanBucket | None

    def share(self, run: str) -> None:
        """Put the plans into the bucket, if they are to be there. Raises AwsDenied."""
        if self.bucket:
            self.bucket.put(run, self.project.plans / run)

    def run(self, word: str) -> str:
        """The id of the run that is meant. Raises UsageError, AwsDenied."""
        here = wiring.stored_plans(self.project.plans).runs()
        if self.bucket is None or word in here:
            return named(word, here)
        return named(word, sorted({*here, *self.bucket.runs()}))

    def opened(self, run: str) -> tuple[Manifest, str]:
        """Manifest and digest; the plans are fetched if they are not here."""
        plans = wiring.stored_plans(self.project.plans)
        if self.bucket and run not in plans.runs():
            self.bucket.fetch(run, self.project.plans)
        return plans.manifest(run)

    def manifest(self, run: str) -> tuple[Manifest, str]:
        """Manifest and digest; nothing is kept here of a run that is not here."""
        plans = wiring.stored_plans(self.project.plans)
        if self.bucket is None or run in plans.runs():
            return plans.manifest(run)
        with TemporaryDirectory(prefix="orchestrator-manifest-") as private:
            self.bucket.fetch(run, Path(private), manifest_only=True)
            return wiring.stored_plans(Path(private)).manifest(run)

    def forget(self, run: str, keys: Sequence[StackKey]) -> None:
        """Remove what is carried out: it is of no use any more, and may hold secrets."""
        plans = wiring.stored_plans(self.project.plans)
        for key in keys:
            plans.forget(run, key)
        if self.bucket and keys:
            self.bucket.remove(run, keys)

    def approve(self, run: str, manifest: str, key: Path | None, kms: str) -> Path:
        """Sign with an SSH key or a KMS key. Raises UsageError, AwsDenied."""
        kept = wiring.approvals(self.project.approvals, self.env)
        if key:
            kept.sign(run, manifest, key)
        else:
            wiring.whole(kept.file(run), self._by_kms().sign(manifest, kms))
        if self.bucket:
            self.bucket.approve(run, kept.file(run))
        return kept.file(run)

    def approved_by(self, run: str, manifest: str) -> str:
        """Who has approved exactly this manifest. Raises NotApproved, AwsDenied."""
        approval = self.organization.facts.approval
        kept = wiring.approvals(self.project.approvals, self.env)
        if self.bucket and (newest := self.bucket.approval(run)):
            wiring.whole(kept.file(run), newest)
        if not kept.file(run).is_file():
            raise NotApproved(run, "there is no approval")
        text = kept.file(run).read_text("utf-8", "replace")
        if wiring.by_kms(text):
            return self._by_kms().signer(run, manifest, text, approval.keys)
        return kept.signer(run, manifest, approval.signers)

    def as_written(self, run: str, manifest: str) -> None:
        """Compare with the journal of the run that has made it. Raises PlanChanged."""
        kept = wiring.runs(self.project.runs)
        written = kept.history(run).manifest if run in kept.runs() else self._elsewhere(run)
        if written != manifest:
            what = "is not the one that run has written" if written else "is in no journal here"
            raise PlanChanged(
                f"plans/{run}/manifest.json {what}: its digest is {manifest[:12]}",
                "plan and review again; plans that are carried to another machine need the run's "
                "journal beside them or in the state bucket (state.journal), or an approval",
            )

    def _elsewhere(self, run: str) -> str:
        """What the copy of the run's journal says; '' without one."""
        if self.bucket is None or not self.organization.facts.state.journal:
            return ""
        content = self.bucket.journal(run)
        if not content:
            return ""
        with TemporaryDirectory(prefix="orchestrator-journal-") as private:
            wiring.whole(Path(private) / f"{run}.journal", content.decode("utf-8", "replace"))
            history = wiring.runs(Path(private)).history(run)
        return history.manifest if history.inputs.run == run else ""

    def _by_kms(self) -> KmsApprovals:
        return wiring.kms_approvals(self.env, self.organization.facts.home_region)


def shelf(
    project: Project, organization: Organization, env: Mapping[str, str], run_id: str
) -> Shelf:
    """With the bucket, if it is to keep plans. `run_id` is of this invocation."""
    return Shelf(project, organization, env, wiring.plan_bucket(organization, env, run_id))


@dataclass(frozen=True, slots=True)
class Approved:
    """The file of an approval, how many stacks it is for, and the manifest's digest."""

    file: Path
    stacks: int
    digest: str


def approve(project: Project, run: str, key: Path | None, kms: str) -> Approved:
    """Sign what a run of `plan --out` has kept, by an SSH key or by a KMS key.

    Raises UsageError, AwsDenied.
    """
    _check(key, kms)
    organization = config.load(project.configs, dates.today())
    kept = shelf(project, organization, environment(project), "approve")
    manifest, digest = kept.manifest(kept.run(run))
    return Approved(kept.approve(manifest.run, digest, key, kms), len(manifest.stacks), digest)


def _check(key: Path | None, kms: str) -> None:
    if bool(key) == bool(kms):
        raise UsageError("an approval is signed by one key", "name one: --key FILE, or --kms ARN")
    if key and not key.is_file():
        raise UsageError(f"there is no key '{key}'", "name an SSH key with --key")
    if kms and kms.split(":")[2:3] != ["kms"]:
        raise UsageError(f"'{kms}' is not the ARN of a KMS key", "write it as arn:aws:kms:…:key/…")


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
