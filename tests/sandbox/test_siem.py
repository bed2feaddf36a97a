"""What logs are searched in, and the pipeline that feeds it, made by their own roles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.modules.account_roots import (
    HOME,
    LOG_ARCHIVE,
    MANAGEMENT,
    SECURITY,
    VERSIONS,
    Applied,
    keys,
    provider,
)
from tests.modules.workshop import Workshop, build
from tests.sandbox.fleets import PROMPT, a_fleet
from tests.sandbox.log_roots import bootstrap, converges, ends, enter, succeeds

pytestmark = [pytest.mark.terraform, pytest.mark.long]

MASTER = f"arn:aws:iam::{SECURITY}:role/siem-administrator"
QUEUE = f"{HOME}.amazonaws.com/{LOG_ARCHIVE}/orchestrator-siem"


INGESTION = f"""
module "siem_ingestion" {{
  source                   = "./modules/siem_ingestion"
  account_id               = "{SECURITY}"
  permissions_boundary_arn = "arn:aws:iam::{SECURITY}:policy/orchestrator-boundary"
  region                   = "{HOME}"

  source_logs = {{
    bucket_arns      = ["arn:aws:s3:::example-logs-cloudtrail"]
    kind             = "cloudtrail"
    owner_account_id = "{LOG_ARCHIVE}"
    queue_arn        = "arn:aws:sqs:{HOME}:{LOG_ARCHIVE}:orchestrator-siem"
    queue_url        = "https://sqs.{QUEUE}"
  }}
"""


def of_kind(kind: str) -> str:
    """A pipeline beside the first."""
    return f"""
module "siem_ingestion_{kind}" {{
  source                   = "./modules/siem_ingestion"
  account_id               = "{SECURITY}"
  dead_letter_bucket       = module.siem_ingestion.dead_letter_bucket
  name                     = "orchestrator-siem-{kind}"
  permissions_boundary_arn = "arn:aws:iam::{SECURITY}:policy/orchestrator-boundary"
  region                   = "{HOME}"

  source_logs = {{
    bucket_arns      = ["arn:aws:s3:::example-logs-logs"]
    kind             = "{kind}"
    owner_account_id = "{LOG_ARCHIVE}"
    queue_arn        = "arn:aws:sqs:{HOME}:{LOG_ARCHIVE}:orchestrator-siem-{kind}"
    queue_url        = "https://sqs.{QUEUE}-{kind}"
  }}
"""


LAKE = f"""
module "security_lake" {{
  source                   = "./modules/security_lake"
  account_id               = "{SECURITY}"
  account_ids              = ["{SECURITY}"]
  permissions_boundary_arn = "arn:aws:iam::{SECURITY}:policy/orchestrator-boundary"
  regions                  = ["{HOME}"]
  rollup_region            = "{HOME}"
  sources                  = ["CLOUD_TRAIL_MGMT", "SH_FINDINGS", "VPC_FLOW"]
}}

module "siem_subscriber" {{
  source                = "./modules/security_lake_subscriber"
  access                = "S3"
  external_id           = "orchestrator-siem"
  name                  = "orchestrator-siem"
  sources               = ["CLOUD_TRAIL_MGMT", "SH_FINDINGS", "VPC_FLOW"]
  subscriber_account_id = "{SECURITY}"
  depends_on            = [module.security_lake]
}}
"""
OF_LAKE = f"""
  source_logs = {{
    bucket_arns      = [module.security_lake.bucket_arns["{HOME}"]]
    kind             = "lake"
    owner_account_id = "{SECURITY}"
    queue_arn        = module.siem_subscriber.endpoint
    queue_url = format(
      "https://sqs.%s.amazonaws.com/%s/%s", "{HOME}", "{SECURITY}",
      element(split(":", module.siem_subscriber.endpoint), 5)
    )
  }}
"""
FROM_LAKE = INGESTION.partition("  source_logs")[0] + OF_LAKE


def collection(vpc: str, subnets: list[str], *ingestion: str) -> str:
    """As terraform/security calls the modules."""
    made = "".join(f"\n{each}{TARGET}" for each in ingestion)
    names = [re.findall(r'module "(\w+)"', each)[0] for each in ingestion]
    return f"""
module "siem" {{
  source           = "./modules/siem_opensearch_serverless"
  account_id       = "{SECURITY}"
  client_cidrs     = ["10.9.0.0/16"]
  master_role_arn  = "{MASTER}"
  reader_role_arns = ["arn:aws:iam::{SECURITY}:role/siem-analyst"]
  subnet_ids       = {json.dumps(subnets)}
  vpc_id           = "{vpc}"
  writer_role_arns = [{", ".join(f"module.{name}.role_arn" for name in names)}]
}}
{made}
"""


TARGET = """
  target = {
    arn                 = module.siem.arn
    endpoint            = module.siem.endpoint
    name                = "orchestrator-siem"
    network_policy_name = module.siem.network_policy_name
  }
}
"""


def domain(vpc: str, subnets: list[str]) -> str:
    """The same of a domain, which the pipeline reaches in its VPC."""
    return f"""
module "siem" {{
  source           = "./modules/siem_opensearch"
  account_id       = "{SECURITY}"
  client_cidrs     = ["10.9.0.0/16"]
  data             = {{ count = 2, type = "r7g.large.search", volume_gb = 100 }}
  master_role_arn  = "{MASTER}"
  region           = "{HOME}"
  subnet_ids       = {json.dumps(subnets)}
  vpc_id           = "{vpc}"
  writer_role_arns = [module.siem_ingestion.role_arn]
}}
{INGESTION}
  subnet_ids   = {json.dumps(subnets)}
  target_cidrs = ["10.9.0.0/16"]
  vpc_id       = "{vpc}"

