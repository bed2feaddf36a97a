"""Credentials that do not come: one line of cause, with profile and file, and what helps."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.adapters.aws.missing_credentials import remedy, source
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied
from orchestrator.model.exit_code import ExitCode

CONFIG = """\
[profile sso]
sso_session = corp
sso_account_id = 200000000001
sso_role_name = Admin
[profile oldsso]
sso_start_url = https://example.awsapps.com/start
sso_region = ap-northeast-1
sso_account_id = 200000000001
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = ap-northeast-1
[profile proc]
credential_process = /bin/echo not-json
[profile leaky]
credential_process = /bin/echo {"SecretAccessKey": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
[profile silent]
credential_process = /bin/true
[profile fails]
credential_process = /bin/sh -c "echo vault is sealed >&2; exit 3"
[profile empty]
credential_process = /bin/echo {}
[profile list]
credential_process = /bin/echo []
[profile missing]
credential_process = /nonexistent/tool --x
[profile quote]
credential_process = /bin/echo "open
[profile loop]
role_arn = arn:aws:iam::200000000001:role/x
source_profile = loop2
[profile loop2]
role_arn = arn:aws:iam::200000000001:role/y
source_profile = loop
[profile nosource]
role_arn = arn:aws:iam::200000000001:role/x
source_profile = nobody
[profile mfa]
role_arn = arn:aws:iam::200000000001:role/x
source_profile = k
mfa_serial = arn:aws:iam::200000000001:mfa/me
[profile k]
aws_access_key_id = AKIAEXAMPLE265555662
aws_secret_access_key = x
[profile half]
aws_access_key_id = AKIAEXAMPLE265555662
[profile web]
role_arn = arn:aws:iam::200000000001:role/x
web_identity_token_file = /nonexistent/token
[profile metadata]
role_arn = arn:aws:iam::200000000001:role/x
credential_source = Nowhere
"""
SAID: Mapping[str, tuple[str, str]] = {
    "sso": ("sign-in of profile 'sso'", "run: aws sso login --profile sso"),
    "oldsso": ("sign-in of profile 'oldsso'", "run: aws sso login --profile oldsso"),
    "proc": ("printed 'not-json', which is not JSON", "run that command by hand"),
    "leaky": ("which is not JSON", "run that command by hand"),
    "silent": ("printed nothing", "run that command by hand"),
    "fails": ("vault is sealed", "run its command by hand"),
    "empty": ("Unsupported version", "run its command by hand"),
    "list": ("holds no credentials", "run that command by hand"),
    "missing": ("'/nonexistent/tool': No such file", "install it, or correct"),
    "quote": ("No closing quotation", "correct"),
    "loop": ("lead back to itself", "give one of them keys"),
    "nosource": ("nobody", "correct"),
    "mfa": ("asks for an MFA code, and there is no terminal", "run it in a terminal"),
    "half": ("Partial credentials", "correct"),
    "web": ("/nonexistent/token", "correct"),
    "metadata": ("Nowhere", "correct"),
    "nosuch": ("(nosuch) could not be found", "aws configure list-profiles"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "config"
    made.write_text(CONFIG, "utf-8")
    return made


def an_environment(file: Path, **more: str) -> dict[str, str]:
    return {
        "AWS_CONFIG_FILE": str(file),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        **more,
    }


def denied(environment: Mapping[str, str]) -> AwsDenied:
    with pytest.raises(AwsDenied) as raised:
        AwsSession(environment, "ap-northeast-1").credentials()
    return raised.value


@pytest.mark.parametrize("profile", SAID)
def test_what_does_not_come_is_said_in_a_line_with_what_helps(profile: str, file: Path) -> None:
    refusal = denied(an_environment(file, AWS_PROFILE=profile))

    cause, fix = SAID[profile]
    assert cause in refusal.reason
    assert str(file) in refusal.reason
    assert fix in refusal.fix
    assert "\n" not in f"{refusal.reason}{refusal.fix}"
    assert "wJalr" not in str(refusal)


def test_a_file_that_is_no_configuration_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "config"
    broken.write_text("[default]\nregion = us-east-1\n[foo\n", "utf-8")

    refusal = denied(an_environment(broken))

    assert str(broken) in refusal.reason
    assert refusal.fix == f"correct {broken} in line 3"


def test_a_token_file_that_is_not_there_is_named(file: Path) -> None:
    role = "arn:aws:iam::200000000001:role/ci"
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token", "AWS_ROLE_ARN": role}

    refusal = denied(an_environment(file, **web))

    assert "the web identity token /nonexistent/token cannot be read" in refusal.reason


@pytest.mark.parametrize(
    ("code", "message", "helps"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "sign in again"),
        ("InvalidClientTokenId", "The security token is invalid", "these keys are no longer"),
        ("RequestTimeTooSkewed", "The difference is too large", "clock"),
        ("SignatureDoesNotMatch", "Signature not yet current: 20261130 is still later", "clock"),
        ("InvalidSignatureException", "Signature expired: 2026 is now earlier than 2026", "clock"),
        ("AccessDenied", "User is not authorized", ""),
    ],
)
def test_keys_that_aws_does_not_take_are_told_from_a_clock_that_is_wrong(
    code: str, message: str, helps: str
) -> None:
    found = remedy(code, message, source({"AWS_PROFILE": "ops"}))

    assert helps in found
    assert bool(found) == bool(helps)


def test_the_command_says_it_without_a_traceback(
    file: Path,
) -> None:
    asked = [sys.executable, "-m", "orchestrator", "verify", "orders-dev"]
    env = {**os.environ, **an_environment(file, AWS_PROFILE="sso")}
    nobody = subprocess.DEVNULL
    ended = subprocess.run(
        asked, env=env, capture_output=True, text=True, stdin=nobody, check=False
    )

    assert ended.returncode == ExitCode.AWS_DENIED
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1] == "  fix: run: aws sso login --profile sso"
