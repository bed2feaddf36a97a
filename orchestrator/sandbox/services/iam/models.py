"""moto's IAM, with service-linked roles as AWS has them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from moto.iam.models import SERVICE_NAME_CONVERSION, iam_backends
from moto.iam.models import IAMBackend as MotoIAMBackend

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.services.iam.deletions import FAILED, IN_PROGRESS, SUCCEEDED, Deletion
from orchestrator.sandbox.services.iam.departed import forget
from orchestrator.sandbox.services.iam.exceptions import InvalidInput, NoSuchEntity
from orchestrator.sandbox.services.iam.role_usage import usage

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
