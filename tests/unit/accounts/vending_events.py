"""Events as AWS sends them, to be varied."""

from __future__ import annotations

from typing import Any


def from_control_tower(
    name: str = "CreateManagedAccount",
    account: str = "200000000013",
    state: str = "SUCCEEDED",
    completed: str = "2026-11-16T12:09:32+0000",
) -> dict[str, Any]:
    status = {
        "organizationalUnit": {
            "organizationalUnitName": "Prod",
            "organizationalUnitId": "ou-ex01-prod0000",
        },
        "account": {"accountName": "search-prod", "accountId": account},
        "state": state,
        "message": "Control Tower has ended.",
        "requestedTimestamp": "2026-11-15T11:45:18+0000",
        "completedTimestamp": completed,
    }
    key = f"{name[0].lower()}{name[1:]}Status"
    return _wrapped("aws.controltower", name, serviceEventDetails={key: status})


def created(
    account: str = "200000000013",
    state: str = "SUCCEEDED",
    completed: str = "Nov 16, 2026 9:20:50 PM",
) -> dict[str, Any]:
    status = {
        "id": "car-exampleaccountcreationrequestid",
        "state": state,
        "accountName": "****",
        "requestedTimestamp": "Nov 16, 2026 9:20:48 PM",
        "completedTimestamp": completed,
    }
    status |= {"accountId": account} if state == "SUCCEEDED" else {"failureReason": "EMAIL"}
    details = {"createAccountStatus": status}
    return _wrapped("aws.organizations", "CreateAccountResult", serviceEventDetails=details)


def closed(account: str = "200000000013") -> dict[str, Any]:
    details = {"closeAccountStatus": {"accountId": account, "state": "SUCCEEDED"}}
    return _wrapped("aws.organizations", "CloseAccountResult", serviceEventDetails=details)


def joined(account: str = "200000000013", method: str = "Invited") -> dict[str, Any]:
    details = {"accountId": account, "joinedMethod": method, "joinedTime": "2026-11-16T21:20:49Z"}
    name = "AccountJoinedOrganization"
    return _wrapped("aws.organizations", name, serviceEventDetails=details)


def departed(account: str = "200000000013", method: str = "Left") -> dict[str, Any]:
    told = {"accountId": account, "departedMethod": method, "departedTime": "2026-11-16T21:20:49Z"}
    name = "AccountDepartedOrganization"
    return _wrapped("aws.organizations", name, serviceEventDetails={"accountDeparted": told})


def moved(account: str = "200000000013", **more: Any) -> dict[str, Any]:
    asked = {
        "accountId": account,
        "sourceParentId": "r-ex01",
        "destinationParentId": "ou-ex01-prod0000",
    }
    return _wrapped("aws.organizations", "MoveAccount", requestParameters=asked, **more)


def _wrapped(source: str, name: str, **detail: Any) -> dict[str, Any]:
    """As EventBridge hands on what CloudTrail wrote."""
    return {
        "version": "0",
        "source": source,
        "detail-type": "AWS Service Event via CloudTrail",
        "time": "2026-11-16T21:21:00Z",
        "detail": {
            "eventSource": f"{source.removeprefix('aws.')}.amazonaws.com",
            "eventName": name,
            "eventTime": "2026-11-16T21:20:51Z",
            **detail,
        },
    }
