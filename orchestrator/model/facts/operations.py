"""Workers that take stacks from a queue, and what starts by itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from orchestrator.model.facts.logs import SubnetId
from orchestrator.model.facts.names import RoleName
from orchestrator.model.settings import Frozen, VpcId

Image = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[a-z0-9][a-z0-9/_.-]*"
        r"@sha256:[0-9a-f]{64}$"
    ),
]

SecurityGroup = Annotated[str, StringConstraints(pattern=r"^sg-[0-9a-f]{8,17}$")]

Schedule = Annotated[str, StringConstraints(pattern=r"^(cron|rate)\([^()]+\)$")]

TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$")]

Topic = Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$")]

Target = Annotated[
    str,
    StringConstraints(
        pattern=r"^(sns:arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+|webhook:https://[^ ]+)$"
    ),
]


class Launch(StrEnum):
    """Where workers run."""

    FARGATE = "fargate"
    CODEBUILD = "codebuild"


class Runner(Frozen):
    """The state machine that hands out runs, and the workers it starts."""

    enabled: bool = False
    launch: Launch = Field(Launch.FARGATE, description="Tasks on ECS, or builds on CodeBuild.")
    image: Image | None = Field(
        None, description="The project's image in Amazon ECR, by its digest."
    )
    vpc: VpcId | None = Field(None, description="Of the subnets; needed by CodeBuild.")
    subnets: dict[SubnetId, bool] = Field({}, description="Private subnets of the workers.")
    security_groups: dict[SecurityGroup, bool] = Field(
        {}, description="Of the workers; they need to reach AWS by HTTPS."
    )
    cpu: int = Field(2048, ge=512, le=16384, description="CPU units of a worker on Fargate.")
    memory: int = Field(
        8192, ge=1024, le=122880, multiple_of=1024, description="Of a worker on Fargate, in MiB."
    )
    workers: int = Field(4, ge=0, le=200, description="Workers that a run starts.")
    parallel: int = Field(4, ge=1, le=64, description="Stacks that a worker works on at once.")
    heartbeat: int = Field(
        300, ge=10, le=3600, description="Seconds after which a silent worker loses its stack."
    )
    worker_role: RoleName = Field("orchestrator-worker", description="May become the runner role.")
    schedule: Schedule | None = Field(
        None, description="When drift is looked for: cron(…) or rate(…); never, if not set."
    )
    detect: Schedule | None = Field(
        None, description="When rules are tested on the last day's events; never, if not set."
    )
    timezone: TimeZone = Field("UTC", description="Of the schedules.")
    notify: dict[Target, bool] = Field(
        {}, description="Whom a scheduled search for drift tells: sns:ARN or webhook:URL."
    )
    alarms: dict[Topic, bool] = Field(
        {}, description="Topics that are told when runs fail, by their ARNs."
    )
    vend: bool = Field(False, description="Vend accounts when an event says that they are there.")


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
