"""Whose a bucket is, and what its own policy says: across accounts it has to agree.

Source: IAM User Guide, "Cross-account policy evaluation logic".
"""

from __future__ import annotations

from moto.s3.models import s3_backends

from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.policy import Effect, Question
from orchestrator.sandbox.trust import Caller, Trust, lets_in, trust

PREFIX = "arn:aws:s3:::"
NO_POLICY = '{"Statement": []}'


def agrees(principal: Principal, question: Question, own: Effect) -> bool:
    """What the bucket's policy makes of what the caller's policies said.

    At home the caller's policies are enough, unless the bucket's denies it.
    """
    resource = question.resource or ""
    bucket = resource.removeprefix(PREFIX).partition("/")[0]
    if not resource.startswith(PREFIX) or bucket not in s3_backends.bucket_accounts:
        return own is Effect.ALLOW
    owner, policy = _owner_and_policy(bucket)
    how = trust(policy, Caller(principal), question)
    at_home = owner == principal.account_id
    if at_home and how is Trust.NONE:
        return own is Effect.ALLOW
    return lets_in(how, own, same_account=at_home)


def _owner_and_policy(name: str) -> tuple[str, str]:
    partition, account_id = s3_backends.bucket_accounts[name]
    bucket = s3_backends[account_id][partition].buckets.get(name)
    policy = bucket.policy if bucket else None
    return account_id, policy.decode("utf-8", "replace") if policy else NO_POLICY
