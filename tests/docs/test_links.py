from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import LINK, ROOT, anchors, pages, prose


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    broken = [
        target
        for target in (match["target"] for match in LINK.finditer(prose(page)))
        if not target.startswith(("https://", "mailto:")) and not leads_somewhere(page, target)
    ]

    assert broken == []


def leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or anchor in anchors(file))


def test_every_page_of_the_documentation_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for match in LINK.finditer(prose(page)):
            file = (page.parent / match["target"].partition("#")[0]).resolve()
            waiting += sorted(file.glob("*.md")) if file.is_dir() else [file] * file.is_file()

    unreached = [str(p.relative_to(ROOT)) for p in pages() if p not in reached]

    assert [page for page in unreached if page.startswith("docs/")] == []
