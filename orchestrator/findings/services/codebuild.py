"""Projects of CodeBuild."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.arn import name, of
from orchestrator.findings.causes import (
    Call,
    Cause,
    as_text,
    both,
    given,
    mappings,
    not_given,
    says,
)
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing
from orchestrator.findings.tags import mapping

PROJECTS = ("arn:{partition}:codebuild:{region}:{account}:project/*",)
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("codebuild").get_paginator("list_projects").paginate():
        for project in page["projects"]:
            yield of(place, "codebuild", f"project/{project}")


def read(target: Target, aws: Aws) -> Json | None:
    projects = aws("codebuild").batch_get_projects(names=[name(target.arn)])["projects"]
    return projects[0] if projects else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("tags"), "key", "value")


PROJECT = ResourceType(
    resource_type="AwsCodeBuildProject",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("codebuild:ListProjects",), why="CodeBuild lists projects of the account"),
        Permission(("codebuild:BatchGetProjects",), PROJECTS),
    ),
    created="created",
)
CHANGES = (Permission(("codebuild:UpdateProject",), PROJECTS),)


def set_part(target: Target, aws: Aws, part: str, value: Json) -> None:
    """Replace a part of the project as a whole; CodeBuild cannot change less."""
    aws("codebuild").update_project(name=name(target.arn), **{part: value})


def variables(project: Json) -> list[Any]:
    return list(project["environment"].get("environmentVariables", []))


def in_clear(project: Json) -> list[str]:
    """The names of variables that hold a credential; the values are never looked at."""
    return [
        variable["name"]
        for variable in variables(project)
        if variable["name"] in CREDENTIALS and variable.get("type", "PLAINTEXT") == "PLAINTEXT"
    ]


def clear_credentials(project: Json, _: Target) -> str:
    found = in_clear(project)
    return f"{' and '.join(found)} in clear text" if found else ""


def keep_names(target: Target, aws: Aws) -> Json:
    """Where each credential goes. What they are stays in AWS."""
    names = in_clear(existing(PROJECT, target, aws))
    folder = required(target, "ParameterFolder") if names else ""
    return {variable: f"{folder}/{name(target.arn)}/{variable}" for variable in names}


def hide(target: Target, aws: Aws, before: Json) -> None:
    environment = existing(PROJECT, target, aws)["environment"]
    moved = [hidden(aws, variable, before) for variable in environment["environmentVariables"]]
    set_part(target, aws, "environment", {**environment, "environmentVariables": moved})


def hidden(aws: Aws, variable: Json, before: Json) -> Json:
    """The variable, read from a parameter when it is one of those to be moved."""
    at = before.get(variable["name"])
    if at is None or variable.get("type", "PLAINTEXT") != "PLAINTEXT":
        return variable
    store(aws, at, variable["value"])
    return {"name": variable["name"], "type": "PARAMETER_STORE", "value": at}


def store(aws: Aws, at: str, value: str) -> None:
    """Write the parameter; one that is there already must hold the same."""
    call = aws("ssm").put_parameter
    written = unless(("ParameterAlreadyExists",), call, Name=at, Value=value, Type="SecureString")
    if written is None and stored(aws, at) != value:
        raise Refused(f"the parameter '{at}' holds something else; choose another ParameterFolder")


def stored(aws: Aws, at: str) -> str:
    return str(aws("ssm").get_parameter(Name=at, WithDecryption=True)["Parameter"]["Value"])


def reveal(target: Target, aws: Aws, before: Json) -> None:
    environment = existing(PROJECT, target, aws)["environment"]
    back = [revealed(aws, variable, before) for variable in environment["environmentVariables"]]
    set_part(target, aws, "environment", {**environment, "environmentVariables": back})
    for at in before.values():
        unless(("ParameterNotFound",), aws("ssm").delete_parameter, Name=at)


def revealed(aws: Aws, variable: Json, before: Json) -> Json:
    at = before.get(variable["name"])
    if at is None or variable["value"] != at:
        return variable
    return {"name": variable["name"], "type": "PLAINTEXT", "value": stored(aws, at)}


def bucket_logs(project: Json) -> dict[str, Any]:
    return dict(project.get("logsConfig", {}).get("s3Logs", {}))


def clear_logs(project: Json, _: Target) -> str:
    logs = bucket_logs(project)
    clear = logs.get("status") == "ENABLED" and logs.get("encryptionDisabled")
    return "its logs in S3 are not encrypted" if clear else ""


def encrypt_logs(target: Target, aws: Aws, disabled: bool) -> None:
    project = existing(PROJECT, target, aws)
    logs = {**bucket_logs(project), "encryptionDisabled": disabled}
    set_part(target, aws, "logsConfig", {**project["logsConfig"], "s3Logs": logs})


def log_states(project: Json) -> Json:
    logs = project.get("logsConfig", {})
    kinds = ("cloudWatchLogs", "s3Logs")
    return {kind: logs.get(kind, {}).get("status", "DISABLED") for kind in kinds}


def unlogged(project: Json, _: Target) -> str:
    return "" if "ENABLED" in log_states(project).values() else "its builds are logged nowhere"


def log(target: Target, aws: Aws, status: str) -> None:
    config = existing(PROJECT, target, aws).get("logsConfig", {})
    logs = {**config.get("cloudWatchLogs", {}), "status": status}
    set_part(target, aws, "logsConfig", {**config, "cloudWatchLogs": logs})


def privileged(project: Json, _: Target | None) -> str:
    return "builds run privileged" if project["environment"].get("privilegedMode") else ""


def set_privileged(target: Target, aws: Aws, on: bool) -> None:
    environment = existing(PROJECT, target, aws)["environment"]
    set_part(target, aws, "environment", {**environment, "privilegedMode": on})


WRITTEN_BY = ("CreateProject", "UpdateProject")


def exposing(call: Call) -> bool:
    """Credentials stand in variables as they are."""
    return any(
        as_text(each.get("name")) in CREDENTIALS and as_text(each.get("type")) in ("", "PLAINTEXT")
        for each in mappings(call.parameters)
    )


REMEDIATIONS = (
    Remediation(
        name="hide-build-credentials",
        controls=("CodeBuild.2",),
        causes=(Cause("codebuild", WRITTEN_BY, exposing),),
        resource_type=PROJECT.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Moves AWS keys in the project's variables to encrypted parameters.",
        breaks=(
            "Builds, until the project's role may call ssm:GetParameters on them. The keys have "
            "been seen by everybody who may read the project: replace them as well."
        ),
        danger="AWS keys stand in the project's variables in clear again.",
        reads=PROJECT.reads,
        writes=(
            *CHANGES,
            Permission(
                ("ssm:PutParameter", "ssm:GetParameter", "ssm:DeleteParameter"),
                ("arn:{partition}:ssm:{region}:{account}:parameter/*",),
            ),
        ),
        find=PROJECT.find,
        check=looking(PROJECT, clear_credentials),
        before=keep_names,
        fix=hide,
        undo=reveal,
        tags=PROJECT.tags,
        by_hand="The keys must be replaced and the project's role extended by a person.",
        parameters={
            "ParameterFolder": Parameter(
                "", "Begins the parameters' names, such as /builds; project and variable follow."
            )
        },
    ),
    Remediation(
        name="encrypt-build-logs",
        controls=("CodeBuild.3",),
        causes=(
            Cause("codebuild", WRITTEN_BY, given("logsConfig.s3Logs.encryptionDisabled", "true")),
        ),
        resource_type=PROJECT.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Encrypts the build logs that are written to S3.",
        breaks="Who reads the logs needs the right to use the project's key.",
        reads=PROJECT.reads,
        writes=CHANGES,
        find=PROJECT.find,
        check=looking(PROJECT, clear_logs),
        before=seeing(PROJECT, lambda project: {"s3Logs": bucket_logs(project)}),
        fix=lambda target, aws, _: encrypt_logs(target, aws, False),
        undo=lambda target, aws, _: encrypt_logs(target, aws, True),
        tags=PROJECT.tags,
    ),
    Remediation(
        name="log-builds",
        controls=("CodeBuild.4",),
        causes=(
            Cause(
                "codebuild",
                WRITTEN_BY,
                both(
                    given("logsConfig.cloudWatchLogs.status", "DISABLED"),
                    not_given("logsConfig.s3Logs.status", "ENABLED"),
                ),
            ),
        ),
        resource_type=PROJECT.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs the project's builds in CloudWatch Logs.",
        breaks="Nothing, as long as the project's role may write there.",
        reads=PROJECT.reads,
        writes=CHANGES,
        find=PROJECT.find,
        check=looking(PROJECT, unlogged),
        before=seeing(PROJECT, log_states),
        fix=lambda target, aws, _: log(target, aws, "ENABLED"),
        undo=lambda target, aws, _: log(target, aws, "DISABLED"),
        tags=PROJECT.tags,
        cost="CloudWatch Logs' price for what the builds print.",
    ),
    Remediation(
        name="build-unprivileged",
        controls=("CodeBuild.5",),
        causes=(Cause("codebuild", WRITTEN_BY, says("privilegedMode", "true")),),
        resource_type=PROJECT.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Runs the project's builds without privileged mode.",
        breaks="Builds that make container images with the Docker daemon.",
        reads=PROJECT.reads,
        writes=CHANGES,
        find=PROJECT.find,
        check=looking(PROJECT, privileged),
        before=seeing(PROJECT, lambda project: {"privileged": bool(privileged(project, None))}),
        fix=lambda target, aws, _: set_privileged(target, aws, False),
        undo=lambda target, aws, _: set_privileged(target, aws, True),
        tags=PROJECT.tags,
    ),
)
