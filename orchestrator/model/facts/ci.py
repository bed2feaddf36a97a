"""Whose jobs may start the orchestrator from a CI."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from orchestrator.model.settings import Frozen

Repository = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}(@[0-9]+/[A-Za-z0-9._-]{1,100}@[0-9]+"
        r"|/[A-Za-z0-9._-]{1,100})$"
    ),
]
"""As tokens have it: with ids where the repository was made or renamed since 15 July 2026.

Source: GitHub Changelog, 2026-04-23, "Immutable subject claims for GitHub Actions OIDC tokens".
"""

Project = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$")
]

Branch = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}$")]

Environment = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$")]

Issuer = Annotated[
    str, StringConstraints(pattern=r"^https://[a-z0-9][a-z0-9.-]*[a-z0-9](/[A-Za-z0-9._-]+)*$")
]


class GitHub(Frozen):
    """A repository on GitHub."""

    repository: Repository = Field(
        description="As owner/name, or owner@id/name@id where its tokens say so."
    )
    branch: Branch = Field("main", description="Its jobs may plan, as those of pull requests.")
    environment: Environment = Field(description="Its jobs may apply; protect it.")
    make_provider: bool = Field(
        True, description="False where the management account has GitHub's provider already."
    )


class GitLab(Frozen):
    """A project on GitLab."""

    project: Project = Field(description="As group/project; its jobs may plan.")
    branch: Branch = Field("main", description="Its jobs may apply; protect it.")
    url: Issuer = Field("https://gitlab.com", description="Where GitLab is; AWS must reach it.")
    make_provider: bool = Field(
        True, description="False where the management account has its provider already."
    )


class Ci(Frozen):
    """The CI whose jobs enter without stored keys; none unless one is named."""

    github: GitHub | None = None
    gitlab: GitLab | None = None
