"""Whoever talks to the sandbox talks to it alone, whatever the shell and HOME are full of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.sandbox.client import Sandbox

HOSTILE = {
    "AWS_PROFILE": "nosuch",
    "AWS_DEFAULT_PROFILE": "nosuch",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_SECURITY_TOKEN": "real",
    "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
    "AWS_REGION": "mars-1",
    "AWS_DEFAULT_REGION": "mars-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_ORGANIZATIONS": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_MAX_ATTEMPTS": "many",
    "AWS_RETRY_MODE": "never",
    "AWS_DEFAULTS_MODE": "nonsense",
    "AWS_CA_BUNDLE": "/nonexistent/bundle.pem",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_STS_REGIONAL_ENDPOINTS": "nonsense",
    "AWS_S3_USE_ARN_REGION": "nonsense",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/real",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/keys",
    "AWS_LOGIN_CACHE_DIRECTORY": "/nonexistent/login",
    "AWS_DATA_PATH": "/nonexistent/models",
    "AWS_CSM_ENABLED": "true",
    "AWS_SDK_UA_APP_ID": "real",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "*",
    "REQUESTS_CA_BUNDLE": "/nonexistent/bundle.pem",
}
ASKED = """
import sys
from pathlib import Path
from orchestrator.adapters.aws.credentials import ambient, bare
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox

home = Path(sys.argv[1])
project = Project(home.parent, home.parent, True)
env = environment(project)
assert AwsSession(env, "ap-northeast-1").identity().account == sys.argv[2]
assert AwsSession(env, "ap-northeast-1").call("s3", "ListBuckets")
for made in (bare, ambient):
    assert made(env, "ap-northeast-1").get_config_variable("profile") is None
    assert made(env, "ap-northeast-1").full_config["profiles"] == {}
running = lifecycle.status(home)
client = Sandbox(running.port, running.environment, home).client("organizations")
print(client.describe_organization()["Organization"]["MasterAccountId"])
"""


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """The variables of somebody whose ~/.aws no tool can read."""
    files = tmp_path / "home" / ".aws"
    files.mkdir(parents=True)
    for name in ("config", "credentials"):
        (files / name).write_text("[foo\nnonsense", "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, **HOSTILE, "HOME": str(files.parent)}


def _run(argv: list[str], shell: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, env=shell, capture_output=True, text=True, check=False)


def test_a_hostile_shell_and_a_broken_home_do_not_matter(
    sandbox: Sandbox, shell: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / ".sandbox"
    home.symlink_to(sandbox.home)
    management = sandbox.client("sts").get_caller_identity()["Account"]
    argv = [sys.executable, "-c", ASKED, str(home), management]

    ended = _run(argv, shell)

    assert ended.stderr == ""
    assert ended.stdout.strip() == management


def test_a_sandbox_started_from_a_hostile_shell_answers(
    shell: dict[str, str], tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "orchestrator", "--work", str(tmp_path), "sandbox"]
    try:
        started = _run([*words, "start"], shell)
        scanned = _run([*words, "scan", "--account", "orders-dev"], shell)
        said = _run([*words, "env"], shell)
    finally:
        subprocess.run([*words, "stop"], env=shell, capture_output=True, check=False)

    assert started.returncode == 0, started.stderr
    assert "is not subscribed to AWS Security Hub" in scanned.stdout, "the sandbox's own answer"
    assert "unset AWS_PROFILE\n" in said.stdout
