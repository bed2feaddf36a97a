"""AWS, asked before the first rollout what is in its way. Reads, and changes nothing.

All areas are asked from here; so are names that may be taken: of buckets, one in the world, and of
keys, one in an account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.conformance.organization import PURPOSES
from orchestrator.adapters.aws.inventory import AwsInventory
from orchestrator.adapters.aws.preflight import accounts, organization, policies
from orchestrator.adapters.aws.preflight.probes import PreflightContext, Probes, Wanted, check
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Check, Found, in_the_way, ok, unknown

PROBE = "-orchestrator-preflight-probe"
LONGEST = 63
REVIVED = {
    "Disabled": "enable it: aws kms enable-key",
    "PendingDeletion": "keep it: aws kms cancel-key-deletion, then aws kms enable-key",
}


def name_probes(context: PreflightContext) -> Probes:
    """The state bucket, and those of the archive."""
    facts, archive = context.organization.facts, context.organization.log_archive
    yield (
        f"bucket {facts.state.bucket}",
        lambda: bucket(context.aws, facts.state.bucket, "organization.state.bucket"),
    )
    for name in (f"{facts.log_archive.bucket_prefix}-{purpose}" for purpose in PURPOSES):
        yield f"bucket {name}", partial(_archived, context, name, archive.name)
    for account, name in _keys(context):
        yield f"{account.name}: key alias/{name}", partial(_named, context, account, name)


def _keys(context: PreflightContext) -> Iterator[tuple[Account, str]]:
    """What the stacks call the keys that they make."""
    declared, facts = context.organization, context.organization.facts
    yield declared.management, facts.state.bucket
    yield declared.log_archive, facts.log_archive.bucket_prefix
    if facts.remediation.enabled:
        yield declared.security, "orchestrator-remediation"
        yield declared.security, "orchestrator-team"


def _named(context: PreflightContext, account: Account, name: str) -> Found:
    return key(context.enter(account), context.organization.facts.home_region, name)


def key(aws: Aws, region: str, name: str) -> Found:
    """Whether the name is free, or of a key that can be used.

    Source: AWS KMS Developer Guide, "Key states of AWS KMS keys".
    """
    aliases = aws.pages("kms", "ListAliases", "Aliases", region)
    found = [each for each in aliases if each["AliasName"] == f"alias/{name}"]
    target = found[0].get("TargetKeyId") if found else None
    if target is None:
        return ok("the name is free")
    about = aws.call("kms", "DescribeKey", region, KeyId=target)["KeyMetadata"]
    if about["KeyState"] == "Enabled":
        return ok("it is there; if by hand, orchestrator adopt takes it over")
    fix = REVIVED.get(about["KeyState"], "delete the alias: aws kms delete-alias")
    return in_the_way(f"its key {target} is {about['KeyState']}", fix)


def _archived(context: PreflightContext, name: str, archive: str) -> Found:
    aws = context.enter(context.organization.named(archive))
    return bucket(aws, name, "organization.log_archive.bucket_prefix")


def bucket(aws: Aws, name: str, setting: str) -> Found:
    """Whether it is ours, free, or another account's.

    S3 refuses both another account's bucket and a caller who may not look; so we also ask
    for one that surely does not exist.
    Source: Amazon S3 API Reference, HeadBucket.
    """
    if name in {each["Name"] for each in aws.call("s3", "ListBuckets")["Buckets"]}:
        return ok("it is there, and of this account")
    code = _head(aws, name)
    if code == "404":
        return ok("the name is free")
    if _head(aws, f"{name[: LONGEST - len(PROBE)]}{PROBE}") != "404":
        return unknown(f"S3 says {code}", "allow s3:ListBucket: orchestrator preflight --policy")
    return in_the_way("the name is taken by another account", "choose another", setting)


def _head(aws: Aws, name: str) -> str:
    """'' for a bucket that may be looked at."""
    try:
        aws.call("s3", "HeadBucket", Bucket=name)
    except Refused as refusal:
        if refusal.code in ("400", "403", "404", "301"):
            return refusal.code
        raise
    return ""


AT_ONCE = 16

AREAS: tuple[tuple[str, Callable[[PreflightContext], Probes]], ...] = (
    ("organization", organization.probes),
    ("management account", organization.management_checks),
    ("names", name_probes),
    ("policies", policies.probes),
)


def everything(
    caller: AwsSession, declared: Organization, wanted: Wanted, only: Sequence[Account]
) -> tuple[Check, ...]:
    """Area after area, then each account of `only`. Raises nothing that AWS says."""
    context = PreflightContext(declared, wanted, caller, only)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        of_accounts = [pool.submit(_account, context, account) for account in only]
        members = tuple(_members(context, AwsInventory(lambda: caller)))
        areas = tuple(
            check(area, what, probe) for area, probes in AREAS for what, probe in probes(context)
        )
        return (*areas, *members, *(one for future in of_accounts for one in future.result()))


def _members(context: PreflightContext, inventory: AwsInventory) -> Iterator[Check]:
    for what, probe in organization.members(context, inventory):
        yield check("members", what, probe)


def _account(context: PreflightContext, account: Account) -> tuple[Check, ...]:
    return tuple(accounts.of(context, account))
