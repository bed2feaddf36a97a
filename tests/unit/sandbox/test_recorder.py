from __future__ import annotations

from orchestrator.sandbox.exchange import Answer, Exchange
from orchestrator.sandbox.recorder import recorder, redacted

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/eu-west-1/{}/aws4_request, Signature=0"
)


def test_secrets_are_blotted_out_wherever_they_stand() -> None:
    given = {
        "UserName": "ann",
        "Password": "hunter2",
        "Credentials": {"SecretAccessKey": "x", "SessionToken": "y", "AccessKeyId": "AKIA"},
        "Items": [{"MasterUserPassword": "z"}],
        "SecretString": "s",
        "NextToken": "page-2",
        "SecretId": "name-of-it",
    }

    assert redacted(given) == {
        "UserName": "ann",
        "Password": "(redacted)",
        "Credentials": {
            "SecretAccessKey": "(redacted)",
            "SessionToken": "(redacted)",
            "AccessKeyId": "AKIA",
        },
        "Items": [{"MasterUserPassword": "(redacted)"}],
        "SecretString": "(redacted)",
        "NextToken": "page-2",
        "SecretId": "name-of-it",
    }


def test_long_texts_are_cut() -> None:
    assert len(str(redacted("x" * 10000))) < 2200


def test_an_entry_names_call_parameters_and_error() -> None:
    written: list[dict[str, object]] = []
    refusal = Answer(400, [], b"<Error><Code>NoSuchEntity</Code></Error>")
    exchange = Exchange(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "HTTP_AUTHORIZATION": AUTHORIZATION.format("iam"),
            "HTTP_USER_AGENT": "terraform",
        },
        b"Action=GetRole&Version=2010-05-08&RoleName=runner",
    )

    recorder(lambda _: refusal, written.append)(exchange)

    assert len(written) == 1
    kept = {key: written[0][key] for key in ("service", "operation", "parameters", "error")}
    assert kept == {
        "service": "iam",
        "operation": "GetRole",
        "parameters": {"RoleName": "runner"},
        "error": "NoSuchEntity",
    }
    assert (written[0]["region"], written[0]["agent"]) == ("eu-west-1", "terraform")
