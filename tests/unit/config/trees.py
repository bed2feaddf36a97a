"""Trees of configuration files for tests: a small organization that is right, and changes to it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from orchestrator.config.documents import Document
from orchestrator.config.yaml import parse

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "account_configs"
MISTAKES = ROOT / "tests" / "golden" / "mistakes"
BASE = MISTAKES / "_base"
TODAY = date(2026, 11, 1)

DEV = "ous/workloads/shop-dev.yaml"
PROD = "ous/workloads/prod/shop-prod.yaml"


def a_tree(folder: Path, added: Mapping[str, str] | None = None) -> Path:
    """The small organization below `folder`, with `added` at the end of files, or as new ones."""
    root = folder / "account_configs"
    shutil.copytree(BASE, root)
    for name, text in (added or {}).items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        before = file.read_text("utf-8") if file.exists() else ""
        file.write_text(before + text, "utf-8")
    return root


def a_document(text: str) -> Document:
    """The YAML `text`, which must have no problems of its own."""
    document, problems = parse(text, Path("file.yaml"))
    assert document, problems
    assert not problems
    return document


def decision(kind: str, indent: int = 6) -> str:
    """The lines of a decision, indented to stand below a control."""
    lines = (
        f"decision: {kind}",
        "reason: It was decided for this test.",
        "decided_by: shop",
        "decided_on: 2026-06-01",
        "review_by: 2027-06-01",
    )
    return "".join(f"{' ' * indent}{line}\n" for line in lines)
