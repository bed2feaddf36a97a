"""How long 500 accounts take to render, without and with writing them to disk.

python tests/bench/bench_render.py [FIGURES.json]

Ends with 1 when rendering alone takes more processor time than it may. Writing is only reported: a
busy disk takes many times as long for the same files.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters.files import BuildFolders
from orchestrator.model.plan import Rendering
from orchestrator.render import Renderer, digest_of, stacks_of
from tests.unit.render.builders import ROOT, hundreds

ACCOUNTS, TIMES = 500, 3
LIMIT = 1.0
"""Seconds of processor time."""


@dataclass(frozen=True, slots=True, order=True)
class Took:
    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s"


def timed(work: Callable[[], object]) -> Took:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def rendered() -> list[Rendering]:
    """With a renderer of its own: reading and compiling templates is part of the wait."""
    renderer = Renderer(ROOT)
    return [renderer.render(ORGANIZATION, key) for key in stacks_of(ORGANIZATION)]


def write(renderings: list[Rendering], folders: BuildFolders) -> None:
    for rendering in renderings:
        folders.write(rendering)


def written(renderings: list[Rendering]) -> tuple[Took, Took]:
    """Into an empty folder, and into one where nothing has changed."""
    with TemporaryDirectory() as build:
        folders = BuildFolders(Path(build))
        first, again = (timed(lambda: write(renderings, folders)) for _ in range(2))
        return first, again


def main(results: Path | None) -> int:
    renderings = rendered()
    render = min(timed(rendered) for _ in range(TIMES))
    first, again = written(renderings)
    files, digest = sum(len(each.files) for each in renderings), digest_of(renderings)
    sys.stdout.write(
        f"render: {ACCOUNTS} accounts, {files} files, {render} rendered, {first} written, "
        f"{again} written again, digest {digest}\n"
    )
    if results:
        seconds = {"render": render.wall, "write": first.wall, "write_again": again.wall}
        figures = {"accounts": ACCOUNTS, "files": files, "seconds": seconds, "digest": digest}
        results.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return int(render.processor > LIMIT)


ORGANIZATION = hundreds(ACCOUNTS)

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else None))
