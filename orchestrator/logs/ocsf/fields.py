"""Which OCSF class and activity a CloudTrail event is, by tables that Python and SQL both read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, API, AUTHENTICATION

OTHER = 99

SIGN_IN_SOURCES = ("signin.amazonaws.com", "sts.amazonaws.com", "sso.amazonaws.com")
SIGN_INS: Mapping[str, int] = {
    "ConsoleLogin": 1,
    "ExternalIdPDirectoryLogin": 1,
    "UserAuthentication": 1,
    "AssumeRole": 1,
    "AssumeRoleWithSAML": 1,
    "AssumeRoleWithWebIdentity": 1,
    "CheckMfa": OTHER,
    "CredentialChallenge": OTHER,
    "CredentialVerification": OTHER,
}
"""Events that AWS has as Authentication (3002) → activity; no others, GetSessionToken neither.

Source: OCSF's examples, mappings of AWS 1.1.0, CloudTrail: its selector and Authentication.
"""

ACCOUNT_SOURCES = ("iam.amazonaws.com", "signin.amazonaws.com", "account.amazonaws.com")
ACCOUNT_CHANGES: Mapping[str, int] = {
    **dict.fromkeys(("CreateUser", "CreateRole", "CreateServiceLinkedRole"), 1),
    "CreateLoginProfile": 2,
    **dict.fromkeys(("ChangePassword", "PasswordUpdated"), 3),
    "UpdateLoginProfile": 4,
    "DeleteLoginProfile": 5,
    **dict.fromkeys(("DeleteUser", "DeleteRole", "DeleteServiceLinkedRole"), 6),
    **dict.fromkeys(("AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy"), 7),
    **dict.fromkeys(("PutUserPolicy", "PutRolePolicy", "PutGroupPolicy"), 7),
    **dict.fromkeys(("DetachUserPolicy", "DetachRolePolicy", "DetachGroupPolicy"), 8),
    **dict.fromkeys(("DeleteUserPolicy", "DeleteRolePolicy", "DeleteGroupPolicy"), 8),
    **dict.fromkeys(("EnableMFADevice", "FinalizeSmsMfaRegistration"), 10),
    "DeactivateMFADevice": 11,
    **dict.fromkeys(
        (
            *("UpdateUser", "UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy"),
            *("PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary"),
            *("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "DeletePolicy"),
            *("CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"),
            *("CreateVirtualMFADevice", "DeleteVirtualMFADevice", "ResyncMFADevice"),
            *("RequestSmsMfaRegistration", "AddUserToGroup", "RemoveUserFromGroup"),
            *("UpdateGroup", "DeleteGroup", "CreateInstanceProfile", "DeleteInstanceProfile"),
            *("AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"),
            *("TagUser", "UntagUser", "TagRole", "UntagRole"),
            *("TagInstanceProfile", "UntagInstanceProfile"),
            *("CreateAccountAlias", "DeleteAccountAlias", "UpdateAccountName"),
            *("UpdateAccountPasswordPolicy", "DeleteAccountPasswordPolicy"),
            *("UpdateAccountEmailAddress", "EmailUpdated", "AccountNameUpdated"),
        ),
        OTHER,
    ),
}
"""Events that AWS has as Account Change (3001) → activity, as OCSF 1.1 describes activities.

Source: OCSF's examples, mappings of AWS 1.1.0, CloudTrail: its selector; events/iam/account_change.
"""

OUTCOME_SOURCE = "signin.amazonaws.com"
OUTCOMES = (
    *("ConsoleLogin", "SwitchRole", "CheckMfa", "UserAuthentication"),
    *("ExternalIdPDirectoryLogin", "CredentialChallenge", "CredentialVerification"),
)
"""Events of the sign-in service that fail without an error code: "Failure" stands under the event's
own name in one of OUTCOME_PLACES.

