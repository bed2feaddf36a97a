"""The task that deletes a service-linked role: it fails while the service uses the role.

Source: IAM API Reference, DeleteServiceLinkedRole and GetServiceLinkedRoleDeletionStatus. The
words of a reason are the service's own on AWS, and inferred here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from orchestrator.sandbox.extend import Json, result

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
