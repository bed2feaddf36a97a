"""Which OCSF class and activity a CloudTrail event is, by tables that Python and SQL both read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, API, AUTHENTICATION

OTHER = 99

SIGN_IN_SOURCES = ("signin.amazonaws.com", "sso.amazonaws.com")
SIGN_INS: Mapping[str, int] = {
    "ConsoleLogin": 1,
    "UserAuthentication": 1,
    "Authenticate": 1,
    "Federate": 1,
    "Logout": 2,
    "CheckMfa": OTHER,
    "CredentialChallenge": OTHER,
    "CredentialVerification": OTHER,
    "SwitchRole": OTHER,
    "ExitRole": OTHER,
    "RenewRole": OTHER,
    "GetSigninToken": OTHER,
    "PasswordRecoveryRequested": OTHER,
    "PasswordRecoveryCompleted": OTHER,
}
"""Events of the sign-in services → activity of Authentication (3002)."""

ACCOUNT_SOURCE = "iam.amazonaws.com"
ACCOUNT_CHANGES: Mapping[str, int] = {
    "CreateUser": 1,
    "CreateRole": 1,
    "CreateServiceLinkedRole": 1,
    "CreateLoginProfile": 2,
    "ChangePassword": 3,
    "UpdateLoginProfile": 4,
    "DeleteLoginProfile": 5,
    "DeleteUser": 6,
    "DeleteRole": 6,
    "DeleteServiceLinkedRole": 6,
    "AttachUserPolicy": 7,
    "AttachRolePolicy": 7,
    "PutUserPolicy": 7,
    "PutRolePolicy": 7,
    "DetachUserPolicy": 8,
    "DetachRolePolicy": 8,
    "DeleteUserPolicy": 8,
    "DeleteRolePolicy": 8,
    "EnableMFADevice": 10,
    "DeactivateMFADevice": 11,
    "UpdateUser": OTHER,
    "UpdateRole": OTHER,
    "UpdateAssumeRolePolicy": OTHER,
    "PutUserPermissionsBoundary": OTHER,
    "PutRolePermissionsBoundary": OTHER,
    "CreateAccessKey": OTHER,
    "UpdateAccessKey": OTHER,
    "DeleteAccessKey": OTHER,
}
"""Events of IAM about one user or role → activity of Account Change (3001)."""

VERBS: Mapping[int, tuple[str, ...]] = {
    1: (
        *("Create", "Run", "Allocate", "Import", "Register", "Copy", "Upload", "Issue", "Generate"),
        *("Request", "Provision", "Purchase", "Publish", "Send", "Invite", "Clone", "Initiate"),
    ),
    2: (
        *("Get", "List", "Describe", "Head", "Lookup", "Search", "Query", "Scan", "Select"),
        *("BatchGet", "BatchDescribe", "View", "Check", "Validate", "Simulate", "Preview", "Test"),
        *("Estimate", "Discover", "Read", "Poll", "Receive", "Download", "Decrypt", "Verify"),
    ),
    3: (
        *("Put", "Update", "Modify", "Set", "Add", "Attach", "Associate", "Authorize", "Enable"),
        *("Change", "Tag", "Untag", "Start", "Stop", "Reboot", "Reset", "Restore", "Replace"),
        *("Detach", "Disassociate", "Revoke", "Disable", "Rotate", "Resume", "Suspend", "Move"),
        *("Apply", "Execute", "Merge", "Upgrade", "Accept", "Reject", "Cancel", "Schedule"),
    ),
    4: ("Delete", "Terminate", "Remove", "Deregister", "Release", "Purge", "Batch[Dd]elete"),
}
"""How names of API calls begin → activity of API Activity (6003); all others are Other."""

PATTERNS: Mapping[int, str] = {
    activity: f"^({'|'.join(verbs)})" for activity, verbs in VERBS.items()
}
_COMPILED = {activity: re.compile(pattern) for activity, pattern in PATTERNS.items()}


def classify(source: str, name: str) -> tuple[int, int]:
    """Class and activity of an event, by its source and name."""
    if source in SIGN_IN_SOURCES and name in SIGN_INS:
        return AUTHENTICATION, SIGN_INS[name]
    if source == ACCOUNT_SOURCE and name in ACCOUNT_CHANGES:
        return ACCOUNT_CHANGE, ACCOUNT_CHANGES[name]
    for activity, pattern in _COMPILED.items():
        if pattern.match(name):
            return API, activity
    return API, OTHER
