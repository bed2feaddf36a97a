"""Service-linked roles that a service makes by itself, with the rights of whoever calls it.

Source: IAM User Guide, "Create a service-linked role": the service makes it when it is first
needed, and the caller needs iam:CreateServiceLinkedRole then, and only then.
"""

from __future__ import annotations

from collections.abc import Iterable

from moto.iam.models import iam_backends

from orchestrator.sandbox.exchange import Need
from orchestrator.sandbox.needs.dependents import LINKING
from orchestrator.sandbox.organization import has_linked_role

PATH = "role/aws-service-role/"


def is_linked(account_id: str, need: Need) -> bool:
    """Whether the need is one for a service-linked role that the account has."""
    service = _service(need)
    return bool(service) and has_linked_role(account_id, service)


def linked(account_id: str, needs: Iterable[Need]) -> None:
    """Make the roles that were needed, and that the services have made by now."""
    for need in needs:
        service = _service(need)
        if service and not has_linked_role(account_id, service):
            iam_backends[account_id]["aws"].create_service_linked_role(service, "", "")


def _service(need: Need) -> str:
    """'guardduty.amazonaws.com', or '' for a need of another kind."""
    resource = need.resource.split(":", 5)[-1]
    if need.action != LINKING or not resource.startswith(PATH):
        return ""
    return resource.removeprefix(PATH).partition("/")[0]
