"""Statements that a bucket's policy must have. What it says already stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestrator.findings.causes import (
    Call,
    Cause,
    Tree,
    as_text,
    at,
    items,
    negated,
    parsed,
    policy,
)
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Refused,
    Remediation,
    Risk,
    Target,
    several,
    switch,
)
from orchestrator.findings.resource_type import existing, looking
from orchestrator.findings.services.s3 import buckets
from orchestrator.findings.services.s3.buckets import Statement

LIMIT = 20 * 1024
"""Bytes of a bucket policy. Source: S3 User Guide, "Policies and permissions"."""
TLS_SID, FOREIGN_SID = "DenyPlainHttp", "DenySensitiveToOtherAccounts"
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
SENSITIVE = (
    *("s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy"),
    *("s3:PutEncryptionConfiguration", "s3:PutObjectAcl"),
)


def read(target: Target, aws: Aws) -> Json | None:
    answer = buckets.ask(target, aws, "get_bucket_policy", "NoSuchBucketPolicy")
    return None if answer is None else {"policy": answer.get("Policy")}


POLICY = buckets.kind(read, "GetBucketPolicy")


def own(found: Json) -> list[Statement]:
    return buckets.of(buckets.document(found["policy"]))


def everything(target: Target) -> list[str]:
    return [target.arn, f"{target.arn}/*"]


def plain_http(found: Json, target: Target) -> str:
    denied = any(denies_plain_http(statement, target) for statement in own(found))
    return "" if denied else "plain HTTP is not refused"


def denies_plain_http(statement: Statement, target: Target) -> bool:
    """Every principal, every action, bucket and objects, and no other condition."""
    condition = json.loads(json.dumps(statement.get("Condition", {})).lower())
    return (
        statement["Effect"] == "Deny"
        and "*" in buckets.principals(statement)
        and {"*", "s3:*"} & set(buckets.texts(statement.get("Action"))) != set()
        and covers(statement, target)
        and condition in ({"bool": {"aws:securetransport": v}} for v in ("false", ["false"], False))
    )


def covers(statement: Statement, target: Target) -> bool:
    given = buckets.texts(statement.get("Resource"))
    return all(any(buckets.matches(g, wanted) for g in given) for wanted in everything(target))


def tls_statement(target: Target, _: Json) -> Statement:
    return {
        "Sid": TLS_SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": everything(target),
        "Condition": PLAIN,
    }


def sensitive(found: Json, target: Target) -> str:
    left = ", ".join(sorted({action for _, action in exposed(found, target)}))
    return f"other accounts may call {left}" if left else ""


def exposed(found: Json, target: Target) -> Iterator[tuple[str, str]]:
    """Principals of other accounts and the actions they are allowed."""
    denials = [s for s in own(found) if s["Effect"] == "Deny" and covers(s, target)]
    for statement in own(found):
        if statement["Effect"] != "Allow":
            continue
        for principal in foreigners(statement, target):
            for action in several(target, "actions"):
                if buckets.names_action(statement, action) and not any(
                    is_denied(denial, principal, action, target) for denial in denials
                ):
                    yield principal, action


def foreigners(statement: Statement, target: Target) -> list[str]:
    """'*' where the statement says whom it is not about."""
    if "NotPrincipal" in statement:
        return ["*"]
    given = buckets.principals(statement)
    return [p for p in given if buckets.account_of(p) != target.place.account]


def is_denied(denial: Statement, principal: str, action: str, target: Target) -> bool:
    if not buckets.names_action(denial, action):
        return False
    if denial.get("Condition") == others_only(target):
        return denial.get("Principal") in ("*", {"AWS": "*"})
    named = set(buckets.principals(denial))
    return "Condition" not in denial and bool(named & {principal, "*"})


def others_only(target: Target) -> Mapping[str, Any]:
    """All but the account itself and AWS's services, which have no account."""
    return {
        "StringNotEquals": {"aws:PrincipalAccount": target.place.account},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }


def sensitive_statement(target: Target, _: Json) -> Statement:
    return {
        "Sid": FOREIGN_SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": sorted(several(target, "actions")),
        "Resource": everything(target),
        "Condition": others_only(target),
    }


def website(target: Target, aws: Aws) -> str:
    """The endpoint of a website has no TLS, CloudFront asks it in plain HTTP too."""
    found = buckets.ask(target, aws, "get_bucket_website", "NoSuchWebsiteConfiguration")
    if not found or switch(target, "websites"):
        return ""
    return "it is a website, which S3 serves without TLS alone"


