"""Where logs come together: destinations, Security Lake, and what searches them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from orchestrator.model.facts.names import RoleName
from orchestrator.model.settings import Frozen, Region, VpcId

SubnetId = Annotated[str, StringConstraints(pattern=r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$")]
Network = Annotated[
    str, StringConstraints(pattern=r"^([0-9]{1,3}\.){3}[0-9]{1,3}/([1-9]|[12][0-9]|3[0-2])$")
]
NodeType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+\.[a-z0-9]+\.search$")]

CustomSource = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,19}$")]
WorkgroupName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]{1,128}$")]


class LakeSource(StrEnum):
    """Sources of AWS that Security Lake collects, as it names them."""

    CLOUD_TRAIL_MGMT = "CLOUD_TRAIL_MGMT"
    EKS_AUDIT = "EKS_AUDIT"
    LAMBDA_EXECUTION = "LAMBDA_EXECUTION"
    ROUTE53 = "ROUTE53"
    S3_DATA = "S3_DATA"
    SH_FINDINGS = "SH_FINDINGS"
    VPC_FLOW = "VPC_FLOW"
    WAF = "WAF"


class LakeFacts(Frozen):
    """Security Lake, in the security account, for every account of the organization."""

    enabled: bool = False
    sources: dict[LakeSource, bool] = Field(
        {LakeSource.CLOUD_TRAIL_MGMT: True, LakeSource.SH_FINDINGS: True},
        description="Collected in all accounts and governed regions.",
    )
    workgroup: WorkgroupName | None = Field(
        None, description="Athena's, by which logs are asked who uses a resource; null asks none."
    )
    glacier_after: int = Field(90, ge=30, description="Days until events move to Glacier.")
    expire_after: int = Field(400, ge=1, description="Days until events are deleted.")


class SiemKind(StrEnum):
    """What logs are searched in."""

    NONE = "none"
    OPENSEARCH = "opensearch"
    SERVERLESS = "opensearch_serverless"


class SiemSizing(Frozen):
    """Of a domain; a collection grows by itself."""

    data_nodes: int = Field(3, ge=2, description="A multiple of the subnets.")
    data_type: NodeType = "r7g.large.search"
    volume_gb: int = Field(300, ge=10, description="Of each data node.")
    master_type: NodeType = "m7g.large.search"
    warm_nodes: int = Field(0, ge=0, description="0, or 2 and more.")


class SiemFacts(Frozen):
    """A domain or a collection in the security account, home region.

    It is fed from Security Lake where that is enabled, and from the archive otherwise.
    """

    kind: SiemKind = SiemKind.NONE
    vpc: VpcId | None = Field(None, description="In which it is reached.")
    subnets: dict[SubnetId, bool] = Field({}, description="Two or three, each in its own zone.")
    clients: dict[Network, bool] = Field({}, description="Networks from which it is reached.")
    master_role: RoleName | None = Field(None, description="May do everything in it; sets it up.")
    reader_roles: dict[RoleName, bool] = Field({}, description="May search in it.")
    retention_days: int = Field(90, ge=1, description="Days until logs are deleted there.")
    sources: dict[LakeSource, bool] = Field(
        {},
        description="Of Security Lake's, false leaves one out. Without it CloudTrail is read, and "
        "what else of the archive is true, by a pipeline of its own each.",
    )
    custom_sources: dict[CustomSource, bool] = Field(
        {}, description="Of Security Lake, by their whole names, such as onprem-ssh-3002."
    )
    sizing: SiemSizing = SiemSizing()


class LogFacts(Frozen):
    """Where logs come together."""

    destinations: dict[Region, bool] = Field(
        {},
        description="Regions with a destination for what CloudWatch Logs holds; false removes it.",
    )
    lake: LakeFacts = LakeFacts()
    siem: SiemFacts = SiemFacts()
    detections: bool = Field(
        False, description="Give each account a role by which 'detect --send' imports findings."
    )
