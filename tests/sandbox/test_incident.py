"""An attack with stolen keys, told by the sandbox's own organization trail: ten questions.

The keys of a pipeline's user are stolen. With them a role is taken in a second account, and from
there one in a third, where secrets are read, a key is made for another user, a trail is stopped
and a bucket is opened. The team closes the bucket again. docs/how-to/investigate-an-incident.md has
the questions; each is answered here by the command that stands there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from orchestrator.cli.main import run
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import (
    HOME_REGION,
    NETWORK,
    PAYMENTS_DEV,
    PAYMENTS_PROD,
    PROMPT,
    a_fleet,
)
from tests.sandbox.test_trail import a_trail, delivered

BUCKET, SECRET, TRAIL, THIEF, TEAM = "payments-exports", "prod/db", "local", "ci", "administrator"
A_SECOND = 1.1
"""CloudTrail writes whole seconds."""
ALLOWED = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    *("sts:AssumeRole", "s3:*", "secretsmanager:*", "cloudtrail:StopLogging"),
                    *("iam:CreateAccessKey", "iam:ListUsers"),
                ],
                "Resource": "*",
            }
        ],
    }
)


@dataclass(frozen=True)
class Incident:
    """What is left of it: a lake of the trail's files, and the keys that were used."""

    lake: Path
    stolen: str
    made: str


def trusting(account: str) -> str:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def a_session(keys: dict[str, Any]) -> boto3.Session:
    return boto3.Session(
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys.get("SessionToken"),
        region_name=HOME_REGION,
    )


