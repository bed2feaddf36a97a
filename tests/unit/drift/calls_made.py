"""Calls as EventBridge tells of them, complete by default."""

from __future__ import annotations

import json
from typing import Any

from orchestrator.ports import Message

ACCOUNT = "200000000006"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
SSO = "AWSReservedSSO_Admin_0123456789abcdef"
JANE: dict[str, Any] = {
    "type": "AssumedRole",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{SSO}/jane@example.com",
    "sessionContext": {
        "sessionIssuer": {
            "arn": f"{ROLE}/aws-reserved/sso.amazonaws.com/{SSO}",
            "userName": SSO,
        }
    },
}


def by_role(name: str, session: str = "orchestrator-20260601") -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}",
        "sessionContext": {"sessionIssuer": {"arn": f"{ROLE}/{name}", "userName": name}},
    }


def an_event(
    name: str = "PutRolePolicy",
    service: str = "iam",
    parameters: dict[str, Any] | None = None,
    identity: dict[str, Any] | None = None,
    account: str = ACCOUNT,
    **detail: Any,
) -> dict[str, Any]:
    given = {"roleName": "orchestrator-plan"} if parameters is None else parameters
    return {
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{service}",
        "account": account,
        "region": "us-east-1",
        "detail": {
            "eventID": f"id-{name}",
            "eventTime": "2026-06-01T12:00:00Z",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "192.0.2.1",
            "userIdentity": identity or JANE,
            "requestParameters": given,
            **detail,
        },
    }


def a_message(event: dict[str, Any] | None = None, receipt: str = "r1") -> Message:
    return Message(receipt, json.dumps(event or an_event()))
