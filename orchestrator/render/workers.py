"""What the bootstrap's template sees of the workers on other machines."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.organization import Organization

EVERYWHERE = (
    "AccountDepartedOrganization",
    "AccountJoinedOrganization",
    "CloseAccountResult",
    "MoveAccount",
)
CONTROL_TOWER = (*EVERYWHERE, "CreateManagedAccount", "UpdateManagedAccount")
"""Control Tower says itself only that an account is enrolled."""
ORGANIZATIONS = (*EVERYWHERE, "CreateAccountResult")


def of_bootstrap(organization: Organization) -> dict[str, object] | None:
    """As the module runner says it; None where runs stay on one machine."""
    runner = organization.facts.runner
    if not runner.enabled:
        return None
    return {
        "account_events": sorted(
            CONTROL_TOWER if organization.facts.control_tower else ORGANIZATIONS
        ),
        "alarm_topic_arns": _chosen(runner.alarms),
        "cpu": runner.cpu,
        "drift_notify": _chosen(runner.notify),
        "drift_schedule": runner.schedule or "",
        "heartbeat_seconds": runner.heartbeat,
        "image": runner.image,
        "launch": runner.launch.value,
        "memory": runner.memory,
        "parallel": runner.parallel,
        "runner_role": organization.facts.access.runner_role,
        "security_group_ids": _chosen(runner.security_groups),
        "subnet_ids": _chosen(runner.subnets),
        "timezone": runner.timezone,
        "vend": runner.vend,
        "vpc_id": runner.vpc or "",
        "worker_role": runner.worker_role,
        "workers": runner.workers,
    }


def _chosen(those: Mapping[str, bool]) -> list[str]:
    return sorted(name for name, wanted in those.items() if wanted)
