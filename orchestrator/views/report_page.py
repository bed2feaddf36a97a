"""The report as one HTML page that needs nothing else, in English or Japanese."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from statistics import fmean
from xml.etree import ElementTree

import pygal
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygal.style import Style

from orchestrator.findings.finding import Severity
from orchestrator.model.facts import Language
from orchestrator.model.history import Point, Score
from orchestrator.model.settings import DecisionKind
from orchestrator.report.remediations import STRONGEST_FIRST, End, Times
from orchestrator.report.report import Report
from orchestrator.report.words import TEXTS
from orchestrator.views import report_data

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
    chart.add(texts["mean"], [mean_share(point.accounts.values()) for point in report.points])
    for team in _lowest(report.point.teams):
        chart.add(team, [_share(point.teams.get(team)) for point in report.points])
    return _drawn(chart)


def rule_chart(report: Report, texts: Texts) -> str:
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


def mean_share(scores: Iterable[Score]) -> float | None:
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


Tile = tuple[str, str, str]
MONTH = timedelta(days=25)
"""At least so old is the point that this month's is compared with."""


def page(report: Report, language: Language) -> str:
    """Every value is escaped; the script may run by its hash alone, and nothing is loaded."""
    texts = TEXTS[language]
    environment = Environment(
        loader=PackageLoader("orchestrator", "views/pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = _file("report.js")
    return environment.get_template("report.html.j2").render(
        t=texts,
        language=language,
        css=_ours(_file("report.css")),
        script=_ours(script),
        script_hash=_hash(script),
        data=_ours(report_data.for_the_page(report)),
        words=_ours(_words(texts)),
        charts={
            "scores": _ours(scores(report, texts)),
            "rules": _ours(rule_chart(report, texts)),
            "fixes": _ours(fixes(report, texts)),
        },
        tiles=tuple(_tiles(report, texts)),
        times=_times(report, texts),
        **_values(report, texts),
    )


def _ours(text: str) -> Markup:
    """Made by us, with every value in it escaped already."""
    return Markup(text)  # noqa: S704


def _file(name: str) -> str:
    return files("orchestrator").joinpath("views", "pages", name).read_text("utf-8")


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"sha256-{digest}"


def _words(texts: Texts) -> str:
    words = {key: texts[key] for key in ("shown", "passed", "failed", "unknown", "no_data")}
    severities = [texts[f"severity.{each.name}"] for each in Severity]
    more = {"region": texts["region"], "found": texts["event.found"], "who": texts["who"]}
    return json.dumps({**words, **more, "severities": severities}, ensure_ascii=False)


def _values(report: Report, texts: Texts) -> Mapping[str, object]:
    sources, before = report.sources, _before(report)
    count = len(sources.standings.open)
    unread = len(sources.standings.unread)
    facts = sources.organization.facts
    return {
        "organization": facts.name,
        "at": f"{sources.at:%Y-%m-%d %H:%M}",
        "today": sources.at.date(),
        "lacking": (
            *sources.lacking,
            *([texts["unread"].format(count=unread)] if unread else []),
        ),
        "teams": _rows(report.point.teams, before.teams if before else {}),
        "units": _rows(report.point.units, before.units if before else {}),
        "accounts": report.accounts,
        "controls": report.controls,
        "noisy": report.noisy,
        "closing": report.closing,
        "severities": [(int(each), texts[f"severity.{each.name}"]) for each in Severity],
        "critical": Severity.CRITICAL,
        "high": Severity.HIGH,
        "cut": report_data.MOST_FINDINGS if count > report_data.MOST_FINDINGS else 0,
        "fixes": report.fixes,
        "ends": tuple(End),
        "keep_days": facts.remediation.keep_days,
        "drifts": report.drifts,
        "rollouts": report.rollouts,
        "due": report.due,
        "moment": moment,
    }


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _before(report: Report) -> Point | None:
    """The newest point of those that are about a month old."""
    limit = report.sources.at - MONTH
    return next((point for point in reversed(report.points) if point.at <= limit), None)


def _rows(
    now: Mapping[str, Score], before: Mapping[str, Score]
) -> tuple[tuple[str, Score, float | None], ...]:
    return tuple((name, score, _change(score, before.get(name))) for name, score in now.items())


def _change(now: Score, before: Score | None) -> float | None:
    """In percentage points."""
    then = before.share if before else None
    return None if now.share is None or then is None else now.share - then


def _tiles(report: Report, texts: Texts) -> Iterator[Tile]:
    before, numbers = _before(report), report.point.numbers
    score = report.point.organization
    change = _change(score, before.organization if before else None)
    percent = texts["no_data"] if score.share is None else f"{score.share:.0f} %"
    moved = [] if change is None else [f"{change:+.0f}"]
    mean = mean_share(report.point.accounts.values())
    usual = [] if mean is None else [f"{texts['mean']} {mean:.0f} %"]
    yield texts["score.organization"], percent, ", ".join([*moved, *usual])
    open_ = report.sources.standings.by_severity()
    worst = [f"{open_.get(s, 0)} {texts[f'severity.{s.name}']}" for s in reversed(Severity)][:2]
    yield texts["open"], str(sum(open_.values())), ", ".join(worst)
    if "covered" in numbers:
        yield texts["covered"], f"{numbers['covered']} / {numbers['accounts']}", ""
    rules = report.rules[-1].counts
    said = ", ".join(f"{count} {texts[f'rule.{kind}']}" for kind, count in rules.items())
    yield texts["rules"], str(sum(rules.values())), said
    yield texts["drifting"], str(numbers["drifting"]), ""
    yield texts["exceptions"], str(numbers["exceptions"]), ""
    times = {"half": report.times.half, "most": report.times.most}
    took = [texts[f"time.{key}"].format(time=_long(took)) for key, took in times.items() if took]
    yield texts["time_to_fix"], took[0] if took else texts["no_data"], "".join(took[1:])


def _times(
    report: Report, texts: Texts
) -> tuple[tuple[str, tuple[tuple[str, int, str, str], ...]], ...]:
    """By severity and by team: how many fixes, half and nine of ten of them within what."""
    groups = (
        ("severity", [(texts[f"severity.{s}"], took) for s, took in report.times_by_severity]),
        ("team", [(team or texts["no_data"], took) for team, took in report.times_by_team]),
    )
    return tuple((what, tuple(_took(name, took) for name, took in each)) for what, each in groups)


def _took(name: str, took: Times) -> tuple[str, int, str, str]:
    half, most = (_long(each) if each else "" for each in (took.half, took.most))
    return name, took.count, half, most


def _long(took: timedelta) -> str:
    """'40 s', '12 min', '5 h', '3 d'."""
    seconds = took.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
