"""The report's charts as SVG. Colours are the page's own, so that they follow light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from xml.etree import ElementTree

import pygal
from pygal.style import Style

from orchestrator.model.points import Score
from orchestrator.model.settings import DecisionKind
from orchestrator.report.building import Report
from orchestrator.report.fixes import End
from orchestrator.report.rules import STRONGEST_FIRST

Texts = Mapping[str, str]

LINES = 5
"""Teams drawn; the table has them all."""

STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="currentColor",
    foreground_strong="currentColor",
    foreground_subtle="currentColor",
    opacity=".85",
    opacity_hover="1",
    transition="0s",
    font_family="inherit",
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=13,
    guide_stroke_dasharray="2,4",
    colors=("#2f6fdb", "#d9822b", "#3a9d5d", "#a24fb5", "#c23b3b", "#4aa3a3", "#8a7a3c"),
)


def scores(report: Report, texts: Texts) -> str:
    """The organization, and the teams whose scores are lowest now."""
    chart = pygal.Line(**_common([f"{point.at:%Y-%m}" for point in report.points]))
    chart.range = (0, 100)
    chart.add(
        texts["organization"],
        [_share(point.organization) for point in report.points],
        stroke_style={"width": 3},
    )
    chart.add(texts["mean"], [mean(point.accounts.values()) for point in report.points])
    for team in _lowest(report.point.teams):
        chart.add(team, [_share(point.teams.get(team)) for point in report.points])
    return _drawn(chart)


def rules(report: Report, texts: Texts) -> str:
    chart = pygal.StackedBar(**_common([each.month for each in report.rules]))
    for kind in STRONGEST_FIRST:
        name = texts[f"rule.{DecisionKind(kind)}"]
        chart.add(name, [each.counts[kind] for each in report.rules])
    return _drawn(chart)


def fixes(report: Report, texts: Texts) -> str:
    chart = pygal.StackedBar(**_common(list(report.fixes)))
    for end in End:
        counts = [counted.get(end, 0) for counted in report.fixes.values()]
        chart.add(texts[f"end.{end}"], counts)
    return _drawn(chart)


def _common(labels: Sequence[str]) -> dict[str, object]:
    most = max(1, len(labels) // 8)
    return {
        "style": STYLE,
        "js": (),
        "disable_xml_declaration": True,
        "no_prefix": False,
        "height": 300,
        "width": 900,
        "x_labels": labels,
        "x_labels_major_every": most,
        "show_minor_x_labels": most == 1,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 4,
        "margin": 8,
        "margin_bottom": 36,
        "truncate_label": -1,
        "truncate_legend": 24,
        "dots_size": 2,
        "no_data_text": "-",
        "value_formatter": lambda value: f"{value:.0f}",
    }


def _lowest(teams: Mapping[str, Score]) -> Sequence[str]:
    shares = {name: score.share for name, score in teams.items() if score.share is not None}
    return sorted(shares, key=lambda name: (shares[name], name))[:LINES]


def mean(scores: Iterable[Score]) -> float | None:
    """Of the scores of accounts that have data."""
    shares = [score.share for score in scores if score.share is not None]
    return fmean(shares) if shares else None


def _share(score: Score | None) -> float | None:
    return score.share if score else None


def _drawn(chart: pygal.graph.graph.Graph) -> str:
    """Without pygal's script: the page runs no other than its own."""
    svg = chart.render_tree()
    for parent in svg.iter():
        for script in parent.findall("script"):
            parent.remove(script)
    return ElementTree.tostring(svg, encoding="unicode")
