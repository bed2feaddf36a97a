from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.findings.registry import causes_of
from orchestrator.logs.event import event
from orchestrator.logs.ingest.trail import ingest_trail
from orchestrator.logs.investigate.principals import Kind, Principals
from orchestrator.logs.investigate.root_cause import Certainty
from orchestrator.logs.investigate.subject import (
    Finding,
    PrincipalSubject,
    ResourceSubject,
    Subject,
    finding,
    resource,
    subject,
)
from orchestrator.logs.investigate.timeline import (
    SHOWN,
    Investigation,
    investigate,
    outcome,
)
from orchestrator.logs.lake.engine import ParquetLake
from orchestrator.logs.lake.objects import LocalObjects
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from tests.cloudtrail import (
    ACCOUNT,
    REGION,
    START,
    Record,
    Stream,
    assume_role,
    assumed,
    document,
    iam_user,
    open_port,
    record,
    sso,
)
from tests.culprits import CASES, Case, group
from tests.memory_lake import MemoryLake
from tests.unit.findings.shapes import QUEUE, SQS_1, an_ocsf_event

OTHERS = 20_000
NOW = START + timedelta(days=10)
SEEN = START + timedelta(days=8)


def lake_of(*records: Record) -> MemoryLake:
    return MemoryLake(event(to_ocsf(each)) for each in records)


def at(minutes: int) -> str:
    return f"{START + timedelta(days=2, minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def a_finding(control: str, resource: str) -> Finding:
    return Finding("f", f"{control} fails", control, ACCOUNT, REGION, (resource,), SEEN, NOW)


