"""Security Lake as its administrator and its readers see it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from orchestrator.adapters.aws.session import Identity
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.lake.lookup import LakeAutoEnable
from orchestrator.logs.auto_enable import Source
from tests.sandbox.services.conftest import HOME, MEMBER, OTHER, SECURITY, Cloud, error_of

ROLE = f"arn:aws:iam::{SECURITY}:role/metastore"
IDENTITY = {"externalId": "example-siem", "principal": MEMBER}


@pytest.fixture
def lake(cloud: Cloud) -> Any:
    """Security Lake of its administrator, with a lake in HOME."""
    principal = "securitylake.amazonaws.com"
    organizations = cloud.client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal=principal)
    organizations.register_delegated_administrator(AccountId=SECURITY, ServicePrincipal=principal)
    there = cloud.client("securitylake", SECURITY)
    there.create_data_lake(configurations=[{"region": HOME}], metaStoreManagerRoleArn=ROLE)
    return there


def test_only_the_administrator_declares_lakes(cloud: Cloud, lake: Any) -> None:
    create = cloud.client("securitylake", MEMBER).create_data_lake
    wish = {"configurations": [{"region": HOME}], "metaStoreManagerRoleArn": ROLE}

    assert error_of(create, **wish) == "AccessDeniedException"
    assert error_of(lake.create_data_lake, **wish) == "ConflictException"


def test_one_change_is_made_at_a_time(lake: Any) -> None:
    source = {"regions": [HOME], "sourceVersion": "2.0"}

    def collect(name: str) -> str:
        try:
            lake.create_aws_log_source(sources=[{**source, "sourceName": name}])
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(collect, ("VPC_FLOW", "ROUTE53", "WAF", "EKS_AUDIT")))

    assert answers == {"", "ConflictException"}


def test_a_source_is_collected_in_every_account_where_none_is_named(
    cloud: Cloud, lake: Any
) -> None:
    source = {"regions": [HOME], "sourceName": "VPC_FLOW", "sourceVersion": "2.0"}
    lake.create_aws_log_source(sources=[source])

    found = lake.list_log_sources(regions=[HOME])["sources"]
    accounts = cloud.client("organizations").list_accounts()["Accounts"]

    assert {each["account"] for each in found} == {each["Id"] for each in accounts}
    nowhere = {**source, "regions": [OTHER]}
    assert error_of(lake.create_aws_log_source, sources=[nowhere]) == "ResourceNotFoundException"


def test_who_reads_by_objects_has_a_role_and_a_queue_until_it_goes(cloud: Cloud, lake: Any) -> None:
    made = lake.create_subscriber(
        accessTypes=["S3"],
        sources=[{"awsLogSource": {"sourceName": "VPC_FLOW", "sourceVersion": "2.0"}}],
        subscriberIdentity=IDENTITY,
        subscriberName="siem",
    )["subscriber"]
    name = made["subscriberId"]
    lake.create_subscriber_notification(
        subscriberId=name, configuration={"sqsNotificationConfiguration": {}}
    )
    iam, sqs = (cloud.client(service, SECURITY) for service in ("iam", "sqs"))
    role = f"AmazonSecurityLake-{name}"

    assert iam.get_role(RoleName=role)["Role"]["Arn"] == made["roleArn"]
    assert len(sqs.list_queues()["QueueUrls"]) == 1
    lake.delete_subscriber(subscriberId=name)
    assert error_of(iam.get_role, RoleName=role) == "NoSuchEntity"
    assert sqs.list_queues().get("QueueUrls", []) == []


def test_accounts_that_join_later_are_collected_from_once_it_is_said(
    cloud: Cloud, lake: Any
) -> None:
    lake.create_data_lake(configurations=[{"region": OTHER}], metaStoreManagerRoleArn=ROLE)
    auto_enable = LakeAutoEnable(As(cloud, SECURITY))
    first, second = Source(HOME, "VPC_FLOW"), Source(OTHER, "WAF")

    before = auto_enable.held()
    auto_enable.add([first, second])
    both = auto_enable.held()
    auto_enable.remove([second])

    nothing = frozenset[Source]()
    assert (before, both) == (nothing, nothing | {first, second})
    assert auto_enable.held() == nothing | {first}


@dataclass(frozen=True)
class As:
    """An account's own credentials, as the adapter takes them."""

    cloud: Cloud
    account: str

    def identity(self) -> Identity:
        return Identity(self.account, f"arn:aws:iam::{self.account}:root")

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        client = self.cloud.client(service, self.account)
        try:
            return getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            raise Refused(self.account, "", operation, str(error), code) from error
