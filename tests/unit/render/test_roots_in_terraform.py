"""Every kind of root, asked of Terraform together with the modules it calls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters.files import BuildFolders
from orchestrator.model.facts import Mode, RemediationFacts, Runner
from orchestrator.model.names import ControlId, StackKey, StackName
from orchestrator.model.settings import DecisionKind
from orchestrator.render import Renderer, bootstrap_of, stacks_of
from tests.unit.render.builders import (
    HOSTILE,
    ROOT,
    a_decision,
    a_unit,
    an_account,
    an_organization,
    decisions,
    settings,
)
from tests.unit.render.terraform import all_valid, terraform

RENDERER = Renderer(ROOT)

pytestmark = pytest.mark.terraform

CENTRAL = an_organization(
    an_account(decided=decisions(S3_1=DecisionKind.DISABLE)),
    units=(a_unit(""), a_unit("Security"), a_unit("Workloads"), a_unit("Workloads/Prod")),
)
LOCAL = an_organization(*CENTRAL.accounts[3:], mode=Mode.LOCAL)

REMEDIATING = replace(
    CENTRAL,
    facts=CENTRAL.facts.model_copy(update={"remediation": RemediationFacts(enabled=True)}),
    accounts=tuple(
        replace(account, decisions=decisions(EC2_13=DecisionKind.REMEDIATE))
        for account in CENTRAL.accounts
    ),
)

HANDED_OUT = replace(
    CENTRAL,
    facts=CENTRAL.facts.model_copy(
        update={
            "runner": Runner(
                enabled=True,
                image=f"200000000001.dkr.ecr.ap-northeast-1.amazonaws.com/o@sha256:{'0a' * 32}",
                security_groups={"sg-0123456789abcdef0": True},
                subnets={"subnet-0123456789abcdef0": True, "subnet-0123456789abcdef1": False},
                schedule="rate(6 hours)",
                vend=True,
            )
        }
    ),
)

KINDS = {str(key): (CENTRAL, key) for key in (bootstrap_of(CENTRAL), *stacks_of(CENTRAL))}
KINDS |= {f"local-{key}": (LOCAL, key) for key in stacks_of(LOCAL)}
GOVERNED = an_organization(*CENTRAL.accounts[3:], mode=Mode.POLICY)
KINDS |= {
    f"governed-{key}": (GOVERNED, key)
    for key in (bootstrap_of(GOVERNED), *stacks_of(GOVERNED))
    if key.stack is not StackName.LOG_ARCHIVE
}
KINDS |= {
    f"remediating-{key}": (REMEDIATING, key)
    for key in (bootstrap_of(REMEDIATING), *stacks_of(REMEDIATING))
}
KINDS[f"workers-{bootstrap_of(HANDED_OUT)}"] = (HANDED_OUT, bootstrap_of(HANDED_OUT))
ALIKE = {"200000000002/account", "200000000003/account", "200000000001/account"}
"""Special accounts' own stacks, which have less in them than that of any other account."""
PREFIXES = ("local-", "governed-", "remediating-", "workers-")
SAME = {
    "local-200000000003/log_archive",
    "remediating-200000000003/log_archive",
    "remediating-200000000001/organization",
}
"""Roots in which neither mode nor remediation makes a difference."""


def plain(name: str) -> str:
    """The name without what stands before it."""
    return name.rpartition("-")[2]


CHECKED = [name for name in KINDS if plain(name) not in ALIKE and name not in SAME]


def written(build: Path, name: str) -> Path:
    organization, key = KINDS[name]
    return BuildFolders(build).write(RENDERER.render(organization, key))


def test_roots_are_valid_with_the_modules_they_call(tmp_path: Path) -> None:
    roots = [written(tmp_path / str(number), name) for number, name in enumerate(CHECKED)]

    assert len(roots) > len(StackName)
    assert all_valid(tmp_path, roots)


def test_every_root_is_as_terraform_fmt_writes_it(tmp_path: Path) -> None:
    for prefix in ("", *PREFIXES):
        for name in KINDS:
            if name == prefix + plain(name):
                written(tmp_path / f"build{prefix}", name)

    assert terraform(tmp_path, "fmt", "-check", "-diff", "-recursive") == ""


def test_hostile_names_tags_and_reasons_leave_every_root_as_fmt_writes_it(tmp_path: Path) -> None:
    plain = an_account()
    tags = {f"{text}{at}": text for at, text in enumerate(HOSTILE)}
    for at, text in enumerate(HOSTILE):
        reason = {ControlId("S3.1"): a_decision(reason=f"it was decided so: {text}")}
        account = replace(
            plain, name=text, email=text, settings=settings(tags=tags), decisions=reason
        )
        for mode in Mode:
            organization = an_organization(account, mode=mode)
            for number, key in enumerate(stacks_of(organization)):
                folder = tmp_path / f"{at}-{mode}-{number}"
                folder.mkdir()
                for name, body in RENDERER.render(organization, key).files:
                    (folder / name).write_text(body, "utf-8")

    assert terraform(tmp_path, "fmt", "-check", "-diff", "-recursive") == ""


def test_a_key_is_in_exactly_one_folder() -> None:
    keys: list[StackKey] = [key for _, key in KINDS.values()]

    assert len({key.folder for key in keys}) == len(set(keys))
    assert {key.stack for key in keys} == set(StackName)