def prepare(sandbox: Sandbox) -> boto3.Session:
    """What is there before: a user, two roles, a bucket, secrets and a trail; the user's keys."""
    iam = sandbox.client("iam", PAYMENTS_DEV)
    iam.create_user(UserName=THIEF)
    iam.put_user_policy(UserName=THIEF, PolicyName="pipeline", PolicyDocument=ALLOWED)
    for account, role, before in (
        (PAYMENTS_PROD, "hop", PAYMENTS_DEV),
        (NETWORK, "deploy", PAYMENTS_PROD),
    ):
        there = sandbox.client("iam", account)
        there.create_role(RoleName=role, AssumeRolePolicyDocument=trusting(before))
        there.put_role_policy(RoleName=role, PolicyName="work", PolicyDocument=ALLOWED)
    sandbox.client("iam", NETWORK).create_user(UserName="backup")
    s3 = sandbox.client("s3", NETWORK)
    for name in (BUCKET, "local-trail"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME_REGION})
    s3.delete_public_access_block(Bucket=BUCKET)
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": ["arn:aws:s3:::local-trail", "arn:aws:s3:::local-trail/*"],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    s3.put_bucket_policy(Bucket="local-trail", Policy=policy)
    trail = sandbox.client("cloudtrail", NETWORK)
    trail.create_trail(Name=TRAIL, S3BucketName="local-trail")
    trail.start_logging(Name=TRAIL)
    secrets = sandbox.client("secretsmanager", NETWORK)
    for name in (SECRET, *(f"prod/{n}" for n in range(11))):
        secrets.create_secret(Name=name, SecretString="not-for-logs")
    time.sleep(A_SECOND)
    return a_session(iam.create_access_key(UserName=THIEF)["AccessKey"])


def attack(sandbox: Sandbox, stolen: boto3.Session) -> str:
    """Two hops, and what is done at the end of them; the id of the key that is made."""

    def client(session: boto3.Session, service: str) -> Any:
        return sandbox.made(session, service, HOME_REGION)

    with suppress(ClientError):
        client(stolen, "iam").create_user(UserName="denied")
    session = stolen
    for account, role in ((PAYMENTS_PROD, "hop"), (NETWORK, "deploy")):
        arn = f"arn:aws:iam::{account}:role/{role}"
        answer = client(session, "sts").assume_role(RoleArn=arn, RoleSessionName="job")
        session = a_session(answer["Credentials"])
    secrets = client(session, "secretsmanager")
    for name in (SECRET, *(f"prod/{n}" for n in range(11))):
        secrets.get_secret_value(SecretId=name)
    made = client(session, "iam").create_access_key(UserName="backup")["AccessKey"]
    client(session, "cloudtrail").stop_logging(Name=TRAIL)
    open_to_all = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    client(session, "s3").put_bucket_policy(
        Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [open_to_all]})
    )
    with suppress(ClientError):
        client(a_session(made), "s3").list_buckets()
    return str(made["AccessKeyId"])


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Incident]:
    folder = tmp_path_factory.mktemp("incident")
    with lifecycle.running(folder / "home", a_fleet(), PROMPT) as sandbox:
        a_trail(sandbox)
        stolen = prepare(sandbox)
        made = attack(sandbox, stolen)
        time.sleep(A_SECOND)
        sandbox.client("s3", NETWORK).delete_bucket_policy(Bucket=BUCKET)
        sandbox.client("cloudtrail", NETWORK).start_logging(Name=TRAIL)
        sandbox.deliver()
        counts = ingest_trail(delivered(sandbox, folder / "archive"), folder / "lake")
        assert (counts.lost, counts.quarantined.total()) == (0, 0)
        keys = stolen.get_credentials()
        assert keys is not None
        yield Incident(folder / "lake", str(keys.access_key), made)


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(incident: Incident, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs one command on the lake, and gives its JSON."""

    def asked(*words: str) -> dict[str, Any]:
        code = run([*words, "--lake", str(incident.lake), "--format", "json"])
        assert code == ExitCode.DONE
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return asked


def listed(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [*found["changes"], *found["listed_reads"]]


def test_who_opened_the_bucket_and_who_closed_it_is_not_blamed(ask: Ask) -> None:
    found = ask("investigate", f"arn:aws:s3:::{BUCKET}", "--control", "S3.2")

    culprit = found["culprit"]
    assert (culprit["call"], culprit["who"]["name"]) == ("PutBucketPolicy", THIEF)
    assert found["certainty"] == "known"
    closed = [each for each in found["changes"] if each["call"] == "DeleteBucketPolicy"]
    assert [each["who"]["name"] for each in closed] == [TEAM]


def test_which_way_the_thief_came_is_told_hop_by_hop(ask: Ask) -> None:
    culprit = ask("investigate", f"arn:aws:s3:::{BUCKET}", "--control", "S3.2")["culprit"]

    hops = [hop["principal"] for hop in culprit["who"]["chain"]]
    assert hops == [
        f"arn:aws:iam::{PAYMENTS_DEV}:user/{THIEF}",
        f"arn:aws:sts::{PAYMENTS_PROD}:assumed-role/hop/job",
        f"arn:aws:sts::{NETWORK}:assumed-role/deploy/job",
    ]


def test_what_the_stolen_key_did_at_any_hop_is_told(ask: Ask, incident: Incident) -> None:
    found = ask("investigate", incident.stolen)

    calls = {each["call"] for each in listed(found)}
    assert {"AssumeRole", "GetSecretValue", "StopLogging", "PutBucketPolicy"} <= calls
    assert {each["who"]["name"] for each in listed(found)} == {THIEF}


def test_what_the_user_did_at_any_hop_is_the_same(ask: Ask) -> None:
    found = ask("investigate", THIEF, "--by")

    assert {"CreateAccessKey", "StopLogging"} <= {each["call"] for each in found["changes"]}
    assert {each["account"] for each in listed(found)} >= {PAYMENTS_DEV, PAYMENTS_PROD, NETWORK}


def test_what_was_tried_and_refused_is_told(ask: Ask) -> None:
    found = ask("investigate", THIEF, "--by")

    refused = [each for each in found["changes"] if each["outcome"] == "failure"]
    assert ("CreateUser", "AccessDenied") in [(each["call"], each["error"]) for each in refused]


def test_who_read_the_secret_is_told(ask: Ask) -> None:
    found = ask("investigate", SECRET, "--resource")

    who = [(each["call"], each["who"]["name"]) for each in found["listed_reads"]]
    assert who == [("GetSecretValue", THIEF)]


def test_who_stopped_the_trail_is_told_and_not_who_started_it_again(ask: Ask) -> None:
    arn = f"arn:aws:cloudtrail:{HOME_REGION}:{NETWORK}:trail/{TRAIL}"

    culprit = ask("investigate", arn, "--control", "CloudTrail.1")["culprit"]

    assert (culprit["call"], culprit["who"]["name"]) == ("StopLogging", THIEF)


def test_who_made_a_key_for_another_user_is_told(ask: Ask) -> None:
    found = ask("investigate", "backup", "--resource")

    made = [each for each in found["changes"] if each["call"] == "CreateAccessKey"]
    assert [each["who"]["name"] for each in made] == [THIEF]


def test_what_was_done_with_the_key_that_was_made_is_told(ask: Ask, incident: Incident) -> None:
    found = ask("investigate", incident.made, "--reads")

    assert [(each["call"], each["outcome"]) for each in listed(found)] == [
        ("ListBuckets", "failure")
    ]


def test_what_of_it_the_rules_see_is_told_with_who_it_was(ask: Ask) -> None:
    found = ask("detect", "--since", "1d")

    told = {(each["file"], each["who"]["name"]) for each in found["detections"]}
    assert {
        ("trail-stopped.yml", THIEF),
        ("key-for-another-user.yml", THIEF),
        ("many-secrets-read.yml", THIEF),
    } <= told
