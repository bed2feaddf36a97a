from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.adapters.process import Completed, Ending
from orchestrator.adapters.terraform.diagnostics import (
    Diagnostic,
    errors,
    explain,
    interrupted,
    plain,
    redact,
)
from orchestrator.errors import PlanChanged, TerraformDenied, TerraformFailed, Transient
from orchestrator.model.exit_code import ExitCode

FOLDER = Path("build/payments/account")
BOXED = """\x1b[31m╷\x1b[0m\x1b[0m
\x1b[31m│\x1b[0m \x1b[0m\x1b[1m\x1b[31mError: \x1b[0m\x1b[0m\x1b[1mUnsupported argument\x1b[0m
\x1b[31m│\x1b[0m \x1b[0m
\x1b[31m│\x1b[0m \x1b[0m  on main.tf line 2:
\x1b[31m╵\x1b[0m\x1b[0m
"""


def an_event(summary: str, detail: str = "", severity: str = "error", **others: object) -> str:
    body = {"severity": severity, "summary": summary, "detail": detail, **others}
    return json.dumps({"type": "diagnostic", "diagnostic": body})


def ended(
    stdout: str = "", stderr: str = "", code: int = 1, ending: Ending = Ending.EXITED
) -> Completed:
    return Completed(("terraform", "plan"), code, stdout, stderr, 61.0, 1.0, ending)


def test_an_error_names_its_resource_or_its_place() -> None:
    place = {"filename": "main.tf", "start": {"line": 7}}
    stream = "\n".join(
        [
            an_event("creating role", "AccessDenied", address="aws_iam_role.a"),
            an_event("Unclosed block", range=place),
            an_event("deprecated", severity="warning"),
            '{"type": "version"}',
            "not JSON",
        ]
    )

    assert [str(error) for error in errors(stream, "")] == [
        "aws_iam_role.a: creating role\n  AccessDenied",
        "main.tf:7: Unclosed block",
    ]


def test_text_for_people_loses_boxes_colours_and_blank_lines() -> None:
    assert plain(BOXED) == "Error: Unsupported argument\n  on main.tf line 2:"


def test_without_a_stream_the_text_for_people_is_taken() -> None:
    assert errors("", BOXED) == (Diagnostic(plain(BOXED)),)


@pytest.mark.parametrize(
    "said",
    [
        "api error AccessDenied: User is not authorized to perform: iam:CreateRole",
        "api error UnauthorizedOperation: You are not authorized",
        "api error ExpiredToken: The security token included in the request is expired",
        "api error InvalidClientTokenId: The security token is invalid",
        "dial tcp: lookup iam.amazonaws.com: no such host",
        "dial tcp 127.0.0.1:5000: connect: connection refused",
        "Post http://aws.test:5000/: EOF",
        "No valid credential sources found".lower(),
    ],
)
def test_aws_that_refuses_or_does_not_answer_is_recognised(said: str) -> None:
    error = explain(ended(an_event("reading IAM role", said)), FOLDER, {})

    assert isinstance(error, TerraformDenied)
    assert (error.denied, error.exit_code) == (True, ExitCode.AWS_DENIED)
    assert said in str(error)


@pytest.mark.parametrize(
    "said",
    [
        "Invalid value for variable",
        "api error MalformedPolicyDocument: Syntax errors in policy",
        "Failed to query available provider packages: could not connect: connection refused",
        "The bucket is called eof-archive",
    ],
)
def test_other_errors_are_not_taken_for_a_refusal(said: str) -> None:
    error = explain(ended(an_event("Error", said)), FOLDER, {})

    assert isinstance(error, TerraformFailed)
    assert (error.denied, error.exit_code) == (False, ExitCode.TERRAFORM_FAILED)


def test_a_refusal_is_recognised_across_terraforms_line_breaks() -> None:
    said = "Error: error configuring S3 Backend: dial tcp 127.0.0.1:9: connect: connection\nrefused"

    assert isinstance(explain(ended(stderr=said), FOLDER, {}), TerraformDenied)


def test_a_stale_plan_is_a_plan_that_changed() -> None:
    error = explain(ended(an_event("Saved plan is stale", "…")), FOLDER, {})

    assert isinstance(error, PlanChanged)
    assert error.exit_code is ExitCode.GATE_REFUSED


def test_a_failure_shows_arguments_folder_code_and_words() -> None:
    assert str(explain(ended(stderr="Error: no\n"), FOLDER, {})) == (
        "terraform plan in build/payments/account ended with 1\nError: no"
    )


