"""That workers have what they need before somebody waits for them."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.facts import ROOT
from orchestrator.config.documents import Document, Json, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem

RUNNER = (ROOT, "runner")
NEEDED = {
    "fargate": ("image", "subnets", "security_groups"),
    "codebuild": ("image",),
}


def check_runner(sources: Sources) -> Iterator[Problem]:
    """What `organization.runner` leaves out, once it is enabled."""
    document = sources.organization
    if document is None or not sources.sound(document):
        return
    runner = document.mapping(*RUNNER)
    if runner.get("enabled") is not True:
        return
    for key in NEEDED.get(str(runner.get("launch", "fargate")), ()):
        if not _some(runner.get(key)):
            yield _problem(document, f"workers need '{key}'", f"set {dotted((*RUNNER, key))}")
    builds = runner.get("launch") == "codebuild"
    if builds and _some(runner.get("subnets")) and not runner.get("vpc"):
        what = "builds in subnets need their VPC"
        yield _problem(document, what, f"set {dotted((*RUNNER, 'vpc'))}")
    if document.mapping(ROOT, "state").get("runs") is not True:
        what = "workers take runs from the state bucket, which keeps none"
        yield _problem(document, what, f"set {ROOT}.state.runs to true")
    if runner.get("worker_role", "orchestrator-worker") in _roles(document):
        what = "the workers' role is another role already"
        yield _problem(document, what, "give worker_role a name of its own")


def _some(value: Json) -> bool:
    """Said, and where several can be said, at least one of them not taken back."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _roles(document: Document) -> set[object]:
    access = document.mapping(ROOT, "access")
    return {access.get("runner_role", "orchestrator-runner"), access.get("reader_role")}


def _problem(document: Document, what: str, fix: str) -> Problem:
    path = (*RUNNER, "enabled")
    return Problem(document.file, document.line(path), dotted(RUNNER), what, fix)
