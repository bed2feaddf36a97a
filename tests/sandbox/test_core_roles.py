"""AssumeRole: the role must exist, let the caller in, and the caller must be allowed to ask."""

from __future__ import annotations

import json

import pytest

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, error_of, message_of, with_keys
from tests.sandbox.fleets import LOG_ARCHIVE, MANAGEMENT, NETWORK, PAYMENTS_PROD, SECURITY

DENIED = ("AccessDenied", 403)
ROOT = {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}


def session(sandbox: Sandbox, account_id: str, role: str) -> object:
    return sandbox.client("sts", account_id, role)


def test_every_account_lets_the_management_account_in(sandbox: Sandbox) -> None:
    for account_id in (MANAGEMENT, SECURITY, LOG_ARCHIVE, PAYMENTS_PROD):
        identity = sandbox.client("sts", account_id).get_caller_identity()
        assert identity["Account"] == account_id
        assert identity["Arn"].endswith(":assumed-role/OrganizationAccountAccessRole/sandbox")


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{PAYMENTS_PROD}:role/NoSuchRole",
        "arn:aws:iam::999999999999:role/OrganizationAccountAccessRole",
        f"arn:aws:iam::{PAYMENTS_PROD}:role/path/OrganizationAccountAccessRole",
    ],
)
def test_a_role_that_is_not_there_lets_nobody_in(sandbox: Sandbox, arn: str) -> None:
    sts = sandbox.client("sts")

    assert error_of(sts.assume_role, RoleArn=arn, RoleSessionName="one") == DENIED
    assert message_of(sts.assume_role, RoleArn=arn, RoleSessionName="one") == (
        f"User: arn:aws:iam::{MANAGEMENT}:user/administrator is not authorized to perform: "
        f"sts:AssumeRole on resource: {arn}"
    )


def test_a_member_is_not_let_in_where_the_management_account_is(sandbox: Sandbox) -> None:
    sts = sandbox.client("sts", PAYMENTS_PROD)
    arn = f"arn:aws:iam::{SECURITY}:role/OrganizationAccountAccessRole"

    assert error_of(sts.assume_role, RoleArn=arn, RoleSessionName="one") == DENIED


def test_the_external_id_is_asked_for(sandbox: Sandbox) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    arn = a_role(sandbox, NETWORK, "roles-external", a_trust_policy(ROOT, Condition=condition))
    sts = sandbox.client("sts")
    wish = {"RoleArn": arn, "RoleSessionName": "one"}

    assert error_of(sts.assume_role, **wish) == DENIED
    assert error_of(sts.assume_role, **wish, ExternalId="guessed") == DENIED
    assert sts.assume_role(**wish, ExternalId="agreed")["Credentials"]


def test_a_trust_for_the_whole_organization_needs_its_id(sandbox: Sandbox) -> None:
    def trusted(organization: str) -> str:
        condition = {
            "StringEquals": {"aws:PrincipalOrgID": organization},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrganizationAccount*"},
        }
        return a_trust_policy("*", Condition=condition)

    ours = a_role(sandbox, NETWORK, "roles-ours", trusted("o-exampleorg1"))
    theirs = a_role(sandbox, NETWORK, "roles-theirs", trusted("o-somebodyelse"))
    sts = sandbox.client("sts", PAYMENTS_PROD)

    assert sts.assume_role(RoleArn=ours, RoleSessionName="one")["Credentials"]
    assert error_of(sts.assume_role, RoleArn=theirs, RoleSessionName="one") == DENIED
    administrator = sandbox.client("sts")
    assert error_of(administrator.assume_role, RoleArn=ours, RoleSessionName="one") == DENIED


def test_the_callers_own_policies_must_allow_it(sandbox: Sandbox) -> None:
    target = f"arn:aws:iam::{PAYMENTS_PROD}:role/roles-target"
    runner = a_role(sandbox, MANAGEMENT, "roles-runner", a_trust_policy(ROOT))
    a_role(sandbox, PAYMENTS_PROD, "roles-target", a_trust_policy({"AWS": runner}))
    wish = {"RoleArn": target, "RoleSessionName": "one"}

    sts = sandbox.client("sts", MANAGEMENT, "roles-runner")
    assert error_of(sts.assume_role, **wish) == DENIED

    iam = sandbox.client("iam")
    allow = a_policy("sts:AssumeRole", resource="arn:aws:iam::*:role/roles-target")
    iam.put_role_policy(RoleName="roles-runner", PolicyName="own", PolicyDocument=allow)
    assert sts.assume_role(**wish)["AssumedRoleUser"]["Arn"] == (
        f"arn:aws:sts::{PAYMENTS_PROD}:assumed-role/roles-target/one"
    )

    deny = a_policy("sts:*", effect="Deny")
    iam.put_role_policy(RoleName="roles-runner", PolicyName="never", PolicyDocument=deny)
    assert error_of(sts.assume_role, **wish) == DENIED


