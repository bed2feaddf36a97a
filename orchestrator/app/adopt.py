"""`adopt`: what is in accounts already, taken over instead of made twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator import config, wiring
from orchestrator.accounts import files
from orchestrator.app import selection
from orchestrator.app.project import Project, Say
from orchestrator.app.session import Session, environment, session
from orchestrator.errors import ConfigurationError
from orchestrator.model import dates
from orchestrator.model.import_candidates import StackImports
from orchestrator.model.organization import Imports
from orchestrator.model.run import StackResult
from orchestrator.rollout.imports import adopt_all
from orchestrator.stages.jobs import Job


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of each stack, and the files of account_configs/adopted/ that say so."""

    results: tuple[StackImports | StackResult, ...]
    texts: Mapping[str, str | None]


def adopt(project: Project, words: Sequence[str], *, width: int | None = None) -> Imported:
    """Find what accounts have already of that which their first apply would create."""
    with session(project) as current:
        jobs = current.jobs(selection.chosen(project, current.organization, words))
        existing = wiring.existing(current.organization, environment(project), current.run_id)
        adopted = current.organization.adopted
        results = tuple(
            adopt_all(
                jobs,
                current.ports,
                current.options(width),
                existing,
                lambda job, imports: _taking(current, job, imports),
                lambda job: adopted.get(job.key, {}),
            )
        )
        for result in results:
            if result.plan is not None:
                current.ports.folders.discard(result.plan)
    found = [result for result in results if isinstance(result, StackImports)]
    return Imported(results, files.adopted_texts(adopted, found))


def _taking(current: Session, job: Job, imports: Imports) -> Job:
    """The same stack, with these imports instead of those that the files have."""
    adopted = {**current.organization.adopted, job.key: imports}
    organization = replace(current.organization, adopted=adopted)
    return replace(job, rendering=current.renderer.render(organization, job.key))


def keep(configs: Path, texts: Mapping[str, str | None], say: Say) -> None:
    """Write the files into adopted/, all of them or none: what cannot be read is not kept.

    Raises ConfigurationError.
    """
    folder = configs / "adopted"
    before = {name: _text(folder / name) for name in texts}
    put(folder, texts, say)
    try:
        config.load(configs, dates.today())
    except ConfigurationError:
        put(folder, before, say)
        raise


def _text(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None


def put(folder: Path, texts: Mapping[str, str | None], say: Say) -> None:
    """Write the files that have changed, and remove those that have nothing to say any more."""
    for name, text in texts.items():
        file = folder / name
        if text == _text(file):
            continue
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        say(f"{'removed' if text is None else 'written'}: {file}")
    if texts and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