Source: CloudTrail User Guide, AWS Management Console sign-in events; IAM Identity Center User
Guide, sign-in events.
"""
OUTCOME_PLACES = ("responseElements", "serviceEventDetails")
FAILURE = "Failure"

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
    if source in ACCOUNT_SOURCES and name in ACCOUNT_CHANGES:
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
    Field("uid_alt", (f"{IDENTITY}.principalId", f"{IDENTITY}.onBehalfOf.userId")),
    Field(
        "name",
        (f"{IDENTITY}.userName", "additionalEventData.UserName", f"{IDENTITY}.invokedBy"),
    ),
    Field("account.uid", (f"{IDENTITY}.accountId",)),
)
"""The actor. Users of IAM Identity Center have no ARN but an id, and a name beside the identity."""

ASSUMED = "requestParameters.roleArn"
SIGNED_IN = (
    Field("type", (f"{IDENTITY}.type",)),
    Field("uid", (ASSUMED, f"{IDENTITY}.arn")),
    Field("uid_alt", USER[2].sources),
    Field("name", ("requestParameters.roleSessionName", *USER[3].sources[:2])),
    Field("account.uid", (f"{IDENTITY}.accountId",)),
)
"""Who one becomes by a sign-in: the role that is assumed, under the name of the session."""

SERVICE = ("eventSource", "insightDetails.eventSource")
"""An insight has name and source of the calls that it is about, and none of its own."""

FIELDS = (
    Field("metadata.uid", ("eventID",)),
    Field("metadata.event_code", ("eventType",)),
    Field("metadata.product.version", ("eventVersion",)),
    Field("metadata.product.feature.name", ("eventCategory",)),
    Field("time", ("eventTime",), Kind.MILLISECONDS),
    Field("time_dt", ("eventTime",)),
    Field("cloud.region", ("awsRegion",)),
    Field("cloud.account.uid", ("recipientAccountId", f"{IDENTITY}.accountId")),
    Field("api.operation", ("eventName", "insightDetails.eventName")),
    Field("api.service.name", SERVICE),
    Field("api.version", ("apiVersion",)),
    Field("api.request.uid", ("requestID",)),
    Field("api.request.data", ("requestParameters",), Kind.JSON),
    Field("api.response.error", ("errorCode",)),
    Field("api.response.message", ("errorMessage",)),
    Field("api.response.data", ("responseElements",), Kind.JSON),
    *(Field(f"actor.user.{field.target}", field.sources) for field in USER),
    Field("actor.user.credential_uid", (f"{IDENTITY}.accessKeyId", f"{IDENTITY}.credentialId")),
    Field("actor.session.issuer", (f"{SESSION}.sessionIssuer.arn",)),
    Field("actor.session.created_time", (f"{SESSION}.attributes.creationDate",), Kind.MILLISECONDS),
    Field("actor.session.created_time_dt", (f"{SESSION}.attributes.creationDate",)),
    Field("actor.session.is_mfa", (f"{SESSION}.attributes.mfaAuthenticated",), Kind.FLAG),
    Field("actor.invoked_by", (f"{IDENTITY}.invokedBy",)),
    Field(
        "actor.idp.name",
        (f"{SESSION}.webIdFederationData.federatedProvider", f"{IDENTITY}.identityProvider"),
    ),
    Field("actor.idp.uid", (f"{IDENTITY}.onBehalfOf.identityStoreArn",)),
    Field("src_endpoint.uid", ("vpcEndpointId",)),
    Field("http_request.user_agent", ("userAgent",)),
)

ADDRESS = "sourceIPAddress"
"""An IP address, or the name of an AWS service that called for a principal."""

IP = r"^(([0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)$"

MFA_USED = "additionalEventData.MFAUsed"
SIGNED_IN_TO = "additionalEventData.LoginTo"

CHANGED_NAME = (
    "requestParameters.userName",
    "requestParameters.roleName",
    "responseElements.role.roleName",
    f"{IDENTITY}.userName",
)
CHANGED_ARN = ("responseElements.user.arn", "responseElements.role.arn")
CHANGED_ID = ("responseElements.user.userId", "responseElements.role.roleId")
POLICY_ARN = ("requestParameters.policyArn",)
POLICY_NAME = ("requestParameters.policyName",)

UNNAMED = "unknown"
"""The name of a user where the record has neither name, ARN nor account."""

NO_CATEGORY = "Management, Data, and Insights"
"""The feature of a record without eventCategory, which it has since event version 1.07."""

OBSERVABLES: tuple[tuple[str, str, int], ...] = (
    ("actor.user.name", "User Name", 4),
    ("user.name", "User Name", 4),
    ("src_endpoint.ip", "IP Address", 2),
    ("src_endpoint.domain", "Hostname", 1),
)
"""Path, type and type's number of the values that an event can be found by; ARNs of resources are
others.
"""
OBSERVED_RESOURCE = ("resources[].uid", "Resource UID", 10)

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