def test_a_deny_in_the_trust_policy_wins(sandbox: Sandbox) -> None:
    policy = json.loads(a_trust_policy(ROOT))
    policy["Statement"].append(policy["Statement"][0] | {"Effect": "Deny"})
    arn = a_role(sandbox, NETWORK, "roles-denied", json.dumps(policy))

    assert error_of(sandbox.client("sts").assume_role, RoleArn=arn, RoleSessionName="one") == DENIED


def test_a_session_policy_narrows_what_the_role_may(sandbox: Sandbox) -> None:
    arn = f"arn:aws:iam::{NETWORK}:role/OrganizationAccountAccessRole"
    keys = sandbox.client("sts").assume_role(
        RoleArn=arn, RoleSessionName="narrow", Policy=a_policy("sns:ListTopics")
    )["Credentials"]

    assert with_keys(sandbox, "sns", keys).list_topics()["Topics"] is not None
    refused = with_keys(sandbox, "sns", keys).create_topic
    assert error_of(refused, Name="roles-topic")[0] in ("AccessDenied", "AuthorizationError")


def test_a_session_is_narrowed_by_policies_that_are_named_too(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", NETWORK)
    made = iam.create_policy(PolicyName="roles-narrow", PolicyDocument=a_policy("sns:ListTopics"))
    wish = {
        "RoleArn": f"arn:aws:iam::{NETWORK}:role/OrganizationAccountAccessRole",
        "RoleSessionName": "narrow",
    }
    named = [{"arn": made["Policy"]["Arn"]}]
    sts = sandbox.client("sts")

    keys = sts.assume_role(**wish, PolicyArns=named)["Credentials"]
    assert with_keys(sandbox, "sns", keys).list_topics()["Topics"] is not None
    assert error_of(with_keys(sandbox, "sns", keys).create_topic, Name="roles-topic")[1] == 403
    assert error_of(sts.assume_role, **wish, PolicyArns=named * 11)[0] == "ValidationError"


def test_tags_of_a_session_have_to_be_let_in(sandbox: Sandbox) -> None:
    arn = a_role(sandbox, NETWORK, "roles-plain", a_trust_policy(ROOT))
    both = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    tagged = a_role(sandbox, NETWORK, "roles-tagged", a_trust_policy(ROOT, Action=both))
    wish = {"RoleSessionName": "one", "Tags": [{"Key": "team", "Value": "red"}]}
    sts = sandbox.client("sts")

    assert error_of(sts.assume_role, RoleArn=arn, **wish) == DENIED
    assert error_of(sts.assume_role, RoleArn=arn, RoleSessionName="one", SourceIdentity="ann") == (
        DENIED
    )
    assert sts.assume_role(RoleArn=tagged, **wish, SourceIdentity="ann")["Credentials"]


def test_a_role_that_was_made_again_is_not_trusted_any_more(sandbox: Sandbox) -> None:
    may = a_policy("sts:AssumeRole")
    runner = a_role(sandbox, MANAGEMENT, "roles-again", a_trust_policy(ROOT), may)
    target = a_role(sandbox, NETWORK, "roles-trusting", a_trust_policy({"AWS": runner}))
    wish = {"RoleArn": target, "RoleSessionName": "one"}
    assert sandbox.client("sts", MANAGEMENT, "roles-again").assume_role(**wish)["Credentials"]
    iam = sandbox.client("iam")
    unique = iam.get_role(RoleName="roles-again")["Role"]["RoleId"]

    iam.delete_role_policy(RoleName="roles-again", PolicyName="own")
    iam.delete_role(RoleName="roles-again")
    a_role(sandbox, MANAGEMENT, "roles-again", a_trust_policy(ROOT), may)

    assert error_of(sandbox.client("sts", MANAGEMENT, "roles-again").assume_role, **wish) == DENIED
    trusting = sandbox.client("iam", NETWORK).get_role(RoleName="roles-trusting")["Role"]
    (statement,) = trusting["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": unique}


def test_a_chained_session_ends_within_the_hour(sandbox: Sandbox) -> None:
    arn = a_role(sandbox, MANAGEMENT, "roles-long", a_trust_policy(ROOT))
    sandbox.client("iam").update_role(RoleName="roles-long", MaxSessionDuration=7200)
    wish = {"RoleArn": arn, "RoleSessionName": "one", "DurationSeconds": 7200}

    assert sandbox.client("sts").assume_role(**wish)["Credentials"]
    chained = sandbox.client("sts", MANAGEMENT)
    assert error_of(chained.assume_role, **wish) == ("ValidationError", 400)


def test_what_is_no_role_arn_is_no_wish(sandbox: Sandbox) -> None:
    sts = sandbox.client("sts")

    assert error_of(sts.assume_role, RoleArn="arn:aws:iam::1:role/x", RoleSessionName="one") == (
        "ValidationError",
        400,
    )


def test_a_closed_account_lets_nobody_in(fresh_sandbox: Sandbox) -> None:
    fresh_sandbox.client("organizations").close_account(AccountId=PAYMENTS_PROD)

    arn = f"arn:aws:iam::{PAYMENTS_PROD}:role/OrganizationAccountAccessRole"
    sts = fresh_sandbox.client("sts")
    assert error_of(sts.assume_role, RoleArn=arn, RoleSessionName="one") == DENIED
