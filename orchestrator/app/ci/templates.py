"""The workflows that are copied into a repository: `ci init`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from orchestrator import assets, config
from orchestrator.app.project import Project
from orchestrator.errors import ConfigurationError, UsageError
from orchestrator.model import dates

PLACES: Mapping[str, Mapping[str, str]] = {
    "github": {
        "pull-request.yml": ".github/workflows/orchestrator-pull-request.yml",
        "merge.yml": ".github/workflows/orchestrator-merge.yml",
        "schedule.yml": ".github/workflows/orchestrator-schedule.yml",
    },
    "gitlab": {"gitlab-ci.yml": ".gitlab-ci.yml"},
}
"""For each forge the file here, and where it goes in the repository."""


CLONE = "make setup"
"""How a clone of the product sets itself up, and the line of the workflows that says so."""
PACKAGE = (
    "python3 -m venv .venv && .venv/bin/pip install --quiet \"$(python3 -c 'import tomllib; "
    'print("securityhub-orchestrator" + tomllib.load(open("orchestrator.toml", "rb"))'
    '["versions"]["orchestrator"])\')"'
)
"""How a project installs the version that it is made with."""


PROTECTED: Mapping[str, str] = {
    "account_configs/": "what is rolled out, and the limits of the gate",
    "overrides/": "modules, templates and checks of the project's own: what is applied, and what "
    "judges it",
    "orchestrator.toml": "the versions that plan, scan and apply",
}
"""What can change what is applied, or the verdict on it, and how."""
OF_A_CLONE: Mapping[str, str] = {
    "modules/": "what is applied",
    "terraform/": "what is rendered, and the lock file of the provider",
    "policies/": "the checks, and how bad their findings are",
    "schemas/": "what validates the configuration",
    "orchestrator/": "the program that plans, scans, judges and applies",
    "requirements.lock": "what the program is made with",
    "pyproject.toml": "what the program is made with",
    "Makefile": "how a job sets itself up",
}
"""The same, where the product is a part of the repository."""
OF_A_FORGE: Mapping[str, Mapping[str, str]] = {
    "github": {".github/": "the jobs, and who has to agree"},
    "gitlab": {".gitlab-ci.yml": "the jobs", ".gitlab/": "who has to agree"},
}
OWNERS: Mapping[str, str] = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
OWNER = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|@[A-Za-z0-9][A-Za-z0-9_./-]*")
"""An e-mail address, a user or a team. Source: GitHub Docs, "About code owners"; GitLab Docs, "Code
Owners syntax"."""


def code_owners(forge: str, owner: str, *, clone: bool) -> Mapping[str, str]:
    """Path and text of the file that says who has to agree to a change. Raises UsageError."""
    if not OWNER.fullmatch(owner):
        raise UsageError(
            f"'{owner}' cannot own code", "name an e-mail address, @user or @organization/team"
        )
    protected = {**PROTECTED, **(OF_A_CLONE if clone else {}), **OF_A_FORGE[forge]}
    lines = [line for path, why in protected.items() for line in (f"# {why}", f"/{path} {owner}")]
    return {OWNERS[forge]: "\n".join([*HEAD, *lines, ""])}


HEAD = (
    "# Who has to agree to a change of what is applied, or of what judges it.",
    "# It holds once the branch is protected, and asks for reviews of code owners.",
    "",
)


def protected_markdown() -> str:
    """The table of the security model."""
    groups = {
        "every project": PROTECTED,
        "a clone": OF_A_CLONE,
        "GitHub": OF_A_FORGE["github"],
        "GitLab": OF_A_FORGE["gitlab"],
    }
    rows = [
        f"| `{path}` | {why} | {where} |"
        for where, paths in groups.items()
        for path, why in paths.items()
    ]
    return "\n".join(["| path | what it can change | in |", "|---|---|---|", *rows])


def templates(forge: str, setup: str = CLONE) -> Mapping[str, str]:
    """Path in the repository and text of each workflow, which begins with `setup`."""
    folder = files("orchestrator.app.ci") / "workflows" / forge
    return {
        path: (folder / name).read_text("utf-8").replace(CLONE, setup)
        for name, path in PLACES[forge].items()
    }


def init(project: Project, forge: str, owner: str = "", *, force: bool = False) -> tuple[Path, ...]:
    """Write the workflows for `forge`, and who has to agree to changes: `owner`, by default the
    team of the security account. A file of code owners that is there stays.

    Returns their paths in the repository. Raises UsageError and ConfigurationError.
    """
    clone = assets.of(project.root).is_checkout
    owner = owner or _security_team(project)
    owners = code_owners(forge, owner, clone=clone) if owner else {}
    wanted = {Path(p): text for p, text in templates(forge, CLONE if clone else PACKAGE).items()}
    there = [path for path in wanted if (project.root / path).exists()]
    missing = {Path(p): text for p, text in owners.items() if not (project.root / p).exists()}
    wanted |= missing
    if there and not force:
        names = ", ".join(map(str, there))
        raise UsageError(f"{names}: there already", "move it, or write over it with --force")
    for path, text in wanted.items():
        (project.root / path).parent.mkdir(parents=True, exist_ok=True)
        (project.root / path).write_text(text, "utf-8")
    return tuple(wanted)


def _security_team(project: Project) -> str:
    """The e-mail address of the team that owns the security account; '' if it is not known yet."""
    try:
        organization = config.load(project.configs, dates.today())
    except ConfigurationError:
        project.say("without CODEOWNERS: account_configs/ is not valid yet; or say --owner")
        return ""
    return organization.teams[organization.security.settings.team].email
