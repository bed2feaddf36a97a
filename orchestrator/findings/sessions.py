"""Sessions in accounts, with the remediation role, for one remediation and one finding.

The name of a session carries the finding's short id, so that CloudTrail says what a change was made
for. Its policy leaves of the role's rights only those of the one remediation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from orchestrator.findings.remediation import Aws, Permission, Place, Remediation

MOST_CHARACTERS = 2048
"""Of a session policy. Source: AWS STS API Reference, AssumeRole, Policy."""
SECONDS = 900
"""The shortest session there is."""

SECOND = frozenset(
    {
        *("access-analyzer", "account", "acm", "acm-pca", "amplify", "appflow", "apprunner"),
        *("appsync", "athena", "backup", "batch", "codeartifact", "codeguru-profiler"),
        *("cognito-identity", "datasync", "detective", "dms", "ecr-public", "eks"),
        *("elasticfilesystem", "elasticmapreduce", "events", "firehose", "glue", "inspector2"),
        *("iot", "ivs", "kafka", "kinesis", "macie2", "mq", "network-firewall"),
        *("redshift-serverless", "sagemaker", "ses", "transfer", "wafv2"),
    }
)
"""Services of the second role's remediations, as IAM calls them.

A role has one boundary of 6,144 characters, and the actions of all remediations are longer. What
needs an action of one of these is done by the second role, whatever else it needs.
Source: IAM User Guide, "IAM and AWS STS quotas", "Permissions boundaries for IAM entities".
"""


def suffix(permissions: Iterable[Permission]) -> str:
    """What is behind the name of the role that has these permissions: '', or '-2'."""
    services = {action.partition(":")[0] for each in permissions for action in each.actions}
    return "-2" if services & SECOND else ""


class Sessions(Protocol):
    """How accounts are entered."""

    def open(self, place: Place, permissions: tuple[Permission, ...], name: str) -> Aws:
        """Clients that may do what `permissions` say, and nothing else. Raises ClientError."""


ASSUMED = "AutomationAssumeRole"
"""The parameter by which a runbook is told the role that it runs as; without it, that is the
caller, to whom the session leaves nothing but starting it."""


def runbook(name: str, parameters: Mapping[str, Any]) -> tuple[Permission, ...]:
    """What it takes to start one runbook, to see how it ends, and to hand it its role.

    Source: Systems Manager User Guide, "Setting up Automation".
    """
    documents = f"arn:{{partition}}:ssm:*:*:automation-definition/{name}:*"
    executions = "arn:{partition}:ssm:*:{account}:automation-execution/*"
    role = str(parameters.get(ASSUMED, ""))
    handed = Permission(
        ("iam:PassRole",), (role,), {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
    )
    return (
        Permission(("ssm:StartAutomationExecution",), (documents,)),
        Permission(("ssm:GetAutomationExecution",), (executions,)),
        *([handed] if role.startswith("arn:") else []),
    )


def permissions(remediation: Remediation, *, writes: bool) -> tuple[Permission, ...]:
    """What one remediation needs to look, or also to fix."""
    return (*remediation.reads, *(remediation.writes if writes else ()))


class RoleSessions:
    """Sessions that assume a role. `session` is a boto3 Session with the right to assume it."""

    def __init__(self, session: Any, config: Any, role: str, external_id: str) -> None:
        self._session = session
        self._config = config
        self._sts = session.client("sts", config=config)
        self._role = role
        self._external_id = external_id

    def open(self, place: Place, permissions: tuple[Permission, ...], name: str) -> Aws:
        role = f"{self._role}{suffix(permissions)}"
        answer = self._sts.assume_role(
            RoleArn=f"arn:{place.partition}:iam::{place.account}:role/{role}",
            RoleSessionName=f"orchestrator-{name}"[:64],
            ExternalId=self._external_id,
            DurationSeconds=SECONDS,
            Policy=session_policy(permissions, place),
        )
        return Clients(self._session, self._config, answer["Credentials"], place.region)


class Clients:
    """Clients of one session, each made once."""

    def __init__(
        self, session: Any, config: Any, credentials: Mapping[str, Any], region: str
    ) -> None:
        self._session = session
        self._config = config
        self._keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }
        self._region = region
        self._made: dict[tuple[str, str], Any] = {}

    def __call__(self, service: str, region: str | None = None) -> Any:
        where = region or self._region
        if (service, where) not in self._made:
            self._made[service, where] = self._session.client(
                service, region_name=where, config=self._config, **self._keys
            )
        return self._made[service, where]


def session_policy(permissions: Iterable[Permission], place: Place) -> str:
    """The permissions as a policy; in fewer and wider words where AWS takes no more.

    What it leaves out of conditions and resources, the role's own policy still holds.
    """
    listed = list(permissions)
    texts = (_exact(listed, place), _by_action(listed), _by_service(listed))
    return next((text for text in texts if len(text) <= MOST_CHARACTERS), texts[-1])


def _exact(permissions: list[Permission], place: Place) -> str:
    return _policy([_statement(permission, place) for permission in permissions])


def _statement(permission: Permission, place: Place) -> dict[str, Any]:
    known = {"partition": place.partition, "account": place.account, "region": "*"}
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": list(permission.actions),
        "Resource": [_placed(pattern, known) for pattern in permission.resources],
    }
    if permission.conditions:
        statement["Condition"] = {
            operator: {key: _values(value, known) for key, value in keys.items()}
            for operator, keys in permission.conditions.items()
        }
    return statement


def _values(value: Any, known: Mapping[str, str]) -> Any:
    """What a condition compares with; texts only hold what is filled in."""
    if isinstance(value, str):
        return _placed(value, known)
    if isinstance(value, list | tuple):
        return [_values(each, known) for each in value]
    return value


def _placed(pattern: str, known: Mapping[str, str]) -> str:
    for key, value in known.items():
        pattern = pattern.replace("{" + key + "}", value)
    return pattern


def _by_action(permissions: list[Permission]) -> str:
    actions = sorted({action for permission in permissions for action in permission.actions})
    return _policy([{"Effect": "Allow", "Action": actions, "Resource": "*"}])


def _by_service(permissions: list[Permission]) -> str:
    actions = {action for permission in permissions for action in permission.actions}
    services = sorted({f"{action.partition(':')[0]}:*" for action in actions})
    return _policy([{"Effect": "Allow", "Action": services, "Resource": "*"}])


def _policy(statements: list[dict[str, Any]]) -> str:
    document = {"Version": "2012-10-17", "Statement": statements}
    return json.dumps(document, separators=(",", ":"))
