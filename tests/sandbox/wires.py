"""What holds a deployed organization together, found by asking it: policies of resources, trusts
and permissions of roles, keys; each can be cut and mended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.sandbox.client import Sandbox

SEE = "sns:GetTopicAttributes"
OURS = ("orchestrator-", "example-", "findings")
Document = dict[str, Any]


@dataclass(frozen=True)
class Wire:
    """One statement that lets somebody do something, or a key. `kind` is queue, trust, …"""

    kind: str
    holder: str
    """The ARN of the resource or role that has it."""
    name: str
    cut: Callable[[], object] = field(repr=False)
    mend: Callable[[], object] = field(repr=False)
    statement: Document = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.holder.split(':', 4)[4]} {self.name}"


@dataclass(frozen=True)
class Shelf:
    """A policy document somewhere: what it says now, and how it is replaced. '' takes it away."""

    kind: str
    holder: str
    document: Document
    put: Callable[[str], object]

    def wires(self) -> Iterator[Wire]:
        statements = self.document["Statement"]
        for number, statement in enumerate(statements):
            if statement["Effect"] == "Allow":
                rest = [each for place, each in enumerate(statements) if place != number]
                without = json.dumps({**self.document, "Statement": rest}) if rest else ""
                whole = json.dumps(self.document)
                yield Wire(
                    self.kind,
                    self.holder,
                    str(statement.get("Sid", number)),
                    _bound(self.put, without),
                    _bound(self.put, whole),
                    statement,
                )


def _bound(put: Callable[[str], object], text: str) -> Callable[[], object]:
    return lambda: put(text)


def shelves(sandbox: Sandbox, accounts: Sequence[str], region: str) -> list[Shelf]:
    """Every policy of ours in the accounts."""
    found: list[Shelf] = []
    for account in accounts:
        session = sandbox.session(account)
        clients = {
            name: sandbox.made(session, name, region)
            for name in ("events", "iam", "kms", "lambda", "s3", "sns", "sqs")
        }
        for read in (_queues, _topics, _buses, _functions, _buckets, _keys, _roles):
            found += list(read(clients))
    return found


def _queues(aws: dict[str, Any]) -> Iterator[Shelf]:
    sqs = aws["sqs"]
    for url in sqs.list_queues().get("QueueUrls", ()):
        said = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        if "Policy" in said:

            def put(text: str, url: str = url) -> None:
                sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})

            yield Shelf("queue", said["QueueArn"], json.loads(said["Policy"]), put)


def _topics(aws: dict[str, Any]) -> Iterator[Shelf]:
    sns = aws["sns"]
    for topic in sns.list_topics()["Topics"]:
        arn = topic["TopicArn"]
        said = sns.get_topic_attributes(TopicArn=arn)["Attributes"]

        def put(text: str, arn: str = arn) -> None:
            nothing = _for_its_owner(arn)
            sns.set_topic_attributes(
                TopicArn=arn, AttributeName="Policy", AttributeValue=text or nothing
            )

        yield Shelf("topic", arn, json.loads(said["Policy"]), put)


def _for_its_owner(topic: str) -> str:
    """A topic is never without a policy, and a policy never without a statement."""
    owner = {"AWS": f"arn:aws:iam::{topic.split(':')[4]}:root"}
    statement = {"Sid": "Mine", "Effect": "Allow", "Principal": owner, "Action": SEE}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": topic}]})


def _buses(aws: dict[str, Any]) -> Iterator[Shelf]:
    events = aws["events"]
    for bus in events.list_event_buses()["EventBuses"]:
        if "Policy" in bus:

            def put(text: str, name: str = bus["Name"]) -> None:
                if text:
                    events.put_permission(EventBusName=name, Policy=text)
                else:
                    events.remove_permission(EventBusName=name, RemoveAllPermissions=True)

            yield Shelf("bus", bus["Arn"], json.loads(bus["Policy"]), put)


def _functions(aws: dict[str, Any]) -> Iterator[Shelf]:
    """A function's permissions are put one by one."""
    client = aws["lambda"]
    for function in client.list_functions()["Functions"]:
        name = function["FunctionName"]
        try:
            policy = json.loads(client.get_policy(FunctionName=name)["Policy"])
        except client.exceptions.ResourceNotFoundException:
            continue

        def put(text: str, name: str = name, policy: Document = policy) -> None:
            kept = {s["Sid"] for s in json.loads(text)["Statement"]} if text else set()
            for statement in policy["Statement"]:
                if statement["Sid"] in kept:
                    _permit(client, name, statement)
                else:
                    client.remove_permission(FunctionName=name, StatementId=statement["Sid"])

        yield Shelf("function", function["FunctionArn"], policy, put)


def _permit(client: Any, name: str, statement: Document) -> None:
    condition = statement.get("Condition", {})
    arn = condition.get("ArnLike", {}).get("AWS:SourceArn")
    account = condition.get("StringEquals", {}).get("AWS:SourceAccount")
    client.add_permission(
        FunctionName=name,
        StatementId=statement["Sid"],
        Action=statement["Action"],
        Principal=statement["Principal"]["Service"],
        **({"SourceArn": arn} if arn else {}),
        **({"SourceAccount": account} if account else {}),
    )


def _buckets(aws: dict[str, Any]) -> Iterator[Shelf]:
    s3 = aws["s3"]
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        try:
            policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
        except s3.exceptions.ClientError:
            continue

        def put(text: str, name: str = name) -> None:
            if text:
                s3.put_bucket_policy(Bucket=name, Policy=text)
            else:
                s3.delete_bucket_policy(Bucket=name)

        yield Shelf("bucket", f"arn:aws:s3:::{name}", policy, put)


def _keys(aws: dict[str, Any]) -> Iterator[Shelf]:
    kms = aws["kms"]
    for key in kms.list_keys()["Keys"]:
        said = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if said["KeyManager"] != "CUSTOMER" or said["KeyState"] != "Enabled":
            continue
        policy = json.loads(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"])

        def put(text: str, key_id: str = key["KeyId"]) -> None:
            kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=text)

        yield Shelf("key", said["Arn"], policy, put)


def _roles(aws: dict[str, Any]) -> Iterator[Shelf]:
    iam = aws["iam"]
    for role in (r for page in iam.get_paginator("list_roles").paginate() for r in page["Roles"]):
        name = role["RoleName"]
        if not name.startswith(OURS):
            continue

        def put_trust(text: str, name: str = name) -> None:
            nobody = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
            document = text or json.dumps({"Version": "2012-10-17", "Statement": [nobody]})
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)

        yield Shelf("trust", role["Arn"], role["AssumeRolePolicyDocument"], put_trust)
        yield from _permissions(iam, role)


def _permissions(iam: Any, role: Document) -> Iterator[Shelf]:
    name = role["RoleName"]
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]

        def put(text: str, policy: str = policy) -> None:
            if text:
                iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)
            else:
                iam.delete_role_policy(RoleName=name, PolicyName=policy)

        yield Shelf("permission", role["Arn"], document, put)
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        if ":aws:policy/" in arn:
            continue
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]

        def put_version(text: str, arn: str = arn) -> None:
            _replace(iam, arn, text)

        yield Shelf("permission", role["Arn"], document["Document"], put_version)


def _replace(iam: Any, arn: str, text: str) -> None:
    """A new default version; nothing but an odd permission, where the last statement goes."""
    odd = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
    document = text or json.dumps({"Version": "2012-10-17", "Statement": [odd]})
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
