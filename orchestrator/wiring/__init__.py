"""Adapters put behind the ports: the one place that knows both.

What takes its time to import is imported where it is used: a rollout does not wait for the lake's
engine, and the gateway is imported while Terraform is asked for its version.
"""

from orchestrator.wiring.keeping import (
    approvals,
    by_kms,
    folders,
    journal,
    kms_approvals,
    origin,
    plan_bucket,
    runs,
    stored_plans,
    whole,
)
from orchestrator.wiring.outside import (
    Outlook,
    event_history,
    examine,
    failing,
    history,
    lake,
    operator,
    outlook,
    survey,
    tickets,
)
from orchestrator.wiring.places import Places
from orchestrator.wiring.running import Connected, connect

__all__ = [
    "Connected",
    "Outlook",
    "Places",
    "approvals",
    "by_kms",
    "connect",
    "event_history",
    "examine",
    "failing",
    "folders",
    "history",
    "journal",
    "kms_approvals",
    "lake",
    "operator",
    "origin",
    "outlook",
    "plan_bucket",
    "runs",
    "stored_plans",
    "survey",
    "tickets",
    "whole",
]
