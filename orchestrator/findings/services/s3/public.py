"""Public access: the account's block, the bucket's block, and who is let in all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import (
    Call,
    Cause,
    Predicate,
    Tree,
    as_text,
    both,
    either,
    everywhere,
    for_everyone,
    given,
    mappings,
    missing,
    negated,
    not_given,
    policy,
    says,
    strings,
)
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Status,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, keeping, looking
from orchestrator.findings.services.s3 import buckets

UNSET = "NoSuchPublicAccessBlockConfiguration"
BLOCK = "PublicAccessBlockConfiguration"
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ALL = dict.fromkeys(FLAGS, True)
WHY = "the account's block of public access has no ARN"

EVERYBODY = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
READING = (
    *("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAcl", "s3:GetObjectTagging"),
    *("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    *("s3:GetBucketAcl", "s3:GetBucketPolicy"),
)
WRITING = (
    *("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl"),
    *("s3:PutObjectTagging", "s3:RestoreObject", "s3:AbortMultipartUpload", "s3:DeleteBucket"),
    *("s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:ReplicateObject"),
)
GRANTS = {
    "S3.2": ("READ", "READ_ACP", "FULL_CONTROL"),
    "S3.3": ("WRITE", "WRITE_ACP", "FULL_CONTROL"),
}
ACTIONS = {"S3.2": READING, "S3.3": WRITING}


def account(place: Place, _: Aws) -> Iterator[str]:
    yield arn.account(place)


def account_block(target: Target, aws: Aws) -> Mapping[str, bool] | None:
    call = aws("s3control").get_public_access_block
    answer = unless((UNSET,), call, AccountId=target.place.account)
    return answer[BLOCK] if answer else None


def open_flags(block: Mapping[str, bool] | None) -> str:
    off = [flag for flag in FLAGS if not (block or {}).get(flag)]
    return f"off: {', '.join(off)}" if off else ""


def check_account(target: Target, aws: Aws) -> Check:
    note = open_flags(account_block(target, aws))
    return Check(Status.FAILS if note else Status.PASSES, note)


def account_before(target: Target, aws: Aws) -> Json:
    return {"block": account_block(target, aws)}


def block_account(target: Target, aws: Aws, _: Json) -> None:
    put_account(target, aws, ALL)


def unblock_account(target: Target, aws: Aws, before: Json) -> None:
    if before["block"] is None:
        aws("s3control").delete_public_access_block(AccountId=target.place.account)
    else:
        put_account(target, aws, before["block"])


def put_account(target: Target, aws: Aws, block: Mapping[str, bool]) -> None:
    aws("s3control").put_public_access_block(AccountId=target.place.account, **{BLOCK: dict(block)})


def read_block(target: Target, aws: Aws) -> Json | None:
    answer = buckets.ask(target, aws, "get_public_access_block", UNSET)
    return None if answer is None else {"block": answer.get(BLOCK)}


def read_access(target: Target, aws: Aws) -> Json | None:
    """All that decides who may come in."""
    own = read_block(target, aws)
    if own is None:
        return None
    status = buckets.ask(target, aws, "get_bucket_policy_status", "NoSuchBucketPolicy") or {}
    policy = buckets.ask(target, aws, "get_bucket_policy", "NoSuchBucketPolicy") or {}
    acl = buckets.ask(target, aws, "get_bucket_acl") or {}
    return {
        **own,
        "account": account_block(target, aws),
        "public": bool(status.get("PolicyStatus", {}).get("IsPublic")),
        "policy": buckets.document(policy.get("Policy")),
        "grants": acl.get("Grants", []),
    }


def blocked(found: Json, flag: str) -> bool:
    return any((found[whose] or {}).get(flag) for whose in ("block", "account"))


def by_policy(found: Json, control: str) -> bool:
    """S3 says whether the policy lets the public in; we, to do what."""
    if not found["public"] or blocked(found, "RestrictPublicBuckets"):
        return False
    return any(
        statement["Effect"] == "Allow"
        and ("NotPrincipal" in statement or "*" in buckets.principals(statement))
        and any(buckets.names_action(statement, action) for action in ACTIONS[control])
        for statement in buckets.of(found["policy"])
    )


def by_acl(found: Json, control: str) -> bool:
    if blocked(found, "IgnorePublicAcls"):
        return False
    return any(
        grant["Grantee"].get("URI") in EVERYBODY and grant["Permission"] in GRANTS[control]
        for grant in found["grants"]
    )


def openings(found: Json, target: Target) -> dict[str, str]:
    """The flags that would close it, each with what it closes."""
    control = target.control.upper()
    return {
        **({"RestrictPublicBuckets": "its policy"} if by_policy(found, control) else {}),
        **({"IgnorePublicAcls": "its access control list"} if by_acl(found, control) else {}),
    }


def let_in(found: Json, target: Target) -> str:
    ways = openings(found, target)
    return f"the public is allowed by {' and '.join(ways.values())}" if ways else ""


def close(target: Target, aws: Aws, _: Json) -> None:
    """Only the flags that are needed: new public policies and lists are another control's."""
    found = existing(ACCESS, target, aws)
    needed = dict.fromkeys(openings(found, target), True)
    if needed:
        put_bucket(target, aws, {**dict.fromkeys(FLAGS, False), **(found["block"] or {}), **needed})


