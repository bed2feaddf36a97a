"""Phrases that a native reader stumbles over do not come back: in pages, help or messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

INSTEAD = {
    "what it rests on": "the services it depends on",
    "answers for security": "is responsible for security",
    "of a finding it says": "for each finding it shows",
    "reports lie": "reports are",
    "is what people look at": "say what it is",
    "the sample that is there": "copy it from the sample",
    "tells these steps in full": "covers in detail",
    "is left by saying so": "disable it explicitly",
    "the reason is wanted by": "--reason is required when",
    "ask what is so": "check the state",
    "how far it carries": "scalability",
    "asked of nobody": "is not verified",
    "what aws would not say": "what AWS denied",
    "take it out again": "uninstall",
    "keep it up:": "maintenance",
}
JAPANESE = {
    "関数が直し": "Lambda 関数が修復し",
    "話しかけ": "接続し",
    "模造": "エミュレーション",
    "手元で動く AWS": "ローカルの擬似 AWS 環境",
    "見本にならい": "サンプルを参考にし",
    "道具が": "ツールが",
    "飛ばした": "スキップした",
    "宣言どおりに答え": "実際の状態が宣言と一致",
    "締め出": "アクセスを遮断",
    "遮断器": "サーキットブレーカー",
    "背後の人": "実際の操作者",
    "土台": "基盤",
}
"""The same for Japanese."""
PAGES = [
    *ROOT.glob("*.md"),
    *(file for file in (ROOT / "docs").rglob("*.md") if file.parent.name != "decisions"),
    *(ROOT / "orchestrator").rglob("*.py"),
    *(ROOT / "orchestrator").rglob("*.j2"),
]


@pytest.mark.parametrize("phrase", [*INSTEAD, *JAPANESE])
def test_a_phrase_that_readers_stumble_over_is_in_no_page_and_no_message(phrase: str) -> None:
    found = [file.relative_to(ROOT).as_posix() for file in PAGES if phrase in flat(file)]

    assert found == [], f"say: {({**INSTEAD, **JAPANESE})[phrase]}"


def flat(file: Path) -> str:
    """The text without line breaks, in lower case."""
    return re.sub(r"\s+", " ", file.read_text("utf-8")).lower()
