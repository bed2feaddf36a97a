"""Records in the shapes of AWS's published examples, and what AWS makes of them, field by field.

The values are ours. The shapes and the mapping are those of OCSF's examples, mappings/markdown/AWS/
v1.1.0/CloudTrail: API Activity, Account Change, Authentication, each with a sample. Where we differ
from AWS, DIFFERENT says why; nothing else may differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from orchestrator.logs.event import event, unmapped
from orchestrator.logs.json_path import branch
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from tests.cloudtrail import ACCOUNT, Record, assumed, iam_user, record, shapes
from tests.ocsf import problems

MORE = {
    "cloud.account.uid": "Security Lake has it as a partition, our lake's files have none",
    "metadata.log_provider": "OCSF recommends it",
    "status_id": "OCSF requires it with a status",
    "actor.session.created_time": "OCSF's own attribute; created_time_dt is of the profile",
    "service.name": "OCSF requires service or dst_endpoint of Authentication",
    "src_endpoint.svc_name": "OCSF does not take a domain alone for an endpoint",
    "user.account.uid": "OCSF requires account, name or uid of a user, and some have no ARN",
    "user.name": "the same",
    "user.type": "tells root from others",
    "resources[].name": "a prefix of ARNs, where there is no ARN",
    "policy.name": "an inline policy has no ARN",
}
"""What we add to what AWS writes, and why."""

DIFFERENT = {"api.request.uid": "AWS writes two quotes where a record has no requestID; ours is ''"}
"""Where another value stands, and why."""


def session(name: str) -> Record:
    return assumed("Admin", name)


API_ACTIVITY = record(
    "DescribeThings",
    "directconnect.amazonaws.com",
    eventVersion="1.05",
    userIdentity=iam_user("level"),
    responseElements={"things": []},
)
for _name in ("eventCategory", "managementEvent", "readOnly", "tlsDetails"):
    del API_ACTIVITY[_name]

EXAMPLES: Mapping[str, tuple[Record, Mapping[str, object]]] = {
    "API Activity": (
        API_ACTIVITY,
        {
            "class_uid": 6003,
            "class_name": "API Activity",
            "category_uid": 6,
            "activity_id": 2,
            "type_uid": 600302,
            "type_name": "API Activity: Read",
            "status": "Success",
            "severity": "Informational",
            "metadata.product.feature.name": "Management, Data, and Insights",
            "metadata.product.version": "1.05",
            "metadata.event_code": "AwsApiCall",
            "actor.user.type": "IAMUser",
            "actor.user.name": "level",
            "actor.user.uid": f"arn:aws:iam::{ACCOUNT}:user/level",
            "actor.user.uid_alt": "AIDAEXAMPLEUSERID0000",
            "actor.user.credential_uid": "AKIAIOSFODNN7EXAMPLE",
            "actor.user.account.uid": ACCOUNT,
            "api.operation": "DescribeThings",
            "api.service.name": "directconnect.amazonaws.com",
            "src_endpoint.ip": "198.51.100.7",
            "observables": [
                ("actor.user.name", "User Name", 4, "level"),
                ("src_endpoint.ip", "IP Address", 2, "198.51.100.7"),
            ],
        },
    ),
    "Account Change": (
        record(
            "CreateUser",
            "iam.amazonaws.com",
            userIdentity=session("someone"),
            requestParameters={"userName": "carol"},
            responseElements={
                "user": {
                    "userName": "carol",
                    "userId": "AIDACAROLEXAMPLE",
                    "arn": f"arn:aws:iam::{ACCOUNT}:user/carol",
                }
            },
        ),
        {
            "class_uid": 3001,
            "class_name": "Account Change",
            "category_name": "Identity & Access Management",
            "activity_id": 1,
            "activity_name": "Create",
            "type_uid": 300101,
            "status": "Success",
            "actor.session.issuer": f"arn:aws:iam::{ACCOUNT}:role/Admin",
            "actor.session.is_mfa": False,
            "actor.session.created_time_dt": "2026-03-01T09:58:12Z",
            "actor.user.uid": f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/someone",
            "user.name": "carol",
            "user.uid": f"arn:aws:iam::{ACCOUNT}:user/carol",
            "user.uid_alt": "AIDACAROLEXAMPLE",
            "observables": [
                ("user.name", "User Name", 4, "carol"),
                ("src_endpoint.ip", "IP Address", 2, "198.51.100.7"),
            ],
        },
    ),
    "Authentication": (
        shapes()["console sign-in"],
        {
            "class_uid": 3002,
            "class_name": "Authentication",
            "activity_id": 1,
            "activity_name": "Logon",
            "type_uid": 300201,
            "status": "Success",
            "is_mfa": True,
            "dst_endpoint.svc_name": "https://console.aws.amazon.com/console/home?state=hashArgs%23",
            "metadata.event_code": "AwsConsoleSignIn",
            "user.uid": f"arn:aws:iam::{ACCOUNT}:user/bob",
            "user.uid_alt": "AIDAEXAMPLEUSERID0000",
            "actor.user.name": "bob",
        },
    ),
    "Authentication of a role": (
        shapes()["assume role"],
        {
            "class_uid": 3002,
            "activity_id": 1,
            "user.uid": f"arn:aws:iam::{ACCOUNT}:role/deploy",
            "user.name": "deploy-7",
            "user.type": None,
            "user.account.uid": None,
            "api.service.name": "sts.amazonaws.com",
        },
    ),
    "a user of IAM Identity Center": (
        shapes()["failed Identity Center sign-in"],
        {
            "class_uid": 3002,
            "activity_id": 1,
            "status": "Failure",
            "actor.user.name": "mary",
            "actor.user.uid_alt": "544894e8-80c1-707f-60e3-3ba6510dfac1",
            "actor.user.credential_uid": "90e292de-5eb8-446e-9602-90f7c45044f7",
            "actor.idp.uid": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-9067",
        },
    ),
    "a call of a service": (
        shapes()["AWS service"],
        {
            "class_uid": 6003,
            "src_endpoint.domain": "cloudtrail.amazonaws.com",
            "src_endpoint.ip": None,
            "actor.invoked_by": "cloudtrail.amazonaws.com",
            "observables": [
                ("actor.user.name", "User Name", 4, "cloudtrail.amazonaws.com"),
                ("src_endpoint.domain", "Hostname", 1, "cloudtrail.amazonaws.com"),
                (
                    "resources[].uid",
                    "Resource UID",
                    10,
                    f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234",
                ),
            ],
        },
    ),
}


def leaves(tree: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{above}{name}.")
        elif name == "observables" and isinstance(value, list):
            yield name, [tuple(each.values()) for each in value]
        else:
            yield f"{above}{name}", value


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_record_of_a_published_shape_has_what_aws_writes(name: str) -> None:
    given, wanted = EXAMPLES[name]

    made = to_ocsf(given)

    found = dict(leaves(made))
    assert {path: found.get(path) for path in wanted} == dict(wanted)
    assert problems(made, cloud=True) == []


def test_the_rest_of_a_record_is_where_aws_has_it_under_the_same_names() -> None:
    given, _ = EXAMPLES["Account Change"]
    kept = branch(to_ocsf(given), "unmapped")
    as_aws = {"userIdentity.sessionContext.sessionIssuer.userName": "Admin", "readOnly": "false"}

    for path, value in as_aws.items():
        assert branch({"x": kept}, "x") and str(at_path(kept, path)).lower() == value.lower()
        assert at_path(unmapped({path: value}), path) == value


def at_path(tree: object, path: str) -> object:
    for name in path.split("."):
        assert isinstance(tree, Mapping)
        tree = tree[name]
    return tree


def test_each_difference_from_aws_has_a_reason() -> None:
    assert all((MORE | DIFFERENT).values())


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("failed console sign-in", "Failed authentication"),
        ("failed Identity Center sign-in", "Failure"),
        ("console sign-in", ""),
        ("Identity Center sign-in", ""),
        ("network activity", "VpceAccessDenied"),
    ],
)
def test_an_event_says_how_it_went_with_an_error_code_or_without(shape: str, said: str) -> None:
    assert event(to_ocsf(shapes()[shape])).error == said


def test_a_sign_in_says_whether_there_was_a_second_factor() -> None:
    assert event(to_ocsf(shapes()["console sign-in"])).actor.mfa is True
    assert event(to_ocsf(shapes()["failed console sign-in"])).actor.mfa is False
    assert event(to_ocsf(shapes()["api call by SSO"])).actor.mfa is False


def test_an_insight_is_named_after_the_calls_it_is_about_and_is_none_of_them() -> None:
    found = event(to_ocsf(shapes()["insight of calls"]))

    assert (found.name, found.service) == ("UpdateInstanceInformation", "ssm.amazonaws.com")
    assert (found.class_uid, found.activity_id) == (6003, 99)