def block_bucket(target: Target, aws: Aws, _: Json) -> None:
    put_bucket(target, aws, ALL)


def unblock_bucket(target: Target, aws: Aws, before: Json) -> None:
    if before["block"] is None:
        aws("s3").delete_public_access_block(Bucket=buckets.name(target))
    else:
        put_bucket(target, aws, before["block"])


def put_bucket(target: Target, aws: Aws, block: Mapping[str, Any]) -> None:
    aws("s3").put_public_access_block(Bucket=buckets.name(target), **{BLOCK: dict(block)})


BLOCKED = buckets.kind(read_block, "GetBucketPublicAccessBlock")
ACCESS = buckets.kind(
    read_access,
    "GetBucketPublicAccessBlock",
    "GetBucketPolicyStatus",
    "GetBucketPolicy",
    "GetBucketAcl",
)
ACCOUNT_READ = Permission(("s3:GetAccountPublicAccessBlock",), why=WHY)
PUBLIC_ON_PURPOSE = "A bucket that is public on purpose (a website, downloads) needs an exception."


def of_bucket(
    kind: ResourceType,
    control: str,
    name: str,
    effect: str,
    breaks: str,
    fault: Callable[[Json, Target], str],
    fix: Callable[[Target, Aws, Json], None],
    causes: tuple[Cause, ...],
    danger: str,
) -> Remediation:
    return Remediation(
        name=name,
        controls=(control,),
        resource_type=kind.resource_type,
        risk=Risk.DISRUPTIVE,
        effect=effect,
        breaks=f"{breaks} {PUBLIC_ON_PURPOSE}",
        danger=danger,
        reads=kind.reads if kind is BLOCKED else (*kind.reads, ACCOUNT_READ),
        writes=buckets.writes("PutBucketPublicAccessBlock"),
        find=kind.find,
        check=looking(kind, fault),
        before=keeping(BLOCKED, "block"),
        fix=fix,
        undo=unblock_bucket,
        tags=kind.tags,
        causes=causes,
    )


UNBLOCKED = both(
    negated(missing(BLOCK)), either(*(not_given(f"{BLOCK}.{flag}", "true") for flag in FLAGS))
)
"""A flag that is not given is off. Source: S3 API Reference, PublicAccessBlockConfiguration."""

UNBLOCKED_CAUSES = (
    Cause("s3", ("DeleteBucketPublicAccessBlock",)),
    Cause("s3", ("PutBucketPublicAccessBlock",), UNBLOCKED),
)
STOPS_NOBODY = both(
    given(f"{BLOCK}.IgnorePublicAcls", "false"), given(f"{BLOCK}.RestrictPublicBuckets", "false")
)


