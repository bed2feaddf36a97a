"""What can be asked, each question with the events that answer it.

Source of the calls: Service Authorization Reference, actions of each service; CloudTrail User
Guide, "AWS Management Console sign-in events" and "IAM Identity Center sign-in events".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from orchestrator.errors import UsageError
from orchestrator.logs.investigate.principals import GIVERS
from orchestrator.logs.investigate.resources import resolve
from orchestrator.logs.lake.filters import (
    Changing,
    Every,
    Failed,
    Filter,
    Has,
    Is,
    Not,
    Some,
    Within,
)
from orchestrator.logs.lake.question import About, Touching, Where

Make = Callable[[str], About]


@dataclass(frozen=True, slots=True)
class Hunt:
    """A question. `value` is what it takes, '' for nothing."""

    name: str
    summary: str
    about: Make
    value: str = ""
    example: str = ""
    help: str = ""
    chained: bool = False
    """Whether the acts of sessions that were taken on the way belong to the answer."""
    new: bool = False
    """Whether it says what is seen for the first time."""
    optional: bool = False
    """Whether the question may be asked without its value."""


def _calls(*names: str) -> Filter:
    return Is("operation", tuple(names))


def _only(wanted: Filter) -> Make:
    return lambda _: Where(wanted)


def _address(text: str) -> About:
    try:
        return Where(Within(ip_network(text, strict=False)))
    except ValueError as error:
        raise UsageError(
            f"'{text}' is not an address", "write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32"
        ) from error


def _access_key(text: str) -> About:
    """The key's own calls, and those that made it, looked at it or took it away."""
    return Where(Some((Is("access_key", (text,)), Has("request", text), Has("response", text))))


def _role(text: str) -> About:
    """By name or ARN: what its sessions did, and who took it."""
    name = text.rpartition("/")[2]
    return Where(
        Some(
            (
                Has("role_arn", f"role/{name}"),
                Has("actor_arn", f":assumed-role/{name}/"),
                Has("role_arn", f"/{name}"),
                Has("request", f"/{name}"),
            )
        )
    )


def _principal(text: str) -> About:
    name = text.rpartition("/")[2]
    return Where(
        Some(
            (
                Is("actor_name", (text, name)),
                Is("actor_arn", (text,)),
                Is("actor_id", (text,)),
                Has("actor_arn", f"/{name}"),
                Has("actor_id", f":{name}"),
            )
        )
    )


def _resource(text: str) -> About:
    return Touching(resolve(text).names)


def _seen(text: str) -> About:
    """An address, a key, a name or a call, whatever it is."""
    try:
        return _address(text)
    except UsageError:
        fields = ("access_key", "operation", "actor_name", "actor_arn", "error")
        return Where(
            Some(
                (
                    *(Is(field, (text,)) for field in fields),
                    Has("user_agent", text),
                    Has("actor_arn", f"/{text}"),
                )
            )
        )


READS = (
    *("GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters"),
    *("GetParametersByPath", "Decrypt", "GetObject", "GetPasswordData", "GetLoginProfile"),
    *("GetAuthorizationToken", "GetCredentialReport", "GetSessionToken", "GetFederationToken"),
    *("GetBlock", "ExecuteStatement", "BatchGetItem"),
)
"""Calls whose answer is a secret, a key or data; data events only where a trail has them."""

