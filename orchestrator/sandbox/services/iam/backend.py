"""moto's IAM, with what it lacks: service-linked roles as AWS names, makes and deletes them.

A role can be assumed a moment after it was made. A policy that names a role or user that is gone
has its id from then on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from moto.iam import urls
from moto.iam.models import SERVICE_NAME_CONVERSION, iam_backends
from moto.iam.models import IAMBackend as MotoIAMBackend

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import AwsError, Json, result
from orchestrator.sandbox.services.iam.role_usage import usage


class InvalidInput(AwsError):
    code = "InvalidInput"


class NoSuchEntity(AwsError):
    code = "NoSuchEntity"


class NotSupportedService(AwsError):
    code = "NotSupportedService"


class AccountNotManagementOrDelegatedAdministrator(AwsError):
    code = "AccountNotManagementOrDelegatedAdministratorException"


class OrganizationNotFound(AwsError):
    code = "OrganizationNotFoundException"


class ServiceAccessNotEnabled(AwsError):
    code = "ServiceAccessNotEnabledException"


def forget(arn: str, unique_id: str) -> None:
    """Put the unique id where trust policies, of whichever account, named the ARN."""
    for account in list(iam_backends.values()):
        iam = dict.get(account, "aws")
        for role in list(iam.roles.values()) if iam is not None else ():
            text = str(role.assume_role_policy_document)
            if json.dumps(arn) in text:
                role.assume_role_policy_document = _without(text, arn, unique_id)


def _without(text: str, arn: str, unique_id: str) -> str:
    document: dict[str, Any] = json.loads(text)
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Principal", "NotPrincipal"):
            named = statement.get(element)
            if isinstance(named, dict) and "AWS" in named:
                given = named["AWS"] if isinstance(named["AWS"], list) else [named["AWS"]]
                left = [unique_id if each == arn else each for each in given]
                named["AWS"] = left if isinstance(named["AWS"], list) else left[0]
    return json.dumps(document)


IN_PROGRESS, SUCCEEDED, FAILED = "IN_PROGRESS", "SUCCEEDED", "FAILED"


@dataclass
class Deletion:
    """`usage` is the RoleUsageList of one that failed."""

    id: str
    role: str
    status: str = IN_PROGRESS
    usage: list[Json] = field(default_factory=list)

    def describe(self) -> Json:
        if not self.usage:
            return {"Status": self.status}
        where = ", ".join(each["Region"] for each in self.usage)
        said = f"The role {self.role} is used in {where}; remove what uses it first."
        return {"Status": self.status, "Reason": {"Reason": said, "RoleUsageList": self.usage}}


def get_service_linked_role_deletion_status(self: Any) -> Any:
    return result(self.backend.deletion(self._get_param("DeletionTaskId")).describe())


# Names behind AWSServiceRoleFor…, where they are not the service's own in small letters.
# Source: the "Using service-linked roles" page of each service.
SERVICE_NAMES = {
    "access-analyzer": "AccessAnalyzer",
    "cloudtrail": "CloudTrail",
    "config": "Config",
    "guardduty": "AmazonGuardDuty",
    "inspector2": "AmazonInspector2",
    "lakeformation": "LakeFormationDataAccess",
    "macie": "AmazonMacie",
    "malware-protection": "AmazonGuardDutyMalwareProtection",
    "opensearchservice": "AmazonOpenSearchService",
    "organizations": "Organizations",
    "securityhub": "SecurityHub",
    "securitylake": "SecurityLake",
}
SERVICE_NAME_CONVERSION.update(SERVICE_NAMES)


def is_seen(role_arn: str) -> bool:
    """Whether a role that is there can be assumed already; of others IAM knows nothing.

    Source: IAM User Guide, "Troubleshooting IAM", "Changes that I make are not always immediately
    visible".
    """
    account = role_arn.split(":")[4] if role_arn.count(":") > 4 else ""
    roles = iam_backends[account]["aws"].roles if account in iam_backends else {}
    found = next((role for role in list(roles.values()) if role.arn == role_arn), None)
    return found is None or DELAYS.is_seen(found)


class IAMBackend(MotoIAMBackend):  # type: ignore[misc]
    account_id: str
    roles: dict[str, Any]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.deletions: dict[str, Deletion] = {}

    def create_role(self, *args: Any, **kwargs: Any) -> Any:
        """It can be assumed a moment later."""
        role = super().create_role(*args, **kwargs)
        role.seen_at = DELAYS.now() + DELAYS.lasts("iam")
        return role

    def delete_role(self, role_name: str) -> None:
        role = self.get_role(role_name)
        super().delete_role(role_name)
        forget(str(role.arn), str(role.id))

    def delete_user(self, user_name: str) -> None:
        user = self.get_user(user_name)
        super().delete_user(user_name)
        forget(str(user.arn), str(user.id))

    def create_service_linked_role(self, service_name: str, description: str, suffix: str) -> Any:
        path = f"/aws-service-role/{service_name}/"
        for role in list(self.roles.values()):
            if role.path == path and role.name.endswith(f"_{suffix}" if suffix else role.name):
                raise InvalidInput(
                    f"Service role name {role.name} has been taken in this account, please try a "
                    "different suffix."
                )
        return super().create_service_linked_role(service_name, description, suffix)

    def delete_service_linked_role(self, role_name: str) -> str:
        """The task, named after the role; of a role that is being deleted the one that does it."""
        path = self.get_role(role_name).path
        for known in self.deletions.values():
            if known.role == role_name and known.status == IN_PROGRESS:
                return known.id
        task = Deletion(f"task{path}{role_name}/{uuid4()}", role_name)
        self.deletions[task.id] = task
        DELAYS.later("iam", lambda: self._end(task))
        return task.id

    def _end(self, task: Deletion) -> None:
        service = self.get_role(task.role).path.split("/")[2]
        task.usage = usage(self.account_id, service)
        task.status = FAILED if task.usage else SUCCEEDED
        if not task.usage:
            self.delete_role(task.role)

    def deletion(self, task_id: str) -> Deletion:
        if task_id not in self.deletions:
            raise NoSuchEntity(f"The deletion task {task_id} cannot be found.")
        return self.deletions[task_id]


url_bases, url_paths = urls.url_bases, urls.url_paths
