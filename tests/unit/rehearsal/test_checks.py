from __future__ import annotations

from orchestrator.rehearsal.checks import gathered

ROLES = frozenset({"orchestrator-apply", "OrganizationAccountAccessRole"})
ONE, TWO = "300000000001", "300000000002"


def a_request(
    operation: str = "CreateRole",
    account: str = ONE,
    role: str = "role/orchestrator-apply",
    error: str = "",
    **parameters: object,
) -> dict[str, object]:
    return {
        "account": account,
        "region": "us-east-1",
        "service": "iam",
        "operation": operation,
        "role": f"arn:aws:iam::{account}:{role}",
        "error": error,
        "parameters": parameters,
    }


def test_who_changes_something_touches_its_account_and_who_reads_does_not() -> None:
    found = gathered(
        [
            a_request("PutRolePolicy"),
            a_request("BatchEnableStandards", TWO),
            a_request("GetRole", "300000000003"),
            a_request("PutRolePolicy", "300000000004", "role/orchestrator-plan"),
            a_request("PutRolePolicy", "300000000005", error="AccessDenied"),
        ],
        ROLES,
    )

    assert found.touched == {ONE: 1, TWO: 1}
    assert found.requests == 5
    assert found.refused == {"AccessDenied": 1}


def test_the_same_create_twice_is_seen_whatever_its_token_is() -> None:
    found = gathered(
        [
            a_request(RoleName="a", ClientToken="1"),
            a_request(RoleName="a", ClientToken="2"),
            a_request(RoleName="b"),
            a_request(account=TWO, RoleName="a"),
        ],
        ROLES,
    )

    assert found.creates == 4
    (twice,) = found.twice
    assert twice == f'{ONE} us-east-1 iam:CreateRole {{"RoleName": "a"}}: 2 times'


def test_a_create_that_aws_refused_made_nothing() -> None:
    found = gathered([a_request(RoleName="a", error="Throttling"), a_request(RoleName="a")], ROLES)

    assert (found.creates, found.twice) == (1, ())


def test_a_create_of_what_is_there_already_is_told() -> None:
    found = gathered([a_request(RoleName="a", error="EntityAlreadyExists")], ROLES)

    assert (found.creates, len(found.met)) == (0, 1)