def allowing(actions: tuple[str, ...]) -> Callable[[Tree], bool]:
    """A statement lets everybody do one of the actions."""
    return lambda statement: (
        for_everyone(statement)
        and any(buckets.names_action(dict(statement), action) for action in actions)
    )


def listing(permissions: tuple[str, ...], *canned: str) -> Predicate:
    """An access control list gives everybody one: a canned list, or grants in body or header."""
    headers = tuple(f"x-amz-grant-{each.lower().replace('_', '-')}" for each in permissions)

    def grants(call: Call) -> bool:
        return any(
            not set(EVERYBODY).isdisjoint(strings(tree.get("Grantee")))
            and tree.get("Permission") in permissions
            for tree in mappings(call.parameters)
        )

    def by_header(call: Call) -> bool:
        return any(
            group in as_text(value)
            for header in headers
            for value in everywhere(call.parameters, header)
            for group in EVERYBODY
        )

    return either(says("x-amz-acl", *canned), grants, by_header)


def letting_in(control: str, *canned: str) -> tuple[Cause, ...]:
    """A block that goes lets in nobody by itself: what it held back decides."""
    return (
        Cause("s3", ("DeleteBucketPublicAccessBlock",), sure=False),
        Cause("s3", ("PutBucketPublicAccessBlock",), STOPS_NOBODY, sure=False),
        Cause("s3", ("PutBucketPolicy",), policy("bucketPolicy", allowing(ACTIONS[control]))),
        Cause("s3", ("PutBucketAcl", "CreateBucket"), listing(GRANTS[control], *canned)),
    )


READ_CAUSES = letting_in("S3.2", "public-read", "public-read-write")
WRITE_CAUSES = letting_in("S3.3", "public-read-write")

REMEDIATIONS = (
    Remediation(
        name="block-public-buckets-of-account",
        controls=("S3.1",),
        causes=(
            Cause("s3", ("DeleteAccountPublicAccessBlock",)),
            Cause("s3", ("PutAccountPublicAccessBlock",), UNBLOCKED),
        ),
        resource_type="AwsAccount",
        risk=Risk.DISRUPTIVE,
        effect="Turns on all four settings of the account's block of public access.",
        breaks="Every public bucket of the account stops being public, websites too.",
        danger=(
            "Every bucket of the account whose policy or list is public can be read by "
            "the public again."
        ),
        reads=(ACCOUNT_READ,),
        writes=(Permission(("s3:PutAccountPublicAccessBlock",), why=WHY),),
        find=account,
        check=check_account,
        before=account_before,
        fix=block_account,
        undo=unblock_account,
        tags=None,
        everywhere=True,
    ),
    of_bucket(
        ACCESS,
        "S3.2",
        "stop-public-reading",
        "Turns on the one setting of the bucket's block that stops its public readers.",
        "Everybody who reads the bucket without an identity of the account.",
        let_in,
        close,
        READ_CAUSES,
        "The public can read the bucket again.",
    ),
    of_bucket(
        ACCESS,
        "S3.3",
        "stop-public-writing",
        "Turns on the one setting of the bucket's block that stops its public writers.",
        "Everybody who writes into the bucket without an identity of the account; where policy "
        "or list also let them read, that stops too.",
        let_in,
        close,
        WRITE_CAUSES,
        "The public can write into the bucket again.",
    ),
    of_bucket(
        BLOCKED,
        "S3.8",
        "block-public-access-to-bucket",
        "Turns on all four settings of the bucket's block of public access.",
        "Everybody who uses the bucket without an identity of the account.",
        lambda found, _: open_flags(found["block"]),
        block_bucket,
        UNBLOCKED_CAUSES,
        "What the bucket's policy or list gives to the public is public again.",
    ),
)
