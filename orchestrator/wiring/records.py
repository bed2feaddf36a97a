"""What is kept from one run to the next, and what was rendered last.

Another version can be held against what was rendered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator import __version__, assets
from orchestrator.adapters import files, rendered
from orchestrator.adapters.approvals import Approvals, CallersKeys, is_one
from orchestrator.adapters.aws.run_copies import StateBucketPlans
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.files import BuildFolders
from orchestrator.adapters.journal.reader import this_process
from orchestrator.adapters.journal.runs import Copy, JournalFile, KeptRuns, kept
from orchestrator.adapters.process import Processes
from orchestrator.adapters.records import KeptHistory
from orchestrator.adapters.stored_plans import StoredPlans
from orchestrator.assets import project_file
from orchestrator.errors import ToolMissing, UsageError
from orchestrator.model.events import Origin
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Rendering
from orchestrator.model.run import Run
from orchestrator.model.upgrade import Before, Upgrade, compared
from orchestrator.ports import Folders, KmsApprovals, PlanBucket
from orchestrator.render import Renderer
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


def keep(
    root: Path,
    build: Path,
    renderer: Renderer,
    stacks: Sequence[Rendering],
    others: Sequence[Rendering],
) -> None:
    """Note that all `stacks` of the project at `root` were written below `build`.

    `others` are roots that are made elsewhere, and kept as texts.
    """
    elsewhere = {each.key.folder: dict(each.files) for each in others}
    record = rendered.Record(
        __version__,
        _source(root),
        {each.key.folder: rendered.digest(dict(each.files)) for each in stacks},
        renderer.modules(*stacks, *others),
        elsewhere,
    )
    rendered.write(build, record)


def upgrade(
    root: Path,
    build: Path,
    renderer: Renderer,
    stacks: Sequence[Rendering],
    others: Sequence[Rendering],
) -> Upgrade:
    """What this version renders, held against what the pinned one has rendered last.

    Raises UsageError where that is not known any more.
    """
    pinned = assets.project(root).versions.get("orchestrator", "")
    if not pinned:
        raise UsageError(
            f"{project_file.NAME} does not say which orchestrator this project is made with",
            f'write it: [versions] orchestrator = "=={__version__}"',
        )
    before = _before(root, build, pinned)
    everything = [*stacks, *others]
    modules = {each.folder.rpartition("/")[2]: each for r in everything for each in r.modules}
    texts = {
        name: {
            inner: file.read_text("utf-8") for inner, file in module.files if inner.endswith(".tf")
        }
        for name, module in modules.items()
    }
    return compared(before, __version__, everything, renderer.modules(*everything), texts)


def _before(root: Path, build: Path, pinned: str) -> Before:
    record = rendered.read(build)
    fix = (
        f"render with it once more: pip install 'securityhub-orchestrator{pinned}', orchestrator "
        f"render, pip install 'securityhub-orchestrator=={__version__}', orchestrator upgrade"
    )
    if record is None or not assets.project(root).allows("orchestrator", record.orchestrator):
        raise UsageError(f"{build} does not hold what orchestrator {pinned} renders", fix)
    if record.source != _source(root):
        raise UsageError(f"the project has changed since {build} was rendered", fix)
    roots = rendered.of_folders(build, record.roots)
    if {folder: rendered.digest(texts) for folder, texts in roots.items()} != record.roots:
        raise UsageError(f"{build} is not as orchestrator {record.orchestrator} left it", fix)
    return Before(
        record.orchestrator,
        {**roots, **record.elsewhere},
        record.modules,
        rendered.of_modules(build, record.modules),
    )


def _source(root: Path) -> str:
    """A digest of all that the user keeps, the versions apart."""
    parts = [name for name in assets.of(root).parts if name != project_file.NAME]
    return files.digest(files.packed(root, parts))
