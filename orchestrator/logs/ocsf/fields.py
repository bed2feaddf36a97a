"""Which OCSF class and activity a CloudTrail event is, by tables that Python and SQL both read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

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


class Kind(Enum):
    """How a value is written in OCSF."""

    TEXT = "text"
    JSON = "json"
    FLAG = "flag"
    MILLISECONDS = "ms"


@dataclass(frozen=True, slots=True)
class Field:
    """`sources` are tried in order; the first that is there is taken."""

    target: str
    sources: tuple[str, ...]
    kind: Kind = Kind.TEXT


IDENTITY = "userIdentity"
SESSION = f"{IDENTITY}.sessionContext"

USER = (
    Field("type", (f"{IDENTITY}.type",)),
    Field("uid", (f"{IDENTITY}.arn",)),
    Field("uid_alt", (f"{IDENTITY}.principalId",)),
    Field("name", (f"{IDENTITY}.userName", f"{IDENTITY}.invokedBy")),
    Field("account.uid", (f"{IDENTITY}.accountId",)),
)
"""The one who is identified: of the actor, and of a sign-in."""

FIELDS = (
    Field("metadata.uid", ("eventID",)),
    Field("metadata.event_code", ("eventType",)),
    Field("metadata.product.version", ("eventVersion",)),
    Field("metadata.product.feature.name", ("eventCategory",)),
    Field("time", ("eventTime",), Kind.MILLISECONDS),
    Field("time_dt", ("eventTime",)),
    Field("cloud.region", ("awsRegion",)),
    Field("cloud.account.uid", ("recipientAccountId", f"{IDENTITY}.accountId")),
    Field("api.operation", ("eventName",)),
    Field("api.service.name", ("eventSource",)),
    Field("api.version", ("apiVersion",)),
    Field("api.request.uid", ("requestID",)),
    Field("api.request.data", ("requestParameters",), Kind.JSON),
    Field("api.response.error", ("errorCode",)),
    Field("api.response.message", ("errorMessage",)),
    Field("api.response.data", ("responseElements",), Kind.JSON),
    *(Field(f"actor.user.{field.target}", field.sources) for field in USER),
    Field("actor.user.credential_uid", (f"{IDENTITY}.accessKeyId",)),
    Field("actor.session.issuer", (f"{SESSION}.sessionIssuer.arn",)),
    Field("actor.session.created_time", (f"{SESSION}.attributes.creationDate",), Kind.MILLISECONDS),
    Field("actor.session.created_time_dt", (f"{SESSION}.attributes.creationDate",)),
    Field("actor.session.is_mfa", (f"{SESSION}.attributes.mfaAuthenticated",), Kind.FLAG),
    Field("actor.invoked_by", (f"{IDENTITY}.invokedBy",)),
    Field("actor.idp.name", (f"{IDENTITY}.identityProvider",)),
    Field("src_endpoint.uid", ("vpcEndpointId",)),
    Field("http_request.user_agent", ("userAgent",)),
)

ADDRESS = "sourceIPAddress"
"""An IP address, or the name of an AWS service that called for a principal."""

IP = r"^(([0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)$"

MFA_USED = "additionalEventData.MFAUsed"
CONSOLE_LOGIN = "responseElements.ConsoleLogin"

CHANGED_NAME = (
    "requestParameters.userName",
    "requestParameters.roleName",
    "responseElements.role.roleName",
    f"{IDENTITY}.userName",
)
CHANGED_ARN = ("responseElements.user.arn", "responseElements.role.arn")
POLICY_ARN = ("requestParameters.policyArn",)
POLICY_NAME = ("requestParameters.policyName",)

UNNAMED = "unknown"
"""The name of a user where the record has neither name, ARN nor account."""

MAPPED = (
    *dict.fromkeys(s.partition(".")[0] for f in FIELDS for s in f.sources if "." not in s),
    ADDRESS,
)
"""Top-level names that have a place of their own in OCSF, and so are not in `unmapped`."""

KEPT = (
    *("userIdentity", "resources", "readOnly", "managementEvent", "tlsDetails", "sharedEventID"),
    *("additionalEventData", "serviceEventDetails", "insightDetails", "vpcEndpointAccountId"),
    *("sessionCredentialFromConsole", "addendum", "edgeDeviceDetails", "eventContext"),
)
"""Top-level names that are kept in `unmapped` whole. Any other name is kept as well, but slower."""

CONSTANT = {
    "metadata": {
        "version": "1.1.0",
        "log_provider": "CloudTrail",
        "profiles": ["cloud", "datetime"],
        "product": {"name": "CloudTrail", "vendor_name": "AWS"},
    },
    "cloud": {"provider": "AWS"},
}
