"""The report's texts, by language. Names, ids and reasons stay as they are written."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.facts import Language
from orchestrator.report.words import en, ja

TEXTS: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: en.TEXTS,
    Language.JAPANESE: ja.TEXTS,
}
