from __future__ import annotations

import json
from pathlib import Path
from random import Random

import duckdb
import pytest

from orchestrator.logs.event import event
from orchestrator.logs.json_path import Tree, at, branch, parsed
from orchestrator.logs.lake.duck import source
from orchestrator.logs.ocsf.classes import attributes, attributes_of_object, known_classes
from orchestrator.logs.ocsf.cloudtrail import NotCloudTrail, pruned, to_ocsf
from orchestrator.logs.ocsf.cloudtrail_sql import USUAL, select, typed
from orchestrator.logs.ocsf.fields import classify
from tests.cloudtrail import ACCOUNT, OTHER_ACCOUNT, Record, record, shapes
from tests.ocsf import class_schema, document, problems

SHAPES = shapes()


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_becomes_an_event_of_the_published_schema(name: str) -> None:
    assert problems(to_ocsf(SHAPES[name]), cloud=True) == []


@pytest.mark.parametrize("name", SHAPES)
def test_a_round_trip_keeps_id_time_and_principal(name: str) -> None:
    before, after = SHAPES[name], event(to_ocsf(SHAPES[name]))

    assert after.uid == before["eventID"]
    assert f"{after.time:%Y-%m-%dT%H:%M:%SZ}" == before["eventTime"]
    assert after.actor.arn == (at(before, "userIdentity.arn") or "")
    ids = ("userIdentity.principalId", "userIdentity.onBehalfOf.userId")
    assert after.actor.principal_id == next(filter(None, (at(before, each) for each in ids)), "")
    assert after.parameters == (before.get("requestParameters") or {})
    assert after.answer == (before.get("responseElements") or {})


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_of_a_record_is_lost(name: str) -> None:
    ocsf = to_ocsf(SHAPES[name])
    carried = leaves(ocsf) | {"true", "false", "Yes", "No"}

    assert [value for value in leaves(SHAPES[name]) if value not in carried] == []


def test_duckdb_makes_the_same_events_as_python(tmp_path: Path) -> None:
    file = tmp_path / "records.ndjson"
    file.write_text("\n".join(json.dumps(each) for each in SHAPES.values()))
    source = f"read_ndjson_objects('{file}', maximum_object_size=33554432)"

    query = f"SELECT to_json(e)::VARCHAR FROM ({select(source)}) e"  # noqa: S608  # our own
    rows = duckdb.connect().execute(query).fetchall()

    made = [json.dumps(normal(json.loads(row)), sort_keys=True) for (row,) in rows]
    expected = [json.dumps(normal(to_ocsf(shape)), sort_keys=True) for shape in SHAPES.values()]
    assert sorted(made) == sorted(expected)


def test_duckdb_makes_the_same_events_when_it_parses_usual_records_but_once(
    tmp_path: Path,
) -> None:
    nulls = dict.fromkeys(("requestParameters", "errorCode", "additionalEventData", "tlsDetails"))
    odd = {"readOnly": None, "apiVersion": 3, "requestParameters": [1, "x", {"y": None}]}
    usual = [shape for shape in SHAPES.values() if USUAL.issuperset(shape)]
    usual += [{**record("RunInstances"), **each} for each in (nulls, odd)]
    file, text = tmp_path / "records.ndjson", "\n".join(json.dumps(each) for each in usual)
    file.write_text(text)
    relation = source(file, text.encode(), typed())

    query = f"SELECT to_json(e)::VARCHAR FROM ({select(relation, usual=True)}) e"  # noqa: S608  # our own
    rows = duckdb.connect().execute(query).fetchall()

    made = [json.dumps(normal(json.loads(row)), sort_keys=True) for (row,) in rows]
    expected = [json.dumps(normal(to_ocsf(each)), sort_keys=True) for each in usual]
    assert len(usual) > 15
    assert sorted(made) == sorted(expected)


VALUES = (
    *("", "Failure", "Success", "Yes", "No", "true", "198.51.100.7", "2001:db8::7", "AWS Internal"),
    *("ConsoleLogin", "AssumeRole", "CreateUser", "TagRole", "signin.amazonaws.com", None),
    *("sts.amazonaws.com", "iam.amazonaws.com", "2026-03-01T09:58:12Z", "o'brien\" --"),
)


BODIES = ("requestParameters", "responseElements")
"""Objects or null, never a text."""


