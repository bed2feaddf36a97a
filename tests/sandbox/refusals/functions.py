"""Lambda and Step Functions: roles, environments, runtimes, queues, definitions."""

from __future__ import annotations

from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.probe import GONE, Bench, Case, Params, Row
from tests.sandbox.refusals.setting import zipped

INVALID, VALIDATION, DEFINITION = (
    "InvalidParameterValueException",
    "ValidationException",
    "InvalidDefinition",
)


def _function(bench: Bench) -> Params:
    return {
        "FunctionName": "probe-new-function",
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Role": bench.made["lambda"],
        "Code": {"ZipFile": zipped()},
    }


def _variables(**given: str) -> Params:
    return {"Environment": {"Variables": given}}


RETIRED = [
    "python2.7",
    "python3.7",
    "python3.8",
    "nodejs12.x",
    "nodejs16.x",
    "go1.x",
    "java8",
    "ruby2.7",
]


SETTINGS: list[Row] = [
    ("0 seconds", {"Timeout": 0}, VALIDATION),
    ("901 seconds", {"Timeout": 901}, VALIDATION),
    ("127 MB", {"MemorySize": 127}, VALIDATION),
    ("10,241 MB", {"MemorySize": 10241}, VALIDATION),
    ("a role nobody has", {"Role": NOBODY}, INVALID),
    ("a role that does not trust Lambda", lambda b: {"Role": b.made["stranger"]}, INVALID),
    ("a role that is not an ARN", {"Role": "admin"}, VALIDATION),
    *[
        (f"the variable {name}", _variables(**{name: "x"}), INVALID)
        for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT")
    ],
    ("variables of over 4 KB", _variables(BIG="x" * 4096), INVALID),
    ("a variable with a dash", _variables(**{"a-b": "x"}), VALIDATION),
    *[(f"the runtime {name}", {"Runtime": name}, INVALID) for name in RETIRED],
    ("a runtime AWS does not have", {"Runtime": "cobol85"}, VALIDATION),
]


def _mapping(bench: Bench) -> Params:
    return {
        "EventSourceArn": bench.arn("sqs", "probe-slow"),
        "FunctionName": "probe-function",
        "BatchSize": 10,
    }


CASES = [
    Case(
        "lambda",
        "create_function",
        _function,
        [
            *SETTINGS,
            ("a name of 65", {"FunctionName": "f" * 65}, VALIDATION),
            ("a name with a blank", {"FunctionName": "a b"}, VALIDATION),
            ("no handler", {"Handler": GONE}, INVALID),
            ("no runtime", {"Runtime": GONE}, INVALID),
            (
                "a zip over 50 MB",
                {"Code": {"ZipFile": b"x" * (50 * 1024 * 1024 + 1)}},
                "RequestEntityTooLargeException",
            ),
            (
                "a name that is taken",
                {"FunctionName": "probe-function"},
                "ResourceConflictException",
            ),
            ("an architecture AWS does not have", {"Architectures": ["pdp11"]}, VALIDATION),
        ],
        "AWS Lambda API Reference, CreateFunction; Developer Guide, quotas, runtimes",
    ),
    Case(
        "lambda",
        "update_function_configuration",
        lambda _: {"FunctionName": "probe-function", "Timeout": 60},
        [
            *SETTINGS,
            ("a function nobody has", {"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ],
        "AWS Lambda API Reference, UpdateFunctionConfiguration",
    ),
    Case(
        "lambda",
        "create_event_source_mapping",
        _mapping,
        [
            (
                "a queue that waits less than the function runs",
                lambda b: {"EventSourceArn": b.arn("sqs", "probe-queue")},
                INVALID,
            ),
            ("11 without a window", {"BatchSize": 11}, INVALID),
            ("10,001", {"BatchSize": 10001, "MaximumBatchingWindowInSeconds": 1}, VALIDATION),
            ("a window of 301", {"MaximumBatchingWindowInSeconds": 301}, VALIDATION),
            ("one at a time", {"ScalingConfig": {"MaximumConcurrency": 1}}, VALIDATION),
            ("1,001 at a time", {"ScalingConfig": {"MaximumConcurrency": 1001}}, VALIDATION),
            ("a starting position", {"StartingPosition": "LATEST"}, INVALID),
            (
                "11 of a FIFO queue",
                lambda b: {"EventSourceArn": b.arn("sqs", "probe.fifo"), "BatchSize": 11},
                INVALID,
            ),
            ("a response type AWS does not have", {"FunctionResponseTypes": ["Guess"]}, VALIDATION),
        ],
        "AWS Lambda Developer Guide, Using Lambda with Amazon SQS",
    ),
    Case(
        "lambda",
        "add_permission",
        lambda _: {
            "FunctionName": "probe-function",
            "StatementId": "one",
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
        },
        [
            ("a statement id with a blank", {"StatementId": "a b"}, VALIDATION),
            ("another service's action", {"Action": "s3:GetObject"}, VALIDATION),
            (
                "a URL open to everyone without a kind",
                {"Action": "lambda:InvokeFunctionUrl", "Principal": "*"},
                INVALID,
            ),
            ("a kind of URL that AWS does not have", {"FunctionUrlAuthType": "MAYBE"}, VALIDATION),
        ],
        "AWS Lambda API Reference, AddPermission",
    ),
]
