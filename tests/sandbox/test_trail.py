"""Every call in the sandbox is on record, and the one that made a control fail is found in it."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator import wiring
from orchestrator.findings.registry import causes_of
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.investigate.root_cause import Certainty
from orchestrator.logs.investigate.subject import Finding
from orchestrator.logs.investigate.timeline import Investigation, investigate
from orchestrator.logs.lake.question import Lake
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests import cloudtrail
from tests.sandbox.fleets import (
    HOME_REGION,
    LOG_ARCHIVE,
    MANAGEMENT,
    OTHER_REGION,
    PAYMENTS_DEV,
    PROMPT,
    a_fleet,
)
from tests.sandbox.violations import VIOLATIONS, Hand, Violation

pytestmark = pytest.mark.long

OTHERS = 100_000
ARCHIVE, LAKE = "trail-archive", f"aws-security-data-lake-{HOME_REGION}-example"
ORGANIZATION = a_fleet().organization_id


@dataclass(frozen=True)
class World:
    """An organization with a trail and a lake, in which much has been done."""

    sandbox: Sandbox
    violations: dict[str, Violation]
    records: list[dict[str, Any]]
    lake: Path
    named: set[str] = field(default_factory=set)
    """Controls whose cause was found."""

    def record_of(self, request: str) -> dict[str, Any]:
        (found,) = [r for r in self.records if r["requestID"] == request]
        return found


def a_trail(sandbox: Sandbox) -> None:
    """What Terraform makes: a bucket that CloudTrail may write, and an organization's trail."""
    s3 = sandbox.client("s3", LOG_ARCHIVE)
    place = {"LocationConstraint": HOME_REGION}
    for name in (ARCHIVE, LAKE):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{ARCHIVE}", f"arn:aws:s3:::{ARCHIVE}/*"],
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=ARCHIVE, Policy=json.dumps(document))
    sandbox.client("organizations").enable_aws_service_access(
        ServicePrincipal="cloudtrail.amazonaws.com"
    )
    trail = sandbox.client("cloudtrail")
    trail.create_trail(
        Name="organization",
        S3BucketName=ARCHIVE,
        IsMultiRegionTrail=True,
        IsOrganizationTrail=True,
    )
    trail.start_logging(Name="organization")


def delivered(sandbox: Sandbox, folder: Path) -> list[Path]:
    """The archive's files, as they are in the bucket."""
    s3 = sandbox.client("s3", LOG_ARCHIVE)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=ARCHIVE)
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    for key in keys:
        file = folder / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(s3.get_object(Bucket=ARCHIVE, Key=key)["Body"].read())
    return [folder / key for key in keys]


def everyday(folder: Path) -> list[Path]:
    """A hundred thousand other events of the same account and region, of these days."""
    stream = cloudtrail.Stream(OTHERS, days=5)
    stream.accounts = [PAYMENTS_DEV]
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    files = []
    for number in range(5):
        texts = stream.texts(PAYMENTS_DEV, today - timedelta(days=number))
        local = (text.replace(cloudtrail.REGION, HOME_REGION) for text in texts)
        files.append(folder / f"everyday-{number}.json.gz")
        files[-1].write_bytes(gzip.compress(cloudtrail.document(list(local)), 1))
    return files


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("trail")
    with lifecycle.running(folder / "home", a_fleet(), PROMPT) as sandbox:
        a_trail(sandbox)
        session = sandbox.session(PAYMENTS_DEV)
        hand = Hand(
            lambda service: sandbox.made(session, service, HOME_REGION), PAYMENTS_DEV, HOME_REGION
        )
        violations = {
            control: do(hand, f"by-{control.lower().replace('.', '-')}")
            for control, do in VIOLATIONS.items()
        }
        sandbox.deliver()
        files = delivered(sandbox, folder / "archive")
        records = [r for f in files for r in json.loads(gzip.decompress(f.read_bytes()))["Records"]]
        counts = ingest_trail([*files, *everyday(folder)], folder / "lake")
        assert counts.lost == 0
        assert counts.quarantined.total() == 0
        assert counts.total >= OTHERS + len(VIOLATIONS)
        sys.stdout.write(f"{len(records)} records of the sandbox among {counts.total} events\n")
        world = World(sandbox, violations, records, folder / "lake")
        yield world
        sys.stdout.write(f"{len(world.named)} of {len(VIOLATIONS)} controls named\n")


def asked(lake: Lake, control: str, violation: Violation) -> Investigation:
    now = datetime.now(UTC)
    finding = Finding(
        "f", control, control, PAYMENTS_DEV, HOME_REGION, (violation.resource,), now, now
    )
    return investigate(lake, finding, now, causes_of)


@pytest.mark.parametrize("control", VIOLATIONS)
def test_the_call_that_made_a_control_fail_is_named_among_a_hundred_thousand(
    control: str, world: World
) -> None:
    violation = world.violations[control]
    lake = wiring.lake(str(world.lake), "", {})

    found = asked(lake, control, violation)

    assert found.root_cause is not None, found.notes
    assert found.root_cause.event.uid == world.record_of(violation.request)["eventID"]
    assert found.certainty is Certainty.KNOWN
    assert found.root_cause.who.name == "administrator"
    world.named.add(control)


def test_at_least_thirty_controls_are_made_to_fail() -> None:
    assert len(VIOLATIONS) >= 30


def test_the_archive_in_s3_is_asked_without_a_copy(world: World) -> None:
    lake = wiring.lake(f"s3://{ARCHIVE}", HOME_REGION, reader(world))

    found = asked(lake, "EC2.13", world.violations["EC2.13"])

    assert found.root_cause is not None, found.notes
    uid = world.record_of(world.violations["EC2.13"].request)["eventID"]
    assert (found.root_cause.event.uid, found.root_cause.who.name) == (uid, "administrator")
    assert found.around is not None
    assert dict(found.around.calls)["CreateSecurityGroup"] >= 1


def test_the_same_events_are_in_the_lake_as_ocsf(world: World) -> None:
    lake = wiring.lake(f"s3://{LAKE}", HOME_REGION, reader(world))

    found = asked(lake, "RDS.2", world.violations["RDS.2"])

    assert found.root_cause is not None, found.notes
    uid = world.record_of(world.violations["RDS.2"].request)["eventID"]
    assert found.root_cause.event.uid == uid
    assert "not-for-logs" not in json.dumps(world.records)


def reader(world: World) -> dict[str, str]:
    """The keys of somebody who may read the log archive."""
    found = world.sandbox.session(LOG_ARCHIVE).get_credentials()
    assert found is not None
    return {
        **world.sandbox.environment,
        "AWS_ACCESS_KEY_ID": str(found.access_key),
        "AWS_SECRET_ACCESS_KEY": str(found.secret_key),
        "AWS_SESSION_TOKEN": str(found.token),
        "XDG_CACHE_HOME": str(world.lake.parent / "cache"),
    }


def test_a_record_has_what_cloudtrails_have(world: World) -> None:
    record = world.record_of(world.violations["EC2.13"].request)

    identity = record["userIdentity"]
    role = f"arn:aws:iam::{PAYMENTS_DEV}:role/OrganizationAccountAccessRole"
    assert identity["type"] == "AssumedRole"
    assert identity["arn"].endswith(":assumed-role/OrganizationAccountAccessRole/sandbox")
    assert identity["sessionContext"]["sessionIssuer"]["arn"] == role
    assert identity["sessionContext"]["attributes"]["creationDate"].endswith("Z")
    assert record["eventVersion"] == "1.11"
    assert (record["eventSource"], record["eventName"], record["awsRegion"]) == (
        "ec2.amazonaws.com",
        "AuthorizeSecurityGroupIngress",
        HOME_REGION,
    )
    assert record["userAgent"].startswith("Boto3/")
    assert record["requestParameters"]["ipPermissions"]["items"][0]["ipRanges"] == {
        "items": [{"cidrIp": "0.0.0.0/0"}]
    }
    assert record["responseElements"]["_return"] is True
    assert (record["readOnly"], record["managementEvent"]) == (False, True)
    assert record["recipientAccountId"] == PAYMENTS_DEV


def test_a_role_taken_in_another_account_is_on_record_in_both(world: World) -> None:
    taken = [
        r
        for r in world.records
        if r["eventName"] == "AssumeRole"
        and str(r["requestParameters"]["roleArn"]).split(":")[4] == PAYMENTS_DEV
    ]

    assert {r["recipientAccountId"] for r in taken} == {MANAGEMENT, PAYMENTS_DEV}
    assert {r["userIdentity"]["type"] for r in taken} == {"IAMUser", "AWSAccount"}
    assert len({r["sharedEventID"] for r in taken}) * 2 == len(taken)


def test_what_was_refused_is_on_record_with_its_error(world: World) -> None:
    ec2 = world.sandbox.client("ec2", PAYMENTS_DEV, region=OTHER_REGION)
    with pytest.raises(ec2.exceptions.ClientError):
        ec2.authorize_security_group_ingress(GroupId="sg-00000000000000000", IpPermissions=[])
    world.sandbox.deliver()

    s3 = world.sandbox.client("s3", LOG_ARCHIVE)
    prefix = f"AWSLogs/{ORGANIZATION}/{PAYMENTS_DEV}/CloudTrail/{OTHER_REGION}/"
    keys = [e["Key"] for e in s3.list_objects_v2(Bucket=ARCHIVE, Prefix=prefix)["Contents"]]
    bodies = [s3.get_object(Bucket=ARCHIVE, Key=key)["Body"].read() for key in keys]
    records = [r for body in bodies for r in json.loads(gzip.decompress(body))["Records"]]

    (refused,) = [r for r in records if r["eventName"] == "AuthorizeSecurityGroupIngress"]
    assert refused["errorCode"] == "Client.InvalidGroup.NotFound"
    assert refused["responseElements"] is None


def test_the_event_history_knows_who_changed_a_resource(world: World) -> None:
    client = world.sandbox.client("cloudtrail", PAYMENTS_DEV, region=HOME_REGION)
    violation = world.violations["EC2.13"]
    group = violation.resource.rpartition("/")[2]

    found = client.lookup_events(
        LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": group}]
    )["Events"]

    names = [each["EventName"] for each in found]
    assert names.count("AuthorizeSecurityGroupIngress") == 2
    assert names[-1] == "CreateSecurityGroup"
    whole = [json.loads(each["CloudTrailEvent"]) for each in found]
    assert world.record_of(violation.request) in whole
    by_name = [{"AttributeKey": "EventName", "AttributeValue": "DeleteTrail"}]
    assert client.lookup_events(LookupAttributes=by_name)["Events"] == []


def test_delivery_keeps_up_without_being_asked(world: World) -> None:
    s3 = world.sandbox.client("s3", LOG_ARCHIVE)

    def files() -> int:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=ARCHIVE)
        return sum(len(page.get("Contents", [])) for page in pages)

    before = files()
    world.sandbox.client("ec2", PAYMENTS_DEV).describe_vpcs()

    end = time.monotonic() + 60
    while files() <= before:
        assert time.monotonic() < end, "nothing was delivered"
        time.sleep(1)
