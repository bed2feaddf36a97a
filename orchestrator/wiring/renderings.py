"""What was rendered last, kept so that another version can be held against it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestrator import __version__, assets
from orchestrator.adapters import rendered
from orchestrator.adapters.workers import archive
from orchestrator.assets import project_file
from orchestrator.errors import UsageError
from orchestrator.model.plan import Rendering
from orchestrator.model.upgrade import Before, Upgrade, compared
from orchestrator.render import Renderer


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
    return archive.digest(archive.packed(root, parts))
