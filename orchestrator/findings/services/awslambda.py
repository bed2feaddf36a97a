"""Functions of Lambda. `lambda` is a keyword of Python, hence the name of the module."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.findings.causes import Cause, both, given, missing, untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking
from orchestrator.findings.tags import tag_control

FUNCTIONS = ("arn:{partition}:lambda:{region}:{account}:function:*",)
GONE = ("ResourceNotFoundException",)
KEPT: Mapping[tuple[str, str], str] = {
    ("ArnLike", "aws:sourcearn"): "SourceArn",
    ("ArnEquals", "aws:sourcearn"): "SourceArn",
    ("StringEquals", "aws:sourceaccount"): "SourceAccount",
    ("StringEquals", "aws:principalorgid"): "PrincipalOrgID",
    ("StringEquals", "lambda:functionurlauthtype"): "FunctionUrlAuthType",
    ("Bool", "lambda:invokedviafunctionurl"): "InvokedViaFunctionUrl",
}
"""Operator and key of a condition → the argument of AddPermission that makes it.

Since October 2025 a function URL needs two statements: one for InvokeFunctionUrl, and one for
InvokeFunction where lambda:InvokedViaFunctionUrl is true.
Source: AWS Lambda Developer Guide, "Control access to Lambda function URLs".
"""
NARROWING = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:principalorgid", "lambda:eventsourcetoken"}
)
"""Keys that narrow a public statement. A token is a secret: its statement is never kept."""


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            yield function["FunctionArn"]


def read_function(target: Target, aws: Aws) -> Json | None:
    call = aws("lambda").get_function_configuration
    found: Json | None = unless(GONE, call, FunctionName=target.arn)
    return found


def read(target: Target, aws: Aws) -> Json | None:
    """The statements of the function's policy; a function without one has none."""
    if read_function(target, aws) is None:
        return None
    answer = unless(GONE, aws("lambda").get_policy, FunctionName=target.arn)
    return {"statements": json.loads(answer["Policy"])["Statement"] if answer else []}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict(aws("lambda").list_tags(Resource=target.arn)["Tags"])


FOUND = (
    Permission(("lambda:ListFunctions",), why="Lambda lists the functions of the account"),
    Permission(("lambda:GetFunctionConfiguration", "lambda:ListTags"), FUNCTIONS),
)
FUNCTION = ResourceType(
    resource_type="AwsLambdaFunction",
    find=find,
    read=read,
    tags=tags,
    reads=(*FOUND, Permission(("lambda:GetPolicy",), FUNCTIONS)),
)


def conditions(statement: Json) -> dict[tuple[str, str], Any]:
    found = statement.get("Condition", {})
    return {
        (op, key.lower()): value if isinstance(value, list) else str(value)
        for op, keys in found.items()
        for key, value in keys.items()
    }


def public(statement: Json) -> bool:
    """Whether the statement allows every principal, and no condition narrows that."""
    principal = statement.get("Principal")
    named = principal.get("AWS", ()) if isinstance(principal, Mapping) else principal
    everyone = "*" in ([named] if isinstance(named, str) else named or ())
    narrowed = any(narrows(*each) for each in conditions(statement).items())
    return statement["Effect"] == "Allow" and everyone and not narrowed


def narrows(condition: tuple[str, str], value: Any) -> bool:
    """Not where it says what must not be, holds without the key as well, or is for any value.

    Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
    """
    operator, key = condition
    loose = "Not" in operator or operator.endswith("IfExists") or operator.startswith("ForAll")
    values = [value] if isinstance(value, str) else value
    return key in NARROWING and not loose and "*" not in values


def any_bucket(statement: Json) -> bool:
    """Whether S3 may call for a bucket of any account: names of buckets change hands.

    Source: AWS Security Hub User Guide, Lambda.1.
    """
    principal = statement.get("Principal")
    by_s3 = isinstance(principal, Mapping) and principal.get("Service") == "s3.amazonaws.com"
    accounts = any(key == "aws:sourceaccount" for _, key in conditions(statement))
    return statement["Effect"] == "Allow" and by_s3 and not accounts


