"""`controls refresh`: Security Hub's own list of controls, as it is today."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.report import write
from orchestrator.app.session import environment
from orchestrator.controls.catalogue import natural
from orchestrator.errors import UsageError
from orchestrator.model.hub_controls import Answered, HubControls, Refreshed

NAME = "hub_controls.yaml"
HEADER = """\
# Security Hub's own list of controls, from its hub in {region}.
# Written by `orchestrator controls refresh`; the next refresh writes it anew.
hub_controls:
"""


Ask = Callable[[str, Mapping[str, str]], Answered]


def refresh(project: Project, region: str, ask: Ask = wiring.hub_controls) -> Refreshed:
    """Ask the hub of `region`, by default of the home region, with the caller's own credentials.

    Neither roles nor a valid configuration are needed: this may be what makes it valid.
    Raises UsageError and AwsDenied. Nothing is written unless everything was answered.
    """
    env = environment(project)
    said = config.stated(project.configs)
    where = region or said.home_region or env.get("AWS_REGION", "")
    if not where:
        raise UsageError("no region is known", "name one: --region eu-central-1")
    answer = ask(where, env)
    if not answer.controls:
        raise UsageError(
            f"Security Hub in {where} lists no control", "name a region that has a hub: --region"
        )
    controls = dict(sorted(answer.controls.items(), key=lambda item: natural(item[0])))
    file = project.configs / NAME
    write(file, written(controls, where))
    return Refreshed(
        file,
        controls,
        added=tuple(each for each in controls if each not in said.hub_controls),
        gone=tuple(each for each in said.hub_controls if each not in controls),
        unlisted=tuple(sorted((c for c in said.decided if c not in controls), key=natural)),
        unknown=answer.unknown,
    )


def written(controls: HubControls, region: str) -> str:
    """The file's text: a line for each control, so that a diff can be read."""
    lines = (
        f"  {control}: {{severity: {each.severity}, standards: [{', '.join(each.standards)}]}}\n"
        for control, each in controls.items()
    )
    return HEADER.format(region=region) + "".join(lines)