def test_a_lock_file_without_this_platform_says_what_to_run() -> None:
    said = "the local package doesn't match any of the\nchecksums previously recorded"

    error = explain(ended(stderr=said), FOLDER, {})

    assert "terraform providers lock -platform=" in str(error)


def test_a_command_that_took_too_long_says_so_and_what_may_be_left() -> None:
    polite = explain(ended(ending=Ending.TIMED_OUT), FOLDER, {})
    killed = explain(ended(code=-9, ending=Ending.TIMED_OUT), FOLDER, {})

    assert "stopped after 61 s\n" in str(polite)
    assert "may have left the state locked" in str(killed)
    assert "may have left" in str(interrupted(ended(code=-9), FOLDER))


def test_nothing_that_looks_like_credentials_is_shown() -> None:
    text = redact(
        "key ASIAIOSFODNN7EXAMPLE secret_access_key = wJalrXUtnFEMI/K7 "
        '"SessionToken": "FwoGZXIvYXdzEBY" ?X-Amz-Signature=abc123&x=1 and s3cr3t-value',
        {"AWS_SESSION_TOKEN": "s3cr3t-value", "PATH": "/usr/bin"},
    )

    for secret in ("ASIA", "wJalr", "FwoG", "abc123", "s3cr3t"):
        assert secret not in text
    assert "x=1" in text


def test_only_the_end_of_a_long_error_is_shown() -> None:
    error = explain(ended(stderr="x" * 9000 + "the reason"), FOLDER, {})

    assert len(str(error)) < 4200
    assert str(error).endswith("the reason")


@pytest.mark.parametrize(
    ("summaries", "transient"),
    [
        (["creating IAM Role: StatusCode: 400, Throttling: Rate exceeded"], Transient.THROTTLING),
        (["reading S3 Bucket: dial tcp: connection refused"], Transient.NETWORK),
        (["Error acquiring the state lock"], Transient.LOCKED),
        (["creating IAM Role: AccessDenied: not authorized"], None),
        (["AccessDenied: no", "Throttling: Rate exceeded"], None),
        (["Unsupported argument"], None),
        (["LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000"], None),
    ],
)
def test_only_errors_that_may_pass_are_said_to(
    summaries: list[str], transient: Transient | None
) -> None:
    said = "\n".join(an_event(summary) for summary in summaries)

    error = explain(ended(stdout=said), FOLDER, {})

    assert error.transient is transient


ASSOCIATION = 'module.central.aws_securityhub_configuration_policy_association.this["ou-1"]'
FAILED = (
    "waiting for Security Hub Configuration Policy Association (ou-1) success: unexpected state "
    "'FAILED', wanted target 'SUCCESS'. last error: no recorder"
)
CENTRAL = "module.central.aws_securityhub_organization_configuration.this"
PENDING = (
    "waiting for Security Hub Organization Configuration (200000000002) enable: timeout while "
    "waiting for state to become 'ENABLED' (last state: 'PENDING', timeout: 3m0s)"
)


def test_what_aws_has_taken_and_is_not_done_with_is_told_from_other_errors() -> None:
    late = [
        an_event(address=ASSOCIATION, summary=FAILED),
        an_event(address=CENTRAL, summary=PENDING),
    ]
    other = an_event(
        address="aws_s3_bucket.this", summary="creating S3 Bucket: unexpected state 'FAILED'"
    )

    alone = explain(ended(stdout="\n".join(late)), FOLDER, {})
    both = explain(ended(stdout="\n".join([*late, other])), FOLDER, {})

    assert isinstance(alone, TerraformFailed)
    assert isinstance(both, TerraformFailed)
    assert alone.unfinished == both.unfinished == (ASSOCIATION, CENTRAL)
    assert (alone.nothing_else, both.nothing_else) == (True, False)


@pytest.mark.parametrize(
    ("address", "summary"),
    [
        (CENTRAL, FAILED),
        (CENTRAL, PENDING.replace("'PENDING'", "'FAILED'")),
        (ASSOCIATION, "creating Security Hub Configuration Policy Association: no such policy"),
    ],
)
def test_what_failed_for_good_is_not_said_to_be_unfinished(address: str, summary: str) -> None:
    error = explain(ended(stdout=an_event(address=address, summary=summary)), FOLDER, {})

    assert isinstance(error, TerraformFailed)
    assert error.unfinished == ()


def test_a_command_that_was_stopped_is_not_said_to_pass() -> None:
    said = an_event("Throttling: Rate exceeded")

    assert explain(ended(stdout=said, ending=Ending.TIMED_OUT), FOLDER, {}).transient is None
