"""What all accounts share stays readable while one of them changes."""

from __future__ import annotations

from moto.iam.models import IAMBackend

from orchestrator.sandbox import backend

DOCUMENT = """{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}"""


def account() -> IAMBackend:
    backend.save_memory()
    return IAMBackend("aws", account_id="200000000002")


def test_a_policy_deleted_while_others_are_read_disturbs_nobody() -> None:
    iam = account()
    arns = [iam.create_policy("", "/", DOCUMENT, f"mine-{n}", {}).arn for n in range(3)]
    values, items = iter(iam.managed_policies.values()), iter(iam.managed_policies.items())
    for arn in arns:
        iam.delete_policy(arn)
    assert set(arns) <= {policy.arn for policy in values}
    assert set(arns) <= {arn for arn, _ in items}
    assert not set(arns) & set(iam.managed_policies)


def test_an_account_s_own_policies_stand_in_no_other_account() -> None:
    one, other = account(), account()
    arn = one.create_policy("", "/", DOCUMENT, "mine", {}).arn
    assert arn in {policy.arn for policy in one.managed_policies.values()}
    assert arn not in {policy.arn for policy in other.managed_policies.values()}
