"""Identity pools of Amazon Cognito."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import of
from orchestrator.findings.causes import Cause, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing

POOLS = ("arn:{partition}:cognito-identity:{region}:{account}:identitypool/*",)
GUESTS = "AllowUnauthenticatedIdentities"
SHOWN = ("ResponseMetadata",)


def find(place: Place, aws: Aws) -> Iterator[str]:
    """Cognito lists at most 60 in a page, and wants to be told so."""
    pages = aws("cognito-identity").get_paginator("list_identity_pools").paginate(MaxResults=60)
    for page in pages:
        for pool in page["IdentityPools"]:
            yield of(place, "cognito-identity", f"identitypool/{pool['IdentityPoolId']}")


def pool_id(target: Target) -> str:
    """The id has a colon of its own: 'eu-west-1:0a1b…'."""
    return target.arn.rpartition("/")[2]


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("cognito-identity").describe_identity_pool
    answer = unless(("ResourceNotFoundException",), call, IdentityPoolId=pool_id(target))
    if answer is None:
        return None
    return {key: value for key, value in answer.items() if key not in SHOWN}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict((read(target, aws) or {}).get("IdentityPoolTags", {}))


POOL = ResourceType(
    resource_type="AwsCognitoIdentityPool",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            ("cognito-identity:ListIdentityPools",), why="Cognito lists the pools of the account"
        ),
        Permission(("cognito-identity:DescribeIdentityPool",), POOLS),
    ),
)


def open_to_guests(pool: Json, _: Target) -> str:
    return "who has not signed in gets credentials of AWS" if pool[GUESTS] else ""


def let_guests(target: Target, aws: Aws, allowed: bool) -> None:
    """Cognito takes a pool as a whole: all that it shows is sent back, with this changed."""
    found = existing(POOL, target, aws)
    if bool(found[GUESTS]) is not allowed:
        aws("cognito-identity").update_identity_pool(**{**found, GUESTS: allowed})


REMEDIATIONS = (
    Remediation(
        name="turn-guests-away",
        controls=("Cognito.2",),
        causes=(
            Cause(
                "cognito-identity",
                ("CreateIdentityPool", "UpdateIdentityPool"),
                says("allowUnauthenticatedIdentities", "true"),
            ),
        ),
        resource_type=POOL.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Gives credentials of AWS only to those who have signed in.",
        breaks="Applications that work before somebody signs in, as visitors of a website do.",
        danger="Guests who have not signed in get AWS credentials again.",
        reads=POOL.reads,
        writes=(Permission(("cognito-identity:UpdateIdentityPool",), POOLS),),
        find=POOL.find,
        check=looking(POOL, open_to_guests),
        before=seeing(POOL, lambda pool: {GUESTS: pool[GUESTS]}),
        fix=lambda target, aws, _: let_guests(target, aws, False),
        undo=lambda target, aws, before: let_guests(target, aws, bool(before[GUESTS])),
        tags=POOL.tags,
    ),
)