  target = {{
    arn      = module.siem.arn
    endpoint = module.siem.endpoint
    name     = "orchestrator-siem"
  }}
}}
"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return build(tmp_path_factory.mktemp("modules") / "workshop")


@pytest.fixture(scope="module")
def sandbox(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One in which the security account has its roles."""
    folder = tmp_path_factory.mktemp("sandbox")
    with lifecycle.running(folder / "sandbox", a_fleet(), PROMPT) as running:
        roles = Applied(
            workshop,
            running,
            folder / "roles",
            bootstrap({SECURITY: '"lake", "siem", "siem_lake"'}),
        )
        enter(roles, MANAGEMENT, SECURITY)
        yield running


def a_network(sandbox: Sandbox) -> tuple[str, list[str]]:
    """A VPC of the security account, and two subnets of it."""
    ec2 = sandbox.client("ec2", SECURITY)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    blocks = ("10.9.1.0/24", "10.9.2.0/24")
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=block)["Subnet"] for block in blocks]
    return vpc, [subnet["SubnetId"] for subnet in made]


def test_a_collection_and_its_pipeline_are_made_and_ended_by_the_roles_for_them(
    sandbox: Sandbox, workshop: Workshop, tmp_path: Path
) -> None:
    kinds = (INGESTION, of_kind("flow"), of_kind("resolver"))
    code = VERSIONS + provider(SECURITY) + collection(*a_network(sandbox), *kinds)

    root = converges(Applied(workshop, sandbox, tmp_path / "siem", code), SECURITY)

    aoss = sandbox.client("opensearchserverless", SECURITY)
    (made,) = aoss.batch_get_collection(names=["orchestrator-siem"])["collectionDetails"]
    assert (made["type"], made["status"]) == ("TIMESERIES", "ACTIVE")
    assert made["kmsKeyArn"].startswith(f"arn:aws:kms:{HOME}:{SECURITY}:key/")
    policy = aoss.get_access_policy(name="orchestrator-siem", type="data")["accessPolicyDetail"]
    writers = [
        each["Principal"] for each in policy["policy"] if each["Description"] == "Writes logs."
    ]
    names = ("orchestrator-siem", "orchestrator-siem-flow", "orchestrator-siem-resolver")
    roles = sorted(f"arn:aws:iam::{SECURITY}:role/{name}-pipeline" for name in names)
    assert writers == [roles]
    osis = sandbox.client("osis", SECURITY)
    for name in names:
        assert osis.get_pipeline(PipelineName=name)["Pipeline"]["Status"] == "ACTIVE"

    ends(root, SECURITY)

    assert aoss.batch_get_collection(names=["orchestrator-siem"])["collectionDetails"] == []


def test_a_pipeline_reads_what_security_lake_tells_of(
    sandbox: Sandbox, workshop: Workshop, tmp_path: Path
) -> None:
    organizations, principal = sandbox.client("organizations"), "securitylake.amazonaws.com"
    organizations.enable_aws_service_access(ServicePrincipal=principal)
    organizations.register_delegated_administrator(AccountId=SECURITY, ServicePrincipal=principal)
    code = VERSIONS + provider(SECURITY) + LAKE + collection(*a_network(sandbox), FROM_LAKE)

    root = converges(Applied(workshop, sandbox, tmp_path / "lake", code), SECURITY)

    pipeline = sandbox.client("osis", SECURITY).get_pipeline(PipelineName="orchestrator-siem")
    body = pipeline["Pipeline"]["PipelineConfigurationBody"]
    (subscriber,) = sandbox.client("securitylake", SECURITY).list_subscribers()["subscribers"]
    queue = subscriber["subscriberEndpoint"].rpartition(":")[2]
    assert f"https://sqs.{HOME}.amazonaws.com/{SECURITY}/{queue}" in body
    assert "parquet" in body
    assert "copy_values" not in body
    ends(root, SECURITY)


def test_a_domain_that_is_there_and_its_pipeline_are_as_declared_and_ended(
    sandbox: Sandbox, workshop: Workshop, tmp_path: Path
) -> None:
    """The provider looks at a domain ten minutes after it has made one, and again after deleting
    it: so it is made beside Terraform here, from what is planned, and taken over.
    """
    vpc, subnets = a_network(sandbox)
    code = VERSIONS + provider(SECURITY) + domain(vpc, subnets)
    root = Applied(workshop, sandbox, tmp_path / "domain", code)
    mine = {SECURITY: keys(sandbox, SECURITY, "orchestrator-apply")}
    succeeds(root.init())
    targets = (f"-target=module.siem.{each}" for each in BEFORE)
    succeeds(root.run(mine, "apply", "-auto-approve", *targets))
    made_by_hand(sandbox, subnets)
    (root.folder / "import.tf").write_text(IMPORT, "utf-8")

    succeeds(root.apply(mine))
    succeeds(root.plan({SECURITY: keys(sandbox, SECURITY, "orchestrator-plan")}))

    (root.folder / "import.tf").unlink()
    succeeds(root.forget("module.siem.aws_opensearch_domain.this"))
    sandbox.client("opensearch", SECURITY).delete_domain(DomainName="orchestrator-siem")
    succeeds(root.destroy(mine))


BEFORE = (
    "aws_cloudwatch_log_group.this",
    "aws_iam_service_linked_role.opensearch",
    "aws_security_group.this",
    "module.key",
)
IMPORT = """
import {
  to = module.siem.aws_opensearch_domain.this
  id = "orchestrator-siem"
}
"""
LOGS = {
    "AUDIT_LOGS": "audit",
    "ES_APPLICATION_LOGS": "errors",
    "INDEX_SLOW_LOGS": "slow-index",
    "SEARCH_SLOW_LOGS": "slow-search",
}


def made_by_hand(sandbox: Sandbox, subnets: list[str]) -> None:
    """What can only be said when a domain is made; the rest is changed by Terraform."""
    groups = sandbox.client("ec2", SECURITY).describe_security_groups()["SecurityGroups"]
    (group,) = (each["GroupId"] for each in groups if each["GroupName"] == "orchestrator-siem")
    key = sandbox.client("kms", SECURITY).list_keys()["Keys"][-1]["KeyArn"]
    logs = f"arn:aws:logs:{HOME}:{SECURITY}:log-group:/aws/OpenSearchService/domains"
    sandbox.client("opensearch", SECURITY).create_domain(
        DomainName="orchestrator-siem",
        EngineVersion="OpenSearch_2.17",
        ClusterConfig={
            "DedicatedMasterCount": 3,
            "DedicatedMasterEnabled": True,
            "DedicatedMasterType": "m7g.large.search",
            "InstanceCount": 2,
            "InstanceType": "r7g.large.search",
            "ZoneAwarenessConfig": {"AvailabilityZoneCount": 2},
            "ZoneAwarenessEnabled": True,
        },
        EBSOptions={"EBSEnabled": True, "VolumeSize": 100, "VolumeType": "gp3"},
        VPCOptions={"SecurityGroupIds": [group], "SubnetIds": sorted(subnets)},
        EncryptionAtRestOptions={"Enabled": True, "KmsKeyId": key},
        NodeToNodeEncryptionOptions={"Enabled": True},
        DomainEndpointOptions={
            "EnforceHTTPS": True,
            "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
        },
        AdvancedSecurityOptions={
            "Enabled": True,
            "InternalUserDatabaseEnabled": False,
            "MasterUserOptions": {"MasterUserARN": MASTER},
        },
        AutoTuneOptions={"DesiredState": "ENABLED", "UseOffPeakWindow": True},
        OffPeakWindowOptions={"Enabled": True},
        SoftwareUpdateOptions={"AutoSoftwareUpdateEnabled": True},
        LogPublishingOptions={
            kind: {"CloudWatchLogsLogGroupArn": f"{logs}/orchestrator-siem/{name}", "Enabled": True}
            for kind, name in LOGS.items()
        },
    )
