"""Where each field of a CloudTrail record goes in OCSF 1.1. Python and SQL read this one table.

Source: AWS CloudTrail User Guide, record contents and userIdentity element; OCSF 1.1.0; the
CloudTrail mapping published at github.com/ocsf/examples, mappings/bloblang/AWS/CloudTrail/v1.1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
"""An IP address, or the name of an AWS service that called on somebody's behalf."""

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

NOBODY = "unknown"
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