def mutated(random: Random) -> Record:
    """A shape in which some fields are gone and some have the value of another."""
    made: Record = json.loads(json.dumps(random.choice([*SMALL.values()])))
    for _ in range(random.randint(1, 6)):
        tree: object = made
        while isinstance(tree, dict) and tree:
            name = random.choice(sorted(tree))
            inner = tree[name]
            if isinstance(inner, dict) and inner and random.random() < 0.8:
                tree = inner
                continue
            if random.random() < 0.3:
                del tree[name]
            elif not isinstance(inner, dict | list):
                tree[name] = None if name in BODIES else random.choice(VALUES)
            break
    return {**made, "eventID": f"e{random.getrandbits(60)}", "eventTime": "2026-03-01T10:05:00Z"}


SMALL = {name: shape for name, shape in SHAPES.items() if name != "large"}


def refused(shape: Record) -> bool:
    try:
        to_ocsf(shape)
    except NotCloudTrail:
        return True
    return False


@pytest.mark.parametrize("usual", [False, True])
def test_python_and_duckdb_map_any_record_alike(usual: bool, tmp_path: Path) -> None:
    random = Random(17)  # noqa: S311  # the same records in every run
    some = [mutated(random) for _ in range(1500)]
    some = [each for each in some if not refused(each) and USUAL.issuperset(each)]
    file, text = tmp_path / "records.ndjson", "\n".join(map(json.dumps, some))
    file.write_text(text)
    relation = source(file, text.encode(), typed() if usual else "")

    query = f"SELECT to_json(e)::VARCHAR FROM ({select(relation, usual=usual)}) e"  # noqa: S608  # our own
    rows = duckdb.connect().execute(query).fetchall()

    made = {at(tree, "metadata.uid"): normal(tree) for (row,) in rows for tree in [json.loads(row)]}
    assert len(some) > 1000
    assert [made[each["eventID"]] for each in some] == [normal(to_ocsf(each)) for each in some]


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("signin.amazonaws.com", "ConsoleLogin", (3002, 1)),
        ("sts.amazonaws.com", "AssumeRole", (3002, 1)),
        ("sts.amazonaws.com", "AssumeRoleWithSAML", (3002, 1)),
        ("sts.amazonaws.com", "AssumeRoleWithWebIdentity", (3002, 1)),
        ("sts.amazonaws.com", "GetSessionToken", (6003, 2)),
        ("signin.amazonaws.com", "ExternalIdPDirectoryLogin", (3002, 1)),
        ("signin.amazonaws.com", "CheckMfa", (3002, 99)),
        ("signin.amazonaws.com", "EmailUpdated", (3001, 99)),
        ("iam.amazonaws.com", "AttachGroupPolicy", (3001, 7)),
        ("transfer.amazonaws.com", "CreateUser", (6003, 1)),
        ("iam.amazonaws.com", "CreateUser", (3001, 1)),
        ("iam.amazonaws.com", "DetachRolePolicy", (3001, 8)),
        ("iam.amazonaws.com", "ListUsers", (6003, 2)),
        ("ec2.amazonaws.com", "RunInstances", (6003, 1)),
        ("ec2.amazonaws.com", "DescribeInstances", (6003, 2)),
        ("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", (6003, 3)),
        ("s3.amazonaws.com", "DeleteBucket", (6003, 4)),
        ("odd.amazonaws.com", "Frobnicate", (6003, 99)),
    ],
)
def test_class_and_activity_follow_the_call(
    source: str, name: str, expected: tuple[int, int]
) -> None:
    assert classify(source, name) == expected


def test_a_failed_sign_in_is_a_failure_without_an_error_code() -> None:
    assert to_ocsf(SHAPES["failed console sign-in"])["status_id"] == 2
    assert to_ocsf(SHAPES["console sign-in"])["is_mfa"] is True


def test_the_account_is_the_one_that_was_called_and_the_actor_may_be_of_another() -> None:
    crossing = event(to_ocsf(SHAPES["cross-account"]))

    assert (crossing.account, crossing.actor.account) == (ACCOUNT, OTHER_ACCOUNT)
    assert crossing.resources == ("arn:aws:s3:::the-bucket",)