def open_to_all(function: Json, _: Target) -> str:
    public_ones = [s["Sid"] for s in function["statements"] if public(s)]
    buckets = [s["Sid"] for s in function["statements"] if any_bucket(s)]
    parts = [f"the public may call it ({', '.join(public_ones)})"] if public_ones else []
    parts += [f"S3 may call it for any account ({', '.join(buckets)})"] if buckets else []
    return "; ".join(parts)


def keep(target: Target, aws: Aws) -> Json:
    found = existing(FUNCTION, target, aws)["statements"]
    return {
        "public": [statement for statement in found if public(statement)],
        "buckets": [statement["Sid"] for statement in found if any_bucket(statement)],
    }


def close(target: Target, aws: Aws, before: Json) -> None:
    if before["buckets"]:
        raise Refused(
            f"{', '.join(before['buckets'])} needs a condition with the bucket owner's account, "
            "which only the function's owner knows"
        )
    for statement in before["public"]:
        repeatable(statement, aws)
    for statement in before["public"]:
        unless(
            GONE,
            aws("lambda").remove_permission,
            FunctionName=target.arn,
            StatementId=statement["Sid"],
        )


def arguments(statement: Json) -> dict[str, Any]:
    """What makes the statement again; Refused where AddPermission cannot."""
    principal, action = statement["Principal"], statement["Action"]
    if not isinstance(action, str):
        raise Refused(f"the statement {statement['Sid']} could not be made again")
    made = {
        "StatementId": statement["Sid"],
        "Action": action,
        "Principal": principal if isinstance(principal, str) else "*",
    }
    for condition, said in conditions(statement).items():
        value = said[0] if isinstance(said, list) and len(said) == 1 else said
        if condition not in KEPT or isinstance(value, list):
            raise Refused(f"the statement {statement['Sid']} could not be made again")
        made[KEPT[condition]] = str(value).lower() == "true" if condition[0] == "Bool" else value
    return made


def repeatable(statement: Json, aws: Aws) -> None:
    """Refused where undo could not make the statement again, with the boto3 that is installed."""
    known = aws("lambda").meta.service_model.operation_model("AddPermission").input_shape.members
    if missing := set(arguments(statement)) - set(known):
        raise Refused(
            f"the statement {statement['Sid']} could not be made again: this boto3 does not know "
            f"{', '.join(sorted(missing))} of AddPermission; a newer one is needed"
        )


def reopen(target: Target, aws: Aws, before: Json) -> None:
    there = {statement["Sid"] for statement in existing(FUNCTION, target, aws)["statements"]}
    for statement in before["public"]:
        if statement["Sid"] not in there:
            aws("lambda").add_permission(FunctionName=target.arn, **arguments(statement))


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("lambda").tag_resource(Resource=target.arn, Tags={key: value})


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("lambda").untag_resource(Resource=target.arn, TagKeys=[key])


REMEDIATIONS = (
    Remediation(
        name="close-function",
        controls=("Lambda.1",),
        causes=(
            Cause(
                "lambda",
                ("AddPermission20150331v2", "AddPermission20150331"),
                both(
                    given("principal", "*"),
                    missing("sourceAccount"),
                    missing("principalOrgID"),
                    missing("sourceArn"),
                ),
            ),
        ),
        resource_type=FUNCTION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes the statements that let the public call the function out of its policy.",
        breaks="Callers that are named nowhere else, those of a public function URL among them.",
        danger="The public can call the function again.",
        reads=FUNCTION.reads,
        writes=(Permission(("lambda:RemovePermission", "lambda:AddPermission"), FUNCTIONS),),
        find=FUNCTION.find,
        check=looking(FUNCTION, open_to_all),
        before=keep,
        fix=close,
        undo=reopen,
        tags=FUNCTION.tags,
    ),
    tag_control(
        "Lambda.6",
        replace(FUNCTION, read=read_function, reads=FOUND),
        add_tag,
        remove_tag,
        (Permission(("lambda:TagResource", "lambda:UntagResource"), FUNCTIONS),),
        untagged("lambda", ("CreateFunction20150331",), "UntagResource20170331v2"),
    ),
)
