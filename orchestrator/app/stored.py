"""Stored plans and their approvals: in the work folder, and in the state bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator import config, wiring
from orchestrator.app.names import named
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import NotApproved, PlanChanged, UsageError
from orchestrator.model import dates
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.review import Manifest
from orchestrator.ports import KmsApprovals, PlanBucket


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
