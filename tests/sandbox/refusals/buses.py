"""EventBridge: patterns, schedules, targets, permissions."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.messages import EVENTS, QUEUE, ROOT
from tests.sandbox.refusals.probe import GONE, Case, Params, allow, document

PATTERN = "InvalidEventPatternException"


def _rule(pattern: Any) -> Params:
    return {"EventPattern": pattern if isinstance(pattern, str) else json.dumps(pattern)}


def _when(expression: str) -> Params:
    return {"EventPattern": GONE, "ScheduleExpression": expression}


WRONG_TIMES = [
    "rate(1 days)",
    "rate(5 minute)",
    "rate(0 minutes)",
    "rate(5 weeks)",
    "rate(x hours)",
    "cron(0 8 * * MON-FRI *)",
    "cron(0 8 ? * ? *)",
    "cron(0 8 * * *)",
    "at noon",
    "cron(60 8 ? * MON *)",
    "cron(0 24 ? * MON *)",
    "cron(0 8 ? * FOO *)",
    "cron(0 8 32 * ? *)",
    "cron(0 8 ? 13 MON *)",
    "rate(5minutes)",
]


WRONG_PATTERNS: list[tuple[str, Any]] = [
    ("not JSON", "{"),
    ("a list", []),
    ("a text for a list", {"source": "mine"}),
    ("an empty list", {"source": []}),
    ("an operator AWS does not have", {"source": [{"like": "x"}]}),
    ("two operators at once", {"source": [{"prefix": "a", "suffix": "b"}]}),
    ("exists with a text", {"detail": {"a": [{"exists": "yes"}]}}),
    ("numeric without a number", {"detail": {"a": [{"numeric": [">", "5"]}]}}),
    ("numeric with half a range", {"detail": {"a": [{"numeric": [">", 5, "<"]}]}}),
    ("cidr without a mask", {"detail": {"a": [{"cidr": "10.0.0.0"}]}}),
    ("$or with one choice", {"$or": [{"source": ["a"]}]}),
    ("a list in a list", {"source": [["a"]]}),
    ("an empty pattern", {}),
]


def _target(**more: Any) -> Params:
    return {"Targets": [{"Id": "one", "Arn": QUEUE, **more}]}


CASES = [
    Case(
        "events",
        "put_rule",
        lambda _: {"Name": "probe-new-rule", **_rule({"source": ["a"]})},
        [
            *[(what, _rule(pattern), PATTERN) for what, pattern in WRONG_PATTERNS],
            *[(expression, _when(expression), EVENTS) for expression in WRONG_TIMES],
            ("a pattern of 2,049", _rule({"source": ["x" * 2040]}), "LimitExceededException"),
            ("neither pattern nor schedule", {"EventPattern": GONE}, EVENTS),
            ("a name with a blank", {"Name": "a rule"}, EVENTS),
            ("a name of 65", {"Name": "r" * 65}, EVENTS),
            ("a role nobody has", {"RoleArn": NOBODY}, EVENTS),
            ("a state AWS does not have", {"State": "MAYBE"}, EVENTS),
            ("a bus nobody has", {"EventBusName": "nobody"}, "ResourceNotFoundException"),
            ("a description of 513", {"Description": "d" * 513}, EVENTS),
        ],
        "Amazon EventBridge API Reference, PutRule; User Guide, patterns, schedules, quotas",
    ),
    Case(
        "events",
        "put_targets",
        lambda _: {"Rule": "probe-rule", **_target()},
        [
            (
                "6 targets",
                {"Targets": [{"Id": str(n), "Arn": QUEUE} for n in range(6)]},
                "LimitExceededException",
            ),
            ("a role nobody has", _target(RoleArn=NOBODY), EVENTS),
            (
                "a role that does not trust EventBridge",
                lambda b: _target(RoleArn=b.made["stranger"]),
                EVENTS,
            ),
            (
                "input and transformer",
                _target(Input="{}", InputTransformer={"InputTemplate": '"x"'}),
                EVENTS,
            ),
            ("input and path", _target(Input="{}", InputPath="$.detail"), EVENTS),
            ("an input that is not JSON", _target(Input="{"), EVENTS),
            ("a path that is none", _target(InputPath="detail"), EVENTS),
            (
                "a variable that is AWS's",
                _target(
                    InputTransformer={"InputPathsMap": {"aws.x": "$.x"}, "InputTemplate": '"x"'}
                ),
                EVENTS,
            ),
            (
                "a path of a variable that is none",
                _target(InputTransformer={"InputPathsMap": {"x": "x"}, "InputTemplate": '"x"'}),
                EVENTS,
            ),
            ("no ARN", _target(Arn="probe-queue"), EVENTS),
            (
                "a queue of another region",
                _target(Arn=QUEUE.replace("ap-northeast-1", "us-east-1")),
                EVENTS,
            ),
            (
                "a state machine without a role",
                _target(Arn="arn:aws:states:ap-northeast-1:200000000009:stateMachine:m"),
                EVENTS,
            ),
            (
                "another account's bus without a role",
                _target(Arn="arn:aws:events:ap-northeast-1:200000000006:event-bus/default"),
                EVENTS,
            ),
            (
                "a FIFO queue without a group",
                _target(Arn=QUEUE.replace("probe-queue", "probe.fifo")),
                EVENTS,
            ),
            ("an id with a blank", _target(Id="a b"), EVENTS),
            ("an id of 65", _target(Id="i" * 65), EVENTS),
            ("a rule nobody has", {"Rule": "nobody"}, "ResourceNotFoundException"),
        ],
        "Amazon EventBridge API Reference, PutTargets; User Guide, quotas",
    ),
    Case(
        "events",
        "put_permission",
        lambda _: {
            "Policy": document(
                allow(
                    "events:PutEvents",
                    "arn:aws:events:ap-northeast-1:200000000009:event-bus/default",
                    Principal=ROOT,
                    Sid="one",
                )
            )
        },
        [
            ("not JSON", {"Policy": "{"}, EVENTS),
            (
                "a role nobody has",
                {"Policy": document(allow("events:PutEvents", "*", Principal={"AWS": NOBODY}))},
                EVENTS,
            ),
            ("nothing at all", {"Policy": GONE}, EVENTS),
        ],
        "Amazon EventBridge API Reference, PutPermission",
    ),
    Case(
        "events",
        "put_events",
        lambda _: {"Entries": [{"Source": "mine", "DetailType": "t", "Detail": "{}"}]},
        [
            (
                "11 entries",
                {"Entries": [{"Source": "a", "DetailType": "t", "Detail": "{}"}] * 11},
                EVENTS,
            ),
            ("no entries", {"Entries": []}, EVENTS),
        ],
        "Amazon EventBridge API Reference, PutEvents",
    ),
]
