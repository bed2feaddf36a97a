from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import Builder, Case
from tests.unit.findings.services.recording import Overlay

HERE = "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup"
GONE = f"{HERE}/11111111-2222-3333-4444-555555555555"


def a_group(name: str = "sales", **given: bool) -> Builder:
    def build(aws: Aws) -> str:
        made = aws("redshift-serverless").create_workgroup(
            workgroupName=name,
            namespaceName=name,
            tags=[{"key": "team", "value": "payments"}],
            **{"publiclyAccessible": False, "enhancedVpcRouting": True, **given},
        )
        return str(made["workgroup"]["workgroupArn"])

    return build


def serving() -> Overlay:
    """The service, which moto does not have, as its documents describe these calls."""
    groups: dict[str, dict[str, Any]] = {}
    kept: dict[str, Any] = {}

    def create(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        name = asked["workgroupName"]
        arn = f"{HERE}/{name}"
        kept[arn] = asked["tags"]
        groups[name] = {
            **{key: value for key, value in asked.items() if key != "tags"},
            "workgroupArn": arn,
            "status": "AVAILABLE",
        }
        return {"workgroup": groups[name]}

    def update(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        groups[asked["workgroupName"]].update(asked)
        return {"workgroup": groups[asked["workgroupName"]]}

    return {
        ("redshift-serverless", "CreateWorkgroup"): create,
        ("redshift-serverless", "UpdateWorkgroup"): update,
        ("redshift-serverless", "ListWorkgroups"): lambda _: {"workgroups": [*groups.values()]},
        ("redshift-serverless", "ListTagsForResource"): lambda asked: {
            "tags": kept[asked["resourceArn"]]
        },
    }


CASES = (
    Case(
        "RedshiftServerless.1",
        a_group(enhancedVpcRouting=False),
        a_group("fine"),
        GONE,
        overlay=serving,
    ),
    Case(
        "RedshiftServerless.3",
        a_group(publiclyAccessible=True),
        a_group("fine"),
        GONE,
        overlay=serving,
    ),
)
