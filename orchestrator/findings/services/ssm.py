"""Documents and settings of Systems Manager. Managed instances are in `ssm_instances.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import account, of, resource
from orchestrator.findings.causes import Call, Cause, as_text, both, mentions, omits
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, keeping, looking
from orchestrator.findings.services import ssm_instances
from orchestrator.findings.tags import mapping

DOCUMENTS = ("arn:{partition}:ssm:{region}:{account}:document/*",)
SHARING = "/ssm/documents/console/public-sharing-permission"
LOGGING = "/ssm/automation/customer-script-log-destination"


def find(place: Place, aws: Aws) -> Iterator[str]:
    pages = (
        aws("ssm")
        .get_paginator("list_documents")
        .paginate(Filters=[{"Key": "Owner", "Values": ["Self"]}])
    )
    for document in (document for page in pages for document in page["DocumentIdentifiers"]):
        yield of(place, "ssm", f"document/{document['Name']}")


def own_name(target: Target) -> str:
    return resource(target.arn).removeprefix("document/")


def read(target: Target, aws: Aws) -> Json | None:
    """The accounts it is shared with; 'all' stands for every account."""
    call = aws("ssm").describe_document_permission
    answer = unless(("InvalidDocument",), call, Name=own_name(target), PermissionType="Share")
    return None if answer is None else {"accounts": sorted(answer.get("AccountIds", []))}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    answer = aws("ssm").list_tags_for_resource(ResourceType="Document", ResourceId=own_name(target))
    return mapping(answer["TagList"])


DOCUMENT = ResourceType(
    resource_type="AwsSsmDocument",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("ssm:ListDocuments",), why="Systems Manager lists an account's documents"),
        Permission(("ssm:DescribeDocumentPermission", "ssm:ListTagsForResource"), DOCUMENTS),
    ),
)


def public(document: Json, _: Target) -> str:
    return "it is shared with the public" if "all" in document["accounts"] else ""


def unshare(target: Target, aws: Aws, _: Json) -> None:
    aws("ssm").modify_document_permission(
        Name=own_name(target), PermissionType="Share", AccountIdsToRemove=["all"]
    )


def share(target: Target, aws: Aws, _: Json) -> None:
    aws("ssm").modify_document_permission(
        Name=own_name(target), PermissionType="Share", AccountIdsToAdd=["all"]
    )


def find_account(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def setting(
    control: str, name: str, setting_id: str, wanted: str, words: Mapping[str, str]
) -> Remediation:
    """A setting of Systems Manager, of which an account has one a region."""
    here = ("arn:{partition}:ssm:{region}:{account}:servicesetting" + setting_id,)

    def read_setting(_: Target, aws: Aws) -> Json:
        found: Json = aws("ssm").get_service_setting(SettingId=setting_id)["ServiceSetting"]
        return found

    kind = ResourceType(
        resource_type="AwsAccount",
        find=find_account,
        read=read_setting,
        tags=None,
        reads=(Permission(("ssm:GetServiceSetting",), here),),
    )

    def about(call: Call) -> bool:
        return as_text(call.parameters.get("settingId")).endswith(setting_id)

    def fault(found: Json, _: Target) -> str:
        return "" if found["SettingValue"] == wanted else words["fault"]

    def fix(_: Target, aws: Aws, __: Json) -> None:
        aws("ssm").update_service_setting(SettingId=setting_id, SettingValue=wanted)

    def undo(_: Target, aws: Aws, before: Json) -> None:
        if before["Status"] == "Default":
            aws("ssm").reset_service_setting(SettingId=setting_id)
        else:
            aws("ssm").update_service_setting(
                SettingId=setting_id, SettingValue=before["SettingValue"]
            )

    return Remediation(
        name=name,
        controls=(control,),
        causes=(
            Cause("ssm", ("ResetServiceSetting",), about),
            Cause(
                "ssm",
                ("UpdateServiceSetting",),
                both(about, omits("settingValue", wanted)),
            ),
        ),
        resource_type=kind.resource_type,
        risk=Risk.REVERSIBLE,
        effect=words["effect"],
        breaks=words["breaks"],
        reads=kind.reads,
        writes=(Permission(("ssm:UpdateServiceSetting", "ssm:ResetServiceSetting"), here),),
        find=kind.find,
        check=looking(kind, fault),
        before=keeping(kind, "SettingValue", "Status"),
        fix=fix,
        undo=undo,
        tags=None,
        cost=words["cost"],
    )


REMEDIATIONS = (
    *ssm_instances.REMEDIATIONS,
    Remediation(
        name="unshare-document",
        controls=("SSM.4",),
        causes=(
            Cause(
                "ssm",
                ("ModifyDocumentPermission",),
                mentions("all", "All", under="accountIdsToAdd"),
            ),
        ),
        resource_type=DOCUMENT.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="No longer shares the document with the public; named accounts keep it.",
        breaks="Other accounts that run the document without being named.",
        danger="Everybody with an AWS account can read the document again.",
        reads=DOCUMENT.reads,
        writes=(Permission(("ssm:ModifyDocumentPermission",), DOCUMENTS),),
        find=DOCUMENT.find,
        check=looking(DOCUMENT, public),
        before=keeping(DOCUMENT, "accounts"),
        fix=unshare,
        undo=share,
        tags=DOCUMENT.tags,
    ),
    setting(
        "SSM.6",
        "log-automation",
        LOGGING,
        "CloudWatch",
        {
            "fault": "what scripts in automations print is kept nowhere",
            "effect": "Sends what scripts in automations print to CloudWatch Logs.",
            "breaks": "Nothing.",
            "cost": "CloudWatch Logs' price for what the scripts print.",
        },
    ),
    setting(
        "SSM.7",
        "block-public-documents",
        SHARING,
        "Disable",
        {
            "fault": "documents can be shared with the public",
            "effect": "Blocks public sharing of the account's documents.",
            "breaks": "Nothing that is shared already: see SSM.4.",
            "cost": "",
        },
    ),
)