def adding(
    statement: Callable[[Target, Json], Statement],
    fault: Callable[[Json, Target], str],
    refusing: Callable[[Target, Aws], str] = lambda *_: "",
) -> Callable[[Target, Aws, Json], None]:
    def fix(target: Target, aws: Aws, _: Json) -> None:
        found = existing(POLICY, target, aws)
        if not fault(found, target):
            return
        if why := refusing(target, aws):
            raise Refused(why)
        policy = buckets.document(found["policy"])
        text = json.dumps(
            buckets.with_statement(policy, statement(target, found)),
            separators=(",", ":"),
        )
        if len(text.encode()) > LIMIT:
            raise Refused("the policy would be larger than the 20 KB that S3 takes")
        aws("s3").put_bucket_policy(Bucket=buckets.name(target), Policy=text)

    return fix


def removing(sid: str) -> Callable[[Target, Aws, Json], None]:
    """Take our statement out; where that leaves what was there before, its text to the letter."""

    def undo(target: Target, aws: Aws, before: Json) -> None:
        found = existing(POLICY, target, aws)
        were = buckets.document(before["policy"])
        left = buckets.without(buckets.document(found["policy"]), sid)
        same = buckets.of(left) == buckets.of(buckets.without(were, sid))
        text = before["policy"] if same else json.dumps(left)
        if text is not None:
            aws("s3").put_bucket_policy(Bucket=buckets.name(target), Policy=text)
        elif found["policy"] is not None:
            aws("s3").delete_bucket_policy(Bucket=buckets.name(target))

    return undo


def before(target: Target, aws: Aws) -> Json:
    return {"policy": existing(POLICY, target, aws)["policy"]}


def refuses_plain_http(statement: Tree) -> bool:
    condition = as_text(at(statement, "Condition.Bool.aws:SecureTransport")).lower()
    return statement.get("Effect") == "Deny" and condition == "false"


def opens_to_others(call: Call) -> bool:
    """Another account is allowed a sensitive action, and no statement denies it."""
    said = items(parsed(call.parameters.get("bucketPolicy")), "Statement")
    found = [each for each in said if isinstance(each, Mapping) and sensitive_in(each)]
    return not any(each["Effect"] == "Deny" for each in found) and any(
        buckets.account_of(principal) != call.account
        for each in found
        for principal in buckets.principals(each)
    )


def sensitive_in(statement: Statement) -> bool:
    return any(buckets.names_action(statement, action) for action in SENSITIVE)


REMEDIATIONS = (
    Remediation(
        name="refuse-plain-http",
        controls=("S3.5",),
        causes=(
            Cause("s3", ("CreateBucket", "DeleteBucketPolicy")),
            Cause("s3", ("PutBucketPolicy",), negated(policy("bucketPolicy", refuses_plain_http))),
        ),
        resource_type=POLICY.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Adds a statement to the bucket's policy that refuses requests without TLS.",
        breaks="Clients that use plain HTTP. A bucket that is a website is left alone unless "
        "'websites' is true.",
        reads=POLICY.reads,
        writes=buckets.writes("PutBucketPolicy", "DeleteBucketPolicy", "GetBucketWebsite"),
        find=POLICY.find,
        check=looking(POLICY, plain_http),
        before=before,
        fix=adding(tls_statement, plain_http, website),
        undo=removing(TLS_SID),
        tags=POLICY.tags,
        parameters={"websites": Parameter(False, "Also where S3 serves it as a website.")},
    ),
    Remediation(
        name="refuse-sensitive-actions",
        controls=("S3.6",),
        causes=(Cause("s3", ("PutBucketPolicy",), opens_to_others),),
        resource_type=POLICY.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Adds a statement that refuses these actions to all other accounts.",
        breaks="Other accounts that set the bucket's policy, encryption or lists, or the list of "
        "an object they write ('bucket-owner-full-control').",
        danger="Other accounts can change the bucket's policy and settings again.",
        reads=POLICY.reads,
        writes=buckets.writes("PutBucketPolicy"),
        find=POLICY.find,
        check=looking(POLICY, sensitive),
        before=before,
        fix=adding(sensitive_statement, sensitive),
        undo=removing(FOREIGN_SID),
        tags=POLICY.tags,
        parameters={
            "actions": Parameter(
                SENSITIVE,
                "Actions that no other account may have.",
                "blacklistedactionpatterns",
            )
        },
    ),
)
