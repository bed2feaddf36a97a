"""CloudWatch Logs: the account's own policies, which moto lacks, and destinations by prefix."""

from __future__ import annotations

from moto.logs.models import LogsBackend, LogStream
from moto.logs.responses import LogsResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.logs import account_policies, forwarding


def install() -> None:
    LogsResponse.put_account_policy = account_policies.put_account_policy
    LogsResponse.describe_account_policies = account_policies.describe_account_policies
    LogsResponse.delete_account_policy = account_policies.delete_account_policy
    extend.amend(LogsBackend, "describe_destinations", account_policies.described)
    extend.amend(LogStream, "put_log_events", forwarding.put_log_events)
    extend.amend(LogStream, "_send_log_events", forwarding.send_log_events)
    extend.amend(LogsBackend, "put_subscription_filter", forwarding.put_subscription_filter)