def test_a_session_keeps_its_role_its_name_and_who_is_behind_it() -> None:
    actor = event(to_ocsf(SHAPES["role chain"])).actor

    assert (actor.role, actor.session_name) == ("deploy", "deploy-7")
    assert actor.source_identity == "alice@example.com"


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"eventID": ""}, "no eventID"),
        ({"eventName": None}, "no eventName"),
        ({"eventTime": "yesterday"}, "eventTime 'yesterday' is not a time"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(missing: Record, said: str) -> None:
    with pytest.raises(NotCloudTrail, match=said):
        to_ocsf({**record("RunInstances"), **missing})


def test_an_event_of_the_release_candidate_is_read_like_one_of_1_1() -> None:
    old = {
        "class_uid": 3005,
        "activity_id": 2,
        "time": 1600726972000,
        "metadata": {"uid": "71c8", "version": "1.0.0-rc.2"},
        "cloud": {"region": "us-east-1", "provider": "AWS"},
        "api": {"operation": "DescribeVpcs", "service": {"name": "ec2.amazonaws.com"}},
        "actor": {
            "user": {
                "account_uid": ACCOUNT,
                "uid": "AIDAEXAMPLE",
                "uuid": f"arn:aws:iam::{ACCOUNT}:user/bob",
                "credential_uid": "AKIAEXAMPLE",
            }
        },
        "unmapped": {
            "recipientAccountId": ACCOUNT,
            "requestParameters": '{"vpcId":"vpc-1"}',
            "userIdentity.sessionContext.sourceIdentity": "alice",
        },
    }

    read = event(old)

    assert (read.actor.arn, read.actor.principal_id) == (
        f"arn:aws:iam::{ACCOUNT}:user/bob",
        "AIDAEXAMPLE",
    )
    assert (read.account, read.actor.source_identity) == (ACCOUNT, "alice")
    assert read.parameters == {"vpcId": "vpc-1"}


@pytest.mark.parametrize("class_uid", known_classes())
def test_each_class_has_the_attributes_that_are_published_and_no_other(class_uid: int) -> None:
    profiles = ("cloud", "datetime", "host", "network_proxy", "security_control")
    published = class_schema(class_uid, profiles)["properties"]

    assert set(attributes(class_uid)) - set(published) == set()


OBJECTS = ("metadata", "actor", "user", "network_endpoint", "api", "observable", "idp", "session")


@pytest.mark.parametrize("name", OBJECTS)
def test_each_object_has_the_attributes_that_are_published_and_no_other(name: str) -> None:
    published = document()["objects"][name]["attributes"]
    ours = attributes_of_object(name)
    profiles = {each for each in ours if each.endswith("_dt")}

    assert set(ours) - set(published) - profiles == set()
    for each, kind in ours.items():
        inner = published.get(each, {}).get("object_type", "")
        assert str(kind).removesuffix("[]") == f"@{inner}" or not str(kind).startswith("@"), each


def test_an_object_without_what_it_must_have_one_of_is_a_problem() -> None:
    event = to_ocsf(SHAPES["console sign-in"])

    found = problems({**event, "user": {"type": "Root"}, "src_endpoint": {"domain": "x"}})

    assert "$.user: at_least_one of account, name, uid" in found
    assert any(each.startswith("$.src_endpoint: at_least_one of ip, uid") for each in found)


def test_what_a_class_does_not_have_or_lacks_is_a_problem() -> None:
    found = " ".join(problems({"class_uid": 6003, "surprise": True}, cloud=True))

    assert "surprise" in found
    assert "'metadata' is a required property" in found
    assert "'cloud' is a required property" in found


def normal(ocsf: Tree) -> Tree:
    """Without nulls, and with JSON that stands in strings read."""
    tree = {**ocsf}
    if isinstance(tree.get("unmapped"), str):
        tree["unmapped"] = parsed(str(tree["unmapped"]))
    tree["unmapped"] = pruned({"x": {**branch(tree, "unmapped")}}).get("x", {})
    api = {**branch(tree, "api")}
    for side in ("request", "response"):
        inner = {**branch(api, side)}
        if isinstance(inner.get("data"), str):
            inner["data"] = parsed(str(inner["data"]))
        api[side] = inner
    return pruned({**tree, "api": api})


def leaves(value: object) -> set[str]:
    if isinstance(value, dict):
        return {leaf for inner in value.values() for leaf in leaves(inner)}
    if isinstance(value, list):
        return {leaf for inner in value for leaf in leaves(inner)}
    return set() if value in (None, "") else {str(value)}