def calls(case: Case, number: int) -> Iterator[Record]:
    """What happens to the resource: something harmless, the call, a refused try, a decoy."""
    source = f"{case.service}.amazonaws.com"
    decoy, parameters = case.decoy
    for minute, name, given, changed in (
        (0, decoy, parameters, {}),
        (10, case.name, case.parameters, {"eventID": f"culprit-{case.control}", **case.changed}),
        (20, case.name, case.parameters, {"errorCode": "AccessDenied", **case.changed}),
        (30, decoy, parameters, {}),
    ):
        yield record(
            name,
            source,
            **{
                "eventID": f"{case.control}-{minute}",
                "eventTime": at(number * 60 + minute),
                "requestParameters": given,
                **changed,
            },
        )


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> ParquetLake:
    """All cases among many thousand other events of the same account."""
    folder = tmp_path_factory.mktemp("busy")
    stream = Stream(OTHERS, days=5)
    stream.accounts = [ACCOUNT]
    for number, (account, day) in enumerate(stream.account_days()):
        texts = list(stream.texts(account, day))
        (folder / f"{number}.json.gz").write_bytes(gzip.compress(document(texts), 1))
    planted = [json.dumps(r) for n, case in enumerate(CASES) for r in calls(case, n)]
    (folder / "planted.json.gz").write_bytes(gzip.compress(document(planted)))
    counts = ingest_trail(sorted(folder.glob("*.gz")), folder / "lake")
    assert counts.total == OTHERS + len(CASES) * 4
    return ParquetLake(LocalObjects(folder / "lake"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.control)
def test_the_call_that_made_a_control_fail_is_named_among_many_thousand(
    case: Case, busy: ParquetLake
) -> None:
    found = investigate(busy, a_finding(case.control, case.resource), NOW, causes_of)

    assert found.root_cause is not None, found.notes
    assert found.root_cause.event.uid == f"culprit-{case.control}"
    assert found.certainty is Certainty.KNOWN
    assert found.root_cause.who.name in ("alice@example.com", f"root of {ACCOUNT}")


def test_many_control_ids_are_known() -> None:
    assert len(CASES) >= 30
    assert all(causes_of(case.control) for case in CASES)


def test_without_a_known_control_the_last_real_change_is_named_and_said_to_be_a_guess() -> None:
    name, uid = group(9)
    lake = lake_of(
        record(
            "CreateSecurityGroup",
            eventID="made",
            eventTime=at(0),
            responseElements={"groupId": name},
        ),
        record(
            "AuthorizeSecurityGroupIngress",
            eventID="opened",
            eventTime=at(5),
            requestParameters=open_port(name, 22),
        ),
        record(
            "CreateTags", eventID="tagged", eventTime=at(9), requestParameters={"resourceId": name}
        ),
        record(
            "DescribeSecurityGroups",
            eventID="read",
            eventTime=at(10),
            readOnly=True,
            requestParameters={"groupId": name},
        ),
    )

    found = investigate(lake, a_finding("EC2.999", uid), NOW, causes_of)

    assert found.root_cause is not None
    assert (found.root_cause.event.uid, found.certainty) == ("opened", Certainty.RANKED)
    assert ([e.event.uid for e in found.entries], found.reads) == (["made", "opened", "tagged"], 1)


def test_what_happened_after_the_finding_is_shown_but_never_blamed() -> None:
    name, uid = group(9)
    lake = lake_of(
        record(
            "AuthorizeSecurityGroupIngress",
            eventID="late",
            eventTime="2026-03-09T01:00:00Z",
            requestParameters=open_port(name, 22),
        ),
    )

    found = investigate(lake, a_finding("EC2.13", uid), NOW, causes_of)

    assert found.root_cause is None
    assert [e.event.uid for e in found.entries] == ["late"]
    assert "no call that makes EC2.13 fail was found" in found.notes[0]


def test_the_person_is_found_through_a_chain_of_roles() -> None:
    first = assumed("build", "build-1")
    second = assumed("deploy", "deploy-7")
    lake = lake_of(
        assume_role(
            "build",
            "build-1",
            str(first["accessKeyId"]),
            eventID="a1",
            eventTime=at(0),
            userIdentity=iam_user("bob"),
        ),
        assume_role(
            "deploy",
            "deploy-7",
            str(second["accessKeyId"]),
            eventID="a2",
            eventTime=at(5),
            userIdentity=first,
        ),
        call := record(
            "DeleteTrail", "cloudtrail.amazonaws.com", eventTime=at(9), userIdentity=second
        ),
    )

    who = Principals(lake).behind(event(to_ocsf(call)))

    assert (who.kind, who.name, who.how) == (Kind.PERSON, "bob", "IAM user")
    assert [hop.event for hop in who.chain] == ["a1", "a2", ""]


def test_a_session_that_nobody_is_seen_to_have_taken_is_unknown_not_guessed() -> None:
    call = record("DeleteTrail", eventTime=at(9), userIdentity=assumed("deploy", "deploy-7"))

    who = Principals(lake_of(call)).behind(event(to_ocsf(call)))

    assert (who.kind, who.how) == (Kind.UNKNOWN, "no event tells who took the role")


@pytest.mark.parametrize(
    ("identity", "kind", "name"),
    [
        (sso("alice@example.com"), Kind.PERSON, "alice@example.com"),
        (assumed("deploy", "x", sourceIdentity="carol"), Kind.PERSON, "carol"),
        (iam_user("bob"), Kind.PERSON, "bob"),
        (
            {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
            Kind.ROOT,
            f"root of {ACCOUNT}",
        ),
        (
            {"type": "AWSService", "invokedBy": "ssm.amazonaws.com"},
            Kind.SERVICE,
            "ssm.amazonaws.com",
        ),
        (assumed("web", "i-0123456789abcdef0"), Kind.WORKLOAD, "i-0123456789abcdef0"),
        (
            assumed("gh", "run-1", webIdFederationData={"federatedProvider": "token.example"}),
            Kind.WORKLOAD,
            "run-1",
        ),
        (
            {"type": "AWSAccount", "accountId": "444455556666", "principalId": "AROA:x"},
            Kind.OTHER_ACCOUNT,
            "444455556666",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, Kind) else "",
)
def test_who_is_behind_each_kind_of_identity(identity: Record, kind: Kind, name: str) -> None:
    call = record("RunInstances", userIdentity=identity)

    who = Principals(lake_of(call)).behind(event(to_ocsf(call)))

    assert (who.kind, who.name) == (kind, name)


def test_our_own_remediation_is_recognized() -> None:
    name, uid = group(9)
    own = assumed("orchestrator-remediation", "orchestrator-EC2.13-42")
    lake = lake_of(
        record(
            "RevokeSecurityGroupIngress",
            eventTime=at(3),
            userIdentity=own,
            requestParameters=open_port(name, 22),
        ),
    )

    found = investigate(lake, ResourceSubject(uid), NOW, causes_of)

    assert [entry.ours for entry in found.entries] == [True]


def test_a_change_shows_what_was_before() -> None:
    parameters = {"dBInstanceIdentifier": "orders", "masterUserPassword": "hunter2"}
    lake = lake_of(
        record(
            "ModifyDBInstance",
            "rds.amazonaws.com",
            eventID="1",
            eventTime=at(1),
            requestParameters={**parameters, "backupRetentionPeriod": 14},
        ),
        record(
            "ModifyDBInstance",
            "rds.amazonaws.com",
            eventID="2",
            eventTime=at(2),
            requestParameters={**parameters, "backupRetentionPeriod": 1},
        ),
    )

    found = investigate(
        lake, a_finding("RDS.11", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"), NOW, causes_of
    )

    assert found.root_cause is not None
    changed = {each.path: (each.before, each.after) for each in found.root_cause.changes}
    assert changed["backupRetentionPeriod"] == ("14", "1")
    assert changed["masterUserPassword"] == ("", "(hidden)")


def test_what_the_caller_did_in_the_hour_around_is_counted() -> None:
    name, uid = group(9)
    lake = lake_of(
        record(
            "AuthorizeSecurityGroupIngress",
            eventID="1",
            eventTime=at(100),
            requestParameters=open_port(name, 22),
        ),
        record("DescribeVpcs", eventID="2", eventTime=at(70), readOnly=True),
        record("StopLogging", eventID="3", eventTime=at(110), errorCode="AccessDenied"),
        record("RunInstances", eventID="4", eventTime=at(300)),
    )

    around = investigate(lake, a_finding("EC2.13", uid), NOW, causes_of).around

    assert around is not None
    assert dict(around.calls) == {
        "AuthorizeSecurityGroupIngress": 1,
        "DescribeVpcs": 1,
        "StopLogging": 1,
    }
    assert around.errors == (("AccessDenied", 1),)


def test_a_principal_is_asked_for_by_name_and_shows_what_they_changed() -> None:
    lake = lake_of(
        record("RunInstances", eventID="1", eventTime=at(1)),
        record("DescribeVpcs", eventID="2", eventTime=at(2), readOnly=True),
        record(
            "RunInstances", eventID="3", eventTime=at(3), userIdentity=sso("mallory@example.com")
        ),
    )

    found = investigate(lake, subject("alice@example.com"), NOW, causes_of)

    assert ([e.event.uid for e in found.entries], found.reads) == (["1"], 1)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("arn:aws:s3:::b", ResourceSubject),
        ("sg-0a1b2c3d4e5f60718", ResourceSubject),
        (f"AWS::::Account:{ACCOUNT}", ResourceSubject),
        (f"arn:aws:iam::{ACCOUNT}:role/x", ResourceSubject),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y", PrincipalSubject),
        ("AKIAIOSFODNN7EXAMPLE", PrincipalSubject),
        ("alice@example.com", PrincipalSubject),
    ],
)
def test_a_word_is_a_resource_or_a_principal(word: str, kind: type[object]) -> None:
    assert isinstance(subject(word), kind)


ASFF = {
    "Id": "f1",
    "Title": "EC2.13 …",
    "AwsAccountId": ACCOUNT,
    "Region": REGION,
    "Compliance": {"SecurityControlId": "EC2.13"},
    "FirstObservedAt": "2026-03-02T10:00:00.000Z",
    "UpdatedAt": "2026-03-03T10:00:00.000Z",
    "Resources": [{"Id": group(1)[1], "Type": "AwsEc2SecurityGroup"}],
}


@pytest.mark.parametrize(
    "wrapped", [ASFF, {"Findings": [ASFF]}, {"detail": {"findings": [ASFF]}}, [ASFF]]
)
def test_a_finding_is_read_however_it_is_wrapped(wrapped: object) -> None:
    read = finding(json.dumps(wrapped), "f.json")

    assert (read.control, read.resources) == ("EC2.13", (group(1)[1],))
    assert read.first_seen == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_an_ocsf_finding_is_read_too() -> None:
    read = finding(
        json.dumps(
            {
                "class_uid": 2003,
                "finding_info": {"uid": "f2", "title": "t", "first_seen_time": 1772445600000},
                "compliance": {"control": "EC2.13"},
                "cloud": {"account": {"uid": ACCOUNT}, "region": REGION},
                "resources": [{"uid": group(1)[1]}],
            }
        ),
        "f.json",
    )

    assert (read.control, read.account, read.resources) == ("EC2.13", ACCOUNT, (group(1)[1],))


def test_a_finding_of_the_unified_hub_is_about_the_arn_as_well_as_the_url() -> None:
    read = finding(json.dumps(an_ocsf_event(SQS_1)), "f.json")

    assert read.resources == (QUEUE, SQS_1["resources"][0]["uid"])
    assert read.control == "SQS.1"


@pytest.mark.parametrize("text", ["nonsense", "{}", '{"Findings": []}', '{"AwsAccountId": "1"}'])
def test_what_is_no_finding_is_refused_with_the_file_and_the_way_out(text: str) -> None:
    with pytest.raises(UsageError, match=r"f\.json: no finding"):
        finding(text, "f.json")


CASES_FOLDER = Path(__file__).parent / "cases"


def lake_of_case(name: str) -> MemoryLake:
    return lake_of(*json.loads((CASES_FOLDER / name).read_text("utf-8"))["Records"])


def in_march(lake: MemoryLake, word: Subject, control: str = "") -> Investigation:
    start = datetime(2023, 1, 1, tzinfo=UTC)
    return investigate(lake, word, NOW, causes_of, start, control=control)


def test_whoever_took_the_public_out_of_a_snapshot_is_not_blamed_for_letting_it_in() -> None:
    lake = lake_of_case("ec2.1-remove-blamed.json")

    found = in_march(lake, subject("snap-083d3b857c13988bc"), "EC2.1")

    assert found.root_cause is not None
    assert (found.root_cause.who.name, found.certainty) == ("mallory", Certainty.KNOWN)
    assert found.root_cause.event.time.hour == 10


def test_whoever_closes_is_not_even_guessed_where_the_control_is_not_named() -> None:
    lake = lake_of_case("ec2.1-remove-blamed.json")

    found = in_march(lake, subject("snap-083d3b857c13988bc"))

    assert found.root_cause is not None
    assert (found.root_cause.who.name, found.certainty) == ("mallory", Certainty.RANKED)


def test_with_only_the_fixers_call_in_the_lake_nobody_is_named() -> None:
    records = json.loads((CASES_FOLDER / "ec2.1-remove-blamed.json").read_text("utf-8"))["Records"]

    found = in_march(lake_of(records[1]), subject("snap-083d3b857c13988bc"), "EC2.1")

    assert (found.root_cause, found.certainty) == (None, None)
    assert [each.who.name for each in found.entries] == ["fixer"]


@pytest.mark.parametrize("word", ["mary", "544894e8-80c1-707f-60e3-3ba6510dfac1"])
def test_a_user_of_identity_center_is_found_by_name_and_by_id(word: str) -> None:
    found = in_march(lake_of_case("identity-center.json"), subject(word))

    assert [each.event.name for each in found.entries] == ["UserAuthentication", "Federate"]
    assert {each.who.name for each in found.entries} == {"mary"}


def test_a_failed_sign_in_and_one_without_mfa_are_told_apart() -> None:
    found = in_march(lake_of_case("console-login-failure.json"), subject("Paulo"))

    assert [outcome(each.event) for each in found.entries] == [
        "failed: Failed authentication",
        "done, no MFA",
    ]


def test_what_a_person_did_in_roles_of_other_accounts_is_theirs() -> None:
    found = in_march(lake_of_case("sso-two-hops.json"), subject("alice@example.com"))

    assert [each.event.name for each in found.entries] == [
        *("AssumeRole", "AssumeRole", "PutBucketPolicy", "GetSecretValue"),
    ]
    assert {each.who.name for each in found.entries} == {"alice@example.com"}


def test_a_read_of_a_secret_is_listed_with_the_person_behind_it() -> None:
    found = in_march(lake_of_case("sso-two-hops.json"), resource("prod/db"))

    assert [(e.event.name, e.who.name) for e in found.entries] == [
        ("GetSecretValue", "alice@example.com")
    ]


def test_reads_without_data_are_counted_and_listed_on_demand() -> None:
    name, uid = group(9)
    lake = lake_of(
        record(
            "DescribeSecurityGroups",
            eventTime=at(1),
            readOnly=True,
            requestParameters={"groupId": name},
        )
    )

    counted = investigate(lake, subject(uid), NOW, causes_of)
    listed = investigate(lake, subject(uid), NOW, causes_of, reads=True)

    assert (counted.reads, len(counted.entries)) == (1, 0)
    assert (listed.reads, len(listed.entries)) == (0, 1)


def test_where_the_parameters_do_not_tell_the_call_is_only_possible() -> None:
    lake = lake_of(
        record(
            "DeleteBucketPublicAccessBlock",
            "s3.amazonaws.com",
            eventTime=at(1),
            requestParameters={"bucketName": "b1"},
        )
    )

    found = investigate(lake, a_finding("S3.2", "arn:aws:s3:::b1"), NOW, causes_of)

    assert found.certainty is Certainty.POSSIBLE


def test_of_the_same_harm_done_twice_in_a_row_the_first_is_named() -> None:
    opened = {
        "bucketName": "b1",
        "bucketPolicy": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]},
    }
    lake = lake_of(
        *(
            record(
                "PutBucketPolicy",
                "s3.amazonaws.com",
                eventID=person,
                eventTime=at(minute),
                userIdentity=iam_user(person),
                requestParameters=opened,
            )
            for minute, person in ((1, "mallory"), (2, "bob"))
        )
    )

    found = investigate(lake, a_finding("S3.2", "arn:aws:s3:::b1"), NOW, causes_of)

    assert found.root_cause is not None
    assert found.root_cause.who.name == "mallory"


def test_our_own_fix_is_never_named_even_where_no_cause_is_known() -> None:
    name, uid = group(9)
    own = assumed("orchestrator-remediation", "orchestrator-EC2.13-42")
    lake = lake_of(
        record(
            "ModifySecurityGroupRules",
            eventTime=at(3),
            userIdentity=own,
            requestParameters={"groupId": name},
        ),
    )

    found = investigate(lake, a_finding("EC2.999", uid), NOW, causes_of)

    assert found.root_cause is None


def test_a_list_that_is_cut_says_how_many_are_left_out() -> None:
    lake = lake_of(
        *(record("RunInstances", eventID=str(n), eventTime=at(n)) for n in range(SHOWN + 3))
    )

    found = investigate(lake, subject("alice@example.com"), NOW, causes_of)

    assert (len(found.entries), found.cut) == (SHOWN, 3)
    (note,) = found.notes
    assert note.startswith("3 earlier events are not listed")
