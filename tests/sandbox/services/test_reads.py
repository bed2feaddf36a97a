"""What others read of an account, and no stack of ours: as AWS answers, and to whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.sandbox.calls import a_policy, a_role, a_trust_policy, with_keys
from tests.sandbox.services.conftest import (
    HOME,
    MANAGEMENT,
    MEMBER,
    OUTSIDER,
    SECURITY,
    Cloud,
    error_of,
)

CONTACT = {
    "FullName": "Payments",
    "AddressLine1": "2 Example Street",
    "City": "Osaka",
    "PostalCode": "530-0001",
    "CountryCode": "JP",
    "PhoneNumber": "+81600000000",
}


def test_an_account_has_a_contact_from_the_start_and_another_once_it_is_told(cloud: Cloud) -> None:
    account, other = cloud.client("account", MEMBER), cloud.client("account", OUTSIDER)
    assert other.get_contact_information()["ContactInformation"]["FullName"]

    account.put_contact_information(ContactInformation=CONTACT)

    assert account.get_contact_information()["ContactInformation"] == CONTACT
    assert other.get_contact_information()["ContactInformation"] != CONTACT


def test_the_organization_asks_for_contacts_of_its_active_members_alone(cloud: Cloud) -> None:
    organizations, account = cloud.client("organizations"), cloud.client("account")
    asked = (account.get_contact_information, account.list_regions)
    alternate = {"AlternateContactType": "SECURITY"}
    for ask in asked:
        assert error_of(ask, AccountId=OUTSIDER) == "AccessDeniedException"
    organizations.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    assert account.get_contact_information(AccountId=OUTSIDER)["ContactInformation"]
    nothing = error_of(account.get_alternate_contact, AccountId=OUTSIDER, **alternate)
    assert nothing == "ResourceNotFoundException"

    organizations.close_account(AccountId=OUTSIDER)

    listed = {each["Id"]: each["Status"] for each in organizations.list_accounts()["Accounts"]}
    assert listed[OUTSIDER] == "SUSPENDED"
    for ask in asked:
        assert error_of(ask, AccountId=OUTSIDER) == "AccessDeniedException"
    refused = error_of(account.get_alternate_contact, AccountId=OUTSIDER, **alternate)
    assert refused == "AccessDeniedException"
    assert error_of(account.list_regions, AccountId=MANAGEMENT) == "ValidationException"


def test_a_delegated_administrator_asks_for_members_and_no_other_member_does(cloud: Cloud) -> None:
    service = {"ServicePrincipal": "account.amazonaws.com"}
    organizations, ask = (
        cloud.client("organizations"),
        cloud.client("account", SECURITY).list_regions,
    )
    organizations.enable_aws_service_access(**service)
    assert error_of(ask, AccountId=MEMBER) == "AccessDeniedException"

    organizations.register_delegated_administrator(AccountId=SECURITY, **service)

    assert ask(AccountId=MEMBER)["Regions"]


def test_certificate_authorities_outlive_the_database_and_an_unknown_one_is_refused(
    cloud: Cloud,
) -> None:
    rds = cloud.client("rds", MEMBER)

    every = rds.describe_certificates()
    (one,) = rds.describe_certificates(CertificateIdentifier="RDS-CA-RSA2048-G1")["Certificates"]

    assert one["CertificateIdentifier"] == every["DefaultCertificateForNewLaunches"]
    assert one["CertificateArn"] == f"arn:aws:rds:{HOME}::cert:rds-ca-rsa2048-g1"
    assert one["ValidTill"] > datetime(2060, 1, 1, tzinfo=UTC)
    assert {each["CertificateType"] for each in every["Certificates"]} == {"CA"}
    unknown = error_of(rds.describe_certificates, CertificateIdentifier="rds-ca-2015")
    assert unknown == "CertificateNotFound"


def test_engine_versions_are_listed_by_engine_major_version_and_family(cloud: Cloud) -> None:
    rds = cloud.client("rds", MEMBER)

    def versions(**asked: Any) -> set[str]:
        found = rds.describe_db_engine_versions(**asked)["DBEngineVersions"]
        return {f"{each['Engine']} {each['EngineVersion']}" for each in found}

    mysql = versions(Engine="mysql")
    assert mysql and mysql < versions()
    assert versions(Engine="mysql", EngineVersion="8.4") == {"mysql 8.4.4", "mysql 8.4.5"}
    assert versions(DBParameterGroupFamily="mysql8.4") == {"mysql 8.4.4", "mysql 8.4.5"}
    assert versions(Filters=[{"Name": "engine", "Values": ["mysql"]}]) == mysql
    assert len(versions(Engine="mysql", DefaultOnly=True)) == 1
    assert versions(Engine="mysql", EngineVersion="5.6.21") == set()
    unknown = error_of(rds.describe_db_engine_versions, Filters=[{"Name": "a", "Values": ["b"]}])
    assert unknown == "InvalidParameterValue"


def test_a_report_names_the_services_that_the_identity_s_policies_allow(cloud: Cloud) -> None:
    iam = cloud.client("iam", MEMBER)
    statements = [
        {"Effect": "Allow", "Action": ["s3:GetObject", "sqs:*", "sns:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "sns:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "sqs:DeleteQueue", "Resource": "*"},
    ]
    arn = a_role(cloud.sandbox, MEMBER, "reads", a_trust_policy({"AWS": MEMBER}))
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="reads", PolicyName="own", PolicyDocument=policy)

    job = iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
    report = iam.get_service_last_accessed_details(JobId=job)

    assert (report["JobStatus"], report["JobType"]) == ("COMPLETED", "SERVICE_LEVEL")
    assert report["JobCompletionDate"] >= report["JobCreationDate"]
    assert [each["ServiceNamespace"] for each in report["ServicesLastAccessed"]] == ["s3", "sqs"]
    assert {each["TotalAuthenticatedEntities"] for each in report["ServicesLastAccessed"]} == {0}
    nobody = arn.replace("role/reads", "role/nobody")
    assert error_of(iam.generate_service_last_accessed_details, Arn=nobody) == "NoSuchEntity"
    job = "00000000-0000-0000-0000-000000000000"
    assert error_of(iam.get_service_last_accessed_details, JobId=job) == "NoSuchEntity"


def test_a_long_report_comes_in_pages_and_a_user_has_what_its_groups_have(cloud: Cloud) -> None:
    iam = cloud.client("iam", MEMBER)
    user = iam.create_user(UserName="reader")["User"]["Arn"]
    iam.create_group(GroupName="all")
    iam.put_group_policy(GroupName="all", PolicyName="own", PolicyDocument=a_policy("*"))

    def first_page() -> Any:
        job = iam.generate_service_last_accessed_details(Arn=user)["JobId"]
        return iam.get_service_last_accessed_details(JobId=job), job

    assert first_page()[0]["ServicesLastAccessed"] == []
    iam.add_user_to_group(GroupName="all", UserName="reader")
    page, job = first_page()
    following = iam.get_service_last_accessed_details(JobId=job, Marker=page["Marker"])

    assert (page["IsTruncated"], len(page["ServicesLastAccessed"])) == (True, 100)
    names = [each["ServiceNamespace"] for each in page["ServicesLastAccessed"]]
    assert names == sorted(names)
    assert names[-1] < following["ServicesLastAccessed"][0]["ServiceNamespace"]


def test_nobody_has_credentials_for_one_service(cloud: Cloud) -> None:
    iam = cloud.client("iam", MEMBER)
    iam.create_user(UserName="reader")
    ask = iam.list_service_specific_credentials

    assert ask(UserName="reader")["ServiceSpecificCredentials"] == []
    assert error_of(ask, UserName="nobody") == "NoSuchEntity"
    other = error_of(ask, UserName="reader", ServiceName="s3.amazonaws.com")
    assert other == "NotSupportedService"


def test_aws_keeps_a_registry_of_its_own_schemas_in_each_region(cloud: Cloud) -> None:
    schemas = cloud.client("schemas", MEMBER)

    (registry,) = schemas.list_registries()["Registries"]

    assert registry["RegistryArn"] == f"arn:aws:schemas:{HOME}::registry/aws.events"
    assert schemas.list_registries(Scope="LOCAL")["Registries"] == []
    assert schemas.list_registries(RegistryNamePrefix="own")["Registries"] == []


def test_each_of_them_asks_for_its_own_permission(cloud: Cloud) -> None:
    calls = {
        "account": ("get_contact_information", "account:GetContactInformation"),
        "rds": ("describe_db_engine_versions", "rds:DescribeDBEngineVersions"),
        "schemas": ("list_registries", "schemas:ListRegistries"),
        "iam": ("list_service_specific_credentials", "iam:ListServiceSpecificCredentials"),
    }
    trust = a_trust_policy({"AWS": MEMBER})
    arn = a_role(cloud.sandbox, MEMBER, "asks", trust)
    iam, sts = cloud.client("iam", MEMBER), cloud.client("sts", MEMBER)
    iam.create_user(UserName="reader")
    keys = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]

    for service, (operation, action) in calls.items():
        given = {"UserName": "reader"} if service == "iam" else {}
        ask = getattr(with_keys(cloud.sandbox, service, keys), operation)
        assert error_of(ask, **given).startswith("AccessDenied"), action
        iam.put_role_policy(RoleName="asks", PolicyName="own", PolicyDocument=a_policy(action))
        assert ask(**given), action
