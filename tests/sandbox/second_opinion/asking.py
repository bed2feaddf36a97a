"""Both judges: our evaluator, and iam-simulate as a program of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from orchestrator.sandbox.decision import Caller, Policies, decide
from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.organization import CONTROLLED
from orchestrator.sandbox.policy import Question
from tests.sandbox.second_opinion.cases import FULL, OURS, ROLE, SESSION, USER, Case

PACKAGE, VERSION = "@cloud-copilot/iam-simulate", "0.1.173"
SCRIPT = Path(__file__).with_name("simulator.mjs")


def installed(folder: Path) -> Path:
    """The folder with the package in it, fetched by npm at the pinned version if need be."""
    if not (folder / "node_modules" / PACKAGE / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        wish = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]
        subprocess.run([*wish, str(folder), f"{PACKAGE}@{VERSION}"], check=True, timeout=300)
    return folder


def theirs(cases: Sequence[Case], folder: Path) -> list[str]:
    """'Allowed', 'ImplicitlyDenied' or 'ExplicitlyDenied' for each."""
    lines = "\n".join(json.dumps(asdict(case)) for case in cases)
    done = subprocess.run(
        ["node", str(SCRIPT), str(folder)],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout.split("\n")[: len(cases)]


def ours(case: Case) -> str:
    text = json.dumps
    policies = Policies(
        identity=[text(policy) for policy in case.identity],
        boundary=text(case.boundary) if case.boundary else None,
        session=[text(case.session)] if case.session else None,
        service_control=[[text(p) for p in level] for level in case.service_control],
        resource_control=_resource_control(case),
        resource=text(case.resource_policy) if case.resource_policy else None,
        same_account=case.owner == OURS,
        binding=case.action in ("kms:Decrypt", "sts:AssumeRole"),
    )
    context = {
        key.lower(): value if isinstance(value, list) else [value]
        for key, value in case.context.items()
    }
    who = USER if case.principal == USER else ROLE
    caller = Caller(Principal(OURS, USER if who == USER else SESSION, who, ""))
    decision = decide(policies, caller, Question(case.action, case.resource, context))
    if decision.allowed:
        return "Allowed"
    return "ExplicitlyDenied" if decision.explicit else "ImplicitlyDenied"


def _resource_control(case: Case) -> list[list[str]]:
    """AWS's own policy that allows everything is there on every level."""
    if case.action.partition(":")[0] not in CONTROLLED:
        return []
    levels = case.resource_control
    return [[json.dumps(policy) for policy in (FULL, *level)] for level in levels]
