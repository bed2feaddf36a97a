"""Every HTML page of the product is made here: one style sheet, one set of components, no network.

A page is one file. Its Content-Security-Policy allows the style sheet and the scripts in it by
their hashes and nothing else, so that a value that looked like markup could do nothing even if it
were not escaped; and autoescape escapes every value.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orchestrator.model.facts import Language

COMPONENTS = "page.js"
CHARTS = ("echarts/echarts.simple.min.js", "charts.js")
"""Apache ECharts as published on npm, and what draws this product's charts with it."""

WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: {
        "skip": "Skip to the content",
        "contents": "Contents",
        "search": "Search",
        "shown": "{shown} of {all} shown",
        "copy": "Copy",
        "copied": "Copied",
        "all": "all",
        "as_table": "Show as a table",
        "made_by": "Made by orchestrator; this file needs no network.",
        "to_top": "Back to top",
        "no_match": "No row matches. Clear the search to see all.",
    },
    Language.JAPANESE: {
        "skip": "本文へ移動",
        "contents": "目次",
        "search": "検索",
        "shown": "{all} 件中 {shown} 件を表示",
        "copy": "コピー",
        "copied": "コピーしました",
        "all": "すべて",
        "as_table": "表で表示",
        "made_by": "orchestrator で作成。このファイルはオフラインで閲覧できます。",
        "to_top": "ページ先頭へ",
        "no_match": "該当する行がありません。検索条件を消すとすべて表示されます。",
    },
}
"""What the components themselves say."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that is looked at first. `tone` is good, bad, doubt or ''; so is the change's.

    `points` are earlier values, oldest first, drawn as a small line where there are two or more.
    """

    label: str
    value: str
    beside: str = ""
    tone: str = ""
    change: str = ""
    change_tone: str = ""
    points: tuple[float, ...] = ()
    href: str = ""

    def line(self, width: int = 96, height: int = 28) -> str:
        """The points of an SVG polyline; '' where there is nothing to draw."""
        if len(self.points) < 2:
            return ""
        low, high = min(self.points), max(self.points)
        span = (high - low) or 1
        step = width / (len(self.points) - 1)
        return " ".join(
            f"{number * step:.1f},{height - 2 - (value - low) / span * (height - 4):.1f}"
            for number, value in enumerate(self.points)
        )


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table: its heading, and whether it holds numbers or prose that may wrap."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines or stacked bars over the same labels. None is a gap. `tones` name CSS colours."""

    kind: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None], str]]
    """Name, values, the custom property of its colour: 'c1' is --c1."""
    unit: str = ""
    top: float | None = None

    def document(self) -> Mapping[str, object]:
        series = [{"name": n, "values": list(v), "colour": c} for n, v, c in self.series]
        return {
            **{"kind": self.kind, "labels": list(self.labels), "series": series},
            **{"unit": self.unit, "top": self.top},
        }


def render(
    template: str,
    values: Mapping[str, object],
    *,
    language: Language = Language.ENGLISH,
    scripts: Sequence[str] = (),
    charts: bool = False,
    live: bool = False,
) -> str:
    """One page that needs nothing else.

    `scripts` are files beside the templates. A `live` page may ask the server that it came from.
    """
    used = (*(CHARTS if charts else ()), COMPONENTS, *scripts)
    style, sources = _source("style.css"), tuple(map(_source, used))
    policy = [
        *("default-src 'none'", f"style-src '{_hash(style)}'"),
        f"script-src {' '.join(repr(_hash(each)) for each in sources)}",
        *("img-src data:", "base-uri 'none'", "form-action 'none'"),
        *(["connect-src 'self'"] if live else []),
    ]
    return (
        _environment()
        .get_template(template)
        .render(
            **values,
            lang=language.value,
            ui_words=WORDS[language],
            policy="; ".join(policy),
            style=_ours(style),
            sources=tuple(map(_ours, sources)),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("orchestrator", "views/pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["embedded"] = embedded
    environment.filters["day"] = _day
    environment.filters["minute"] = minute
    return environment


@cache
def _source(name: str) -> str:
    return files("orchestrator").joinpath("views", "pages", *name.split("/")).read_text("utf-8")


@cache
def _hash(text: str) -> str:
    """Source: Content Security Policy Level 3, "hash-source"."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def embedded(value: object) -> Markup:
    """JSON to stand inside of a script element: nothing in it can end that element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return _ours(text)


def _ours(text: str) -> Markup:
    """Made by us, with every value in it escaped already."""
    return Markup(text)  # noqa: S704


def minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