SIGN_INS = (
    *("ConsoleLogin", "CheckMfa", "CredentialChallenge", "CredentialVerification"),
    *("UserAuthentication", "Authenticate", "Federate", "ExternalIdPDirectoryLogin"),
    *("SwitchRole", "RenewRole", "Authentication: Logon"),
)
PERSISTENCE = (
    *("CreateAccessKey", "CreateUser", "CreateRole", "CreateLoginProfile", "UpdateLoginProfile"),
    *("UpdateAssumeRolePolicy", "CreateSAMLProvider", "UpdateSAMLProvider"),
    *("CreateOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider"),
    *("UpdateOpenIDConnectProviderThumbprint", "AttachUserPolicy", "AttachRolePolicy"),
    *("AttachGroupPolicy", "PutUserPolicy", "PutRolePolicy", "PutGroupPolicy", "AddUserToGroup"),
    *("CreatePolicyVersion", "SetDefaultPolicyVersion", "CreateServiceSpecificCredential"),
    *(
        "UploadSSHPublicKey",
        "UploadSigningCertificate",
        "DeactivateMFADevice",
        "DeleteVirtualMFADevice",
    ),
    *("EnableMFADevice", "CreateVirtualMFADevice", "CreateTrustAnchor", "CreateProfile"),
    *("CreateAccountAssignment", "CreatePermissionSet", "UpdateAccessKey", "CreateInstanceProfile"),
    *("AddRoleToInstanceProfile", "AssociateIamInstanceProfile", "CreateFunctionUrlConfig"),
)
EVASION = (
    *("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteEventDataStore"),
    *("StopEventDataStoreIngestion", "DeleteDetector", "UpdateDetector", "StopMonitoringMembers"),
    *("DisassociateFromMasterAccount", "DisassociateFromAdministratorAccount"),
    *("DisassociateMembers", "DeleteMembers", "CreateFilter", "CreateIPSet", "UpdateIPSet"),
    *("StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel"),
    *("DeleteConfigRule", "DisableSecurityHub", "BatchDisableStandards", "DisableSecurityHubV2"),
    *("BatchUpdateStandardsControlAssociations", "UpdateStandardsControl", "DeleteFlowLogs"),
    *("DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteSubscriptionFilter"),
    *("DeleteMetricFilter", "DeleteAlarms", "DisableAlarmActions", "DisableRule", "DeleteRule"),
    *("RemoveTargets", "DisableMacie", "DeleteAnalyzer", "DeleteDataLake", "DeleteSubscriber"),
    *("DeleteResolverQueryLogConfig", "DeleteWebACL", "LeaveOrganization"),
    *("ScheduleKeyDeletion", "DisableKey", "DeleteBucketPolicy", "PutBucketLifecycle"),
)
EXPOSURE = (
    *("AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules", "CreateNetworkAclEntry"),
    *("ReplaceNetworkAclEntry", "PutBucketPolicy", "PutBucketAcl", "PutObjectAcl"),
    *("PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "PutAccountPublicAccessBlock"),
    *("DeleteAccountPublicAccessBlock", "PutAccessPointPolicy", "PutBucketWebsite"),
    *("ModifySnapshotAttribute", "ModifyImageAttribute", "ModifyDBSnapshotAttribute"),
    *("ModifyDBClusterSnapshotAttribute", "DisableImageBlockPublicAccess"),
    *("DisableSnapshotBlockPublicAccess", "ModifyDBInstance", "AddPermission"),
    *("AddPermission20150331v2", "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig"),
    *("SetQueueAttributes", "SetTopicAttributes", "PutKeyPolicy", "CreateGrant"),
    *("SetRepositoryPolicy", "PutResourcePolicy", "ModifyDocumentPermission"),
    *(
        "UpdateClusterConfig",
        "UpdateDomainConfig",
        "CreateInternetGateway",
        "AttachInternetGateway",
    ),
)
OUT = (
    *("ModifySnapshotAttribute", "ModifyImageAttribute", "ModifyDBSnapshotAttribute"),
    *("ModifyDBClusterSnapshotAttribute", "StartExportTask", "ExportTableToPointInTime"),
    *("CreateInstanceExportTask", "ExportImage", "CreateStoreImageTask", "CopySnapshot"),
    *("CopyImage", "CopyDBSnapshot", "PutBucketReplication", "CreateReplicationTask"),
    *("StartReplicationTask", "CreateTask", "StartTaskExecution", "CreateAccessPoint"),
    *("GetSnapshotBlock", "ListSnapshotBlocks", "CreateExportTask", "CreateDataExport"),
    *("PutBucketNotification", "CreateTrafficMirrorSession", "CreatePeeringConnection"),
    *("CreateVpcPeeringConnection", "PutSubscriptionFilter", "CreateJob", "GetBlock"),
)


def _reads(text: str) -> About:
    if not text:
        return Where(_calls(*READS))
    wanted = tuple(Has("request", name) for name in resolve(text).names[:3])
    touched = tuple(Has("resources", name) for name in resolve(text).names[:3])
    return Where(Every((_calls(*READS), Some((*wanted, *touched)))))


HUNTS: Mapping[str, Hunt] = {
    hunt.name: hunt
    for hunt in (
        Hunt(
            "access-key",
            "Who used an access key, who made it, and what was done with it.",
            _access_key,
            "ACCESS-KEY",
            "AKIAIOSFODNN7EXAMPLE",
        ),
        Hunt(
            "ip",
            "What came from an address or a network.",
            _address,
            "ADDRESS",
            "203.0.113.0/24",
            "Sign-ins of hosts and clusters count, where they are in the lake.",
        ),
        Hunt(
            "principal",
            "What a person did, also in every role taken on the way.",
            _principal,
            "NAME|ARN",
            "alice@example.com",
            "A session that was given to the person, or to a session of theirs, is followed by the "
            "access key in the answer of AssumeRole, across accounts.",
            chained=True,
        ),
        Hunt(
            "failures",
            "Calls that were denied or failed.",
            _only(Failed()),
            help="Many different ones by one principal are somebody who tries doors.",
        ),
        Hunt(
            "sign-ins",
            "Who signed in: failures, without MFA, from a new network or with a new agent.",
            _only(
                Some(
                    (
                        _calls(*SIGN_INS),
                        Every((Is("class", ("3002",)), Not(_calls(*sorted(GIVERS))))),
                    )
                )
            ),
            new=True,
        ),
        Hunt(
            "reads",
            "Who read secrets, keys and data, and how many.",
            _reads,
            "RESOURCE",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments-AbCdEf",
            "Without RESOURCE it is about all of them. GetObject is there only where a trail has "
            "data events.",
            optional=True,
        ),
        Hunt(
            "persistence",
            "Keys, users, roles, trust and federation that were made or changed.",
            _only(_calls(*PERSISTENCE)),
        ),
        Hunt(
            "evasion",
            "Trails, detectors, recorders and logs that were stopped, thinned out or deleted.",
            _only(_calls(*EVASION)),
        ),
        Hunt(
            "exposure",
            "What may have been opened to others: groups, buckets, snapshots, functions, keys.",
            _only(_calls(*EXPOSURE)),
            help="The call's parameters say whether it opened or closed; `investigate` with the "
            "resource shows them side by side.",
        ),
        Hunt(
            "changes",
            "All calls that changed something.",
            _only(Changing()),
            help="Most useful for one account and an hour: --account, --from, --to.",
        ),
        Hunt(
            "seen",
            "When something was first and last seen: an address, a name, a key, an agent, a call.",
            _seen,
            "TEXT",
            "203.0.113.7",
        ),
        Hunt(
            "role",
            "Who took a role, and what was done with it.",
            _role,
            "ROLE",
            "deployer",
        ),
        Hunt(
            "agent",
            "What was called with a user agent.",
            lambda text: Where(Has("user_agent", text)),
            "TEXT",
            "kali",
        ),
        Hunt(
            "resource",
            "Every call that names a resource, reads included.",
            _resource,
            "ARN|ID",
            "arn:aws:s3:::payments-data",
        ),
        Hunt(
            "exfiltration",
            "Snapshots shared or copied, exports, replication: ways out for data.",
            _only(_calls(*OUT)),
        ),
    )
}
"""By name, in the order in which they are listed."""
