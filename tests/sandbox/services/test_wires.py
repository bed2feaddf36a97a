"""The wires of the drill are all found, can be cut one by one, and are whole after mending."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.archives import a_bucket_for
from tests.sandbox.services.conftest import HOME, MEMBER, Cloud
from tests.sandbox.services.test_events import Listener, letting_in
from tests.sandbox.services.test_lambda import TRUST, deploy
from tests.sandbox.wires import shelves

ALLOWED = {"Sid": "Own", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"}


def test_each_wire_can_be_cut_and_mended(cloud: Cloud) -> None:
    _one_of_each(cloud)

    before = {str(wire): wire for shelf in _shelves(cloud) for wire in shelf.wires()}
    kinds = {wire.kind for wire in before.values()}
    assert kinds >= {"bucket", "bus", "function", "key", "permission", "queue", "topic", "trust"}
    for name, wire in before.items():
        if wire.kind == "key":
            continue  # its only statement is what lets the account mend it
        wire.cut()
        assert name not in _names(cloud), f"{name} is still there"
        wire.mend()
        assert name in _names(cloud), f"{name} is gone"


def _shelves(cloud: Cloud) -> list[Any]:
    return shelves(cloud.sandbox, [MEMBER], HOME)


def _names(cloud: Cloud) -> set[str]:
    return {str(wire) for shelf in _shelves(cloud) for wire in shelf.wires()}


def _one_of_each(cloud: Cloud) -> None:
    iam = cloud.client("iam", MEMBER)
    made = iam.create_role(RoleName="orchestrator-f", AssumeRolePolicyDocument=json.dumps(TRUST))[
        "Role"
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": [ALLOWED]})
    iam.put_role_policy(RoleName="orchestrator-f", PolicyName="own", PolicyDocument=document)
    document = document.replace("Own", "Attached")
    managed = iam.create_policy(PolicyName="orchestrator-m", PolicyDocument=document)["Policy"]
    iam.attach_role_policy(RoleName="orchestrator-f", PolicyArn=managed["Arn"])
    Listener(cloud, MEMBER, "q")
    sns = cloud.client("sns", MEMBER)
    topic = sns.create_topic(Name="t")["TopicArn"]
    policy = letting_in("events.amazonaws.com", topic, "sns:Publish")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    place = {"CreateBucketConfiguration": {"LocationConstraint": HOME}}
    a_bucket_for(cloud.client("s3", MEMBER), "wires", "config", **place)
    cloud.client("kms", MEMBER).create_key()
    deploy(cloud, made["Arn"], "answer")
    cloud.client("lambda", MEMBER).add_permission(
        FunctionName="answer",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"arn:aws:events:{HOME}:{MEMBER}:rule/r",
    )
    events = cloud.client("events", MEMBER)
    bus = events.create_event_bus(Name="own")["EventBusArn"]
    statement = {
        **{"Sid": "All", "Effect": "Allow", "Principal": "*"},
        **{"Action": "events:PutEvents", "Resource": bus},
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    events.put_permission(EventBusName="own", Policy=policy)
