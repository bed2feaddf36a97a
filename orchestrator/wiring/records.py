"""What is kept from one run to the next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestrator.adapters import files
from orchestrator.adapters.approvals import Approvals
from orchestrator.adapters.aws.kms_approvals import CallersKeys, is_one
from orchestrator.adapters.aws.plan_bucket import StateBucketPlans
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.files import BuildFolders
from orchestrator.adapters.journal.reader import this_process
from orchestrator.adapters.journal.runs import KeptRuns, kept
from orchestrator.adapters.journal.writer import Copy, JournalFile
from orchestrator.adapters.process import Processes
from orchestrator.adapters.report_history import KeptHistory
from orchestrator.adapters.stored_plans import StoredPlans
from orchestrator.errors import ToolMissing, UsageError
from orchestrator.model.journal import Origin
from orchestrator.model.organization import Organization
from orchestrator.model.run import Run
from orchestrator.ports import Folders, KmsApprovals, PlanBucket
from orchestrator.wiring.outside import history
from orchestrator.wiring.places import credential_cache, now


def folders(build: Path) -> Folders:
    """Rendered roots below `build`."""
    return BuildFolders(build)


def points(folder: Path) -> KeptHistory:
    """What is kept of earlier reports in `folder`."""
    return KeptHistory(folder)


def runs(folder: Path) -> KeptRuns:
    """The runs kept in `folder`."""
    return KeptRuns(folder)


def kept_run(file: Path) -> Run:
    """The run that a document tells of, wherever it lies. Raises UsageError."""
    return kept(file)


def journal(folder: Path, run_id: str, archive: Copy | None) -> JournalFile:
    """The journal of a run that begins."""
    return JournalFile(folder / f"{run_id}.journal", now, archive)


def origin(root: Path, env: Mapping[str, str]) -> Origin:
    """Who runs this process, where, and from which commit."""
    try:
        revision = history(root, env).revisions("HEAD").before
    except (UsageError, ToolMissing):
        revision = ""
    return this_process(env.get("USER") or env.get("LOGNAME") or "", revision)


def approvals(folder: Path, env: Mapping[str, str]) -> Approvals:
    """The approvals kept in `folder`."""
    return Approvals(folder, env, Processes().run)


def by_kms(approval: str) -> bool:
    """Whether an approval is a KMS key's, and not an SSH key's."""
    return is_one(approval)


def kms_approvals(env: Mapping[str, str], region: str) -> KmsApprovals:
    """Approvals by KMS keys, with the caller's own credentials."""
    return CallersKeys(AwsSession(env, region))


def stored_plans(folder: Path) -> StoredPlans:
    """The plans kept in `folder`."""
    return StoredPlans(folder)


def plan_bucket(
    organization: Organization, env: Mapping[str, str], run_id: str
) -> PlanBucket | None:
    """The plans kept in the state bucket, None if none are to be kept there."""
    if not organization.facts.state.plans:
        return None
    return StateBucketPlans(credential_cache(organization, env, run_id), organization)


def whole(file: Path, text: str) -> None:
    """Write a file whole or not at all, for its owner alone."""
    files.write(file, text)
