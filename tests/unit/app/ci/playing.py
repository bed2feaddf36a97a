"""A job of a workflow played on this machine, step by step as a runner does it.

Checking out, caching and handing over are the runner's; whoever plays a job does them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.unit.app.ci.jobs import Script, github

EXPRESSION = re.compile(r"\$\{\{ ([\w.]+) \}\}")
COMPARED = re.compile(r"(?P<what>[\w.]+) (?P<how>==|!=) '(?P<value>[^']*)'")
SHELL = ("bash", "--noprofile", "--norc", "-euo", "pipefail", "-c")


@dataclass
class Played:
    """What came of a job: the code of each step that ran, what steps said, and their outputs."""

    codes: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def code(self) -> int:
        """The first that is not 0, or 0."""
        return next((code for code in self.codes.values() if code), 0)

    def output(self, step: str, name: str) -> str:
        return self.known.get(f"steps.{step}.outputs.{name}", "")


def play(
    file: str,
    job: str,
    checkout: Path,
    env: Mapping[str, str],
    known: Mapping[str, str] | None = None,
) -> Played:
    """Run the shell of each step; `known` has what expressions mean."""
    played = Played(known=dict(known or {}))
    at = github(file)[job]
    temp = checkout.parent / f"{checkout.name}.temp"
    temp.mkdir(exist_ok=True)
    for step in at["steps"]:
        if "run" not in step or not _wanted(str(step.get("if", "")), played):
            continue
        texts = {**at.get("env", {}), **step.get("env", {})}
        own = {name: _filled(str(text), played.known) for name, text in texts.items()}
        script = Script(step["name"], step["run"], own)
        code = _run(script, checkout, temp, env, played, str(step.get("id", "")))
        played.codes[step["name"]] = 0 if step.get("continue-on-error") else code
    return played


def shell(
    script: Script, checkout: Path, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """One script, as CI starts it."""
    return subprocess.run(
        [*SHELL, script.text],
        cwd=checkout,
        env={**env, **script.env},
        capture_output=True,
        text=True,
        check=False,
    )


def _run(
    script: Script, checkout: Path, temp: Path, env: Mapping[str, str], played: Played, id_: str
) -> int:
    outputs, summary = temp / "outputs", temp / "summary"
    for file in (outputs, summary):
        file.write_text("")
    places = {
        "RUNNER_TEMP": str(temp),
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    ended = shell(script, checkout, {**env, **places})
    played.told[script.where] = ended.stdout + ended.stderr
    played.summary += summary.read_text()
    for line in outputs.read_text().splitlines():
        name, _, value = line.partition("=")
        played.known[f"steps.{id_}.outputs.{name}"] = value
    return ended.returncode


def _wanted(condition: str, played: Played) -> bool:
    """After a step that has failed, only those that say so run."""
    if played.code and "always()" not in condition:
        return False
    return all(
        (played.known.get(found["what"], "") == found["value"]) is (found["how"] == "==")
        for found in COMPARED.finditer(condition)
    )


def _filled(text: str, known: Mapping[str, str]) -> str:
    return EXPRESSION.sub(lambda found: known[found[1]], text)
