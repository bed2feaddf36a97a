from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest

from orchestrator.findings.events import parse
from orchestrator.findings.finding import Category, Finding, Malformed, Severity
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.resource_id import NAMES, SERVICES, asff_type
from tests.unit.findings.a_world import (
    ACCOUNT,
    CLOSING,
    HOME,
    Things,
    World,
    a_decision,
    a_matrix,
    a_world,
    an_event,
)
from tests.unit.findings.shapes import (
    COVERAGE,
    EC2_8,
    EXPOSURE,
    FUNCTION,
    GUARDDUTY,
    IAM_1,
    INSPECTOR,
    INSTANCE,
    MACIE,
    POLICY,
    QUEUE,
    S3_1,
    SHAPES,
    SQS_1,
    TWINS,
    a_control,
    a_resource,
    an_ocsf_event,
    in_asff,
    product,
)


def read(shape: dict[str, Any]) -> Finding:
    (found,) = parse(an_ocsf_event(shape))
    assert isinstance(found, Finding), found
    return found


def refused(shape: dict[str, Any]) -> str:
    (found,) = parse(an_ocsf_event(shape))
    assert isinstance(found, Malformed), found
    assert found.v2
    return found.reason


@pytest.mark.parametrize("name", SHAPES)
def test_a_finding_as_it_really_comes_is_read(name: str) -> None:
    found = read(SHAPES[name])

    assert (found.account, found.region, found.partition, found.v2) == (ACCOUNT, HOME, "aws", True)
    assert found.updated.date().isoformat() == "2026-11-28"
    assert (found.archived, found.workflow) == (False, "NEW")


@pytest.mark.parametrize(
    ("shape", "resource", "kind"),
    [
        (SQS_1, QUEUE, "AwsSQSQueue"),
        (IAM_1, POLICY, "AwsIAMPolicy"),
        (S3_1, f"AWS::::Account:{ACCOUNT}", "AwsAccount"),
        (EC2_8, INSTANCE, "AwsEC2Instance"),
        (EXPOSURE, FUNCTION, "AwsLambdaFunction"),
        (COVERAGE, f"AWS::::Account:{ACCOUNT}", "AwsAccount"),
        (INSPECTOR, INSTANCE, "AwsEC2Instance"),
        (GUARDDUTY, "ASIAIOSFODNN7EXAMPLE", "AwsIAMAccessKey"),
        (MACIE, "arn:aws:s3:::orders", "AwsS3Object"),
    ],
)
def test_the_resource_is_called_as_remediations_and_people_know_it(
    shape: dict[str, Any], resource: str, kind: str
) -> None:
    found = read(shape)

    assert (found.resource, found.resource_type) == (resource, kind)


@pytest.mark.parametrize(
    ("name", "category", "product"),
    [
        ("SQS.1", Category.CONTROL, "Security Hub"),
        ("Inspector", Category.VULNERABILITY, "Inspector"),
        ("GuardDuty", Category.DETECTION, "GuardDuty"),
        ("Macie", Category.SENSITIVE_DATA, "Macie"),
        ("Exposure", Category.EXPOSURE, "Exposure"),
        ("Coverage", Category.COVERAGE, "Coverage"),
    ],
)
def test_each_kind_is_told_apart(name: str, category: Category, product: str) -> None:
    found = read(SHAPES[name])

    assert (found.category, found.product) == (category, product)


def test_an_exposure_is_known_whatever_aws_calls_its_product() -> None:
    name = "Security Hub Exposure Detection"
    metadata = {"product": {"uid": product("securityhub-exposure"), "name": name}}

    found = read({**EXPOSURE, "metadata": metadata})

    assert (found.category, found.product, found.service) == (
        Category.EXPOSURE,
        "Exposure",
        "exposure",
    )


@pytest.mark.parametrize("name", TWINS)
def test_both_hubs_tell_of_one_failure_under_one_key(name: str) -> None:
    (twin,) = parse(an_event(TWINS[name]))
    assert isinstance(twin, Finding), twin

    found = read(SHAPES[name])

    assert found.key == twin.key
    assert (found.id, found.updated, found.control) == (twin.id, twin.updated, twin.control)


def test_a_finding_without_a_control_is_one_in_both_whatever_its_resource_is_called() -> None:
    twin = in_asff("", "AwsEc2Instance", INSTANCE, Id=INSPECTOR["finding_info"]["uid"])
    twin["ProductArn"] = f"arn:aws:securityhub:{HOME}::product/aws/inspector"
    twin["Types"] = ["Software and Configuration Checks/Vulnerabilities/CVE"]
    (other,) = parse(an_event({**twin, "Compliance": {}}))
    assert isinstance(other, Finding)

    assert read(INSPECTOR).key == other.key
    assert read(INSPECTOR).category is other.category


def test_an_id_that_is_of_use_inside_of_iam_alone_gives_way_to_the_name() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/AIDAIMALBCBBI4ZZHJVTO"
    resource = {"Type": "AwsIamUser", "Id": arn, "Region": HOME}
    details = {"AwsIamUser": {"UserName": "ada", "UserId": "AIDAIMALBCBBI4ZZHJVTO"}}
    told = in_asff("IAM.8", "", "", Resources=[{**resource, "Details": details}])
    (found,) = parse(an_event(told))
    other = read(a_control("IAM.8", a_resource("AWS::IAM::User", "AIDAX", arn, name="ada")))
    assert isinstance(found, Finding)

    assert found.resource == other.resource == f"arn:aws:iam::{ACCOUNT}:user/ada"


def test_a_region_that_is_global_gives_way_to_that_of_the_finding() -> None:
    cloud = {"account": {"uid": ACCOUNT}, "region": "global"}

    assert read({**IAM_1, "cloud": cloud}).key == read(IAM_1).key
    assert read({**IAM_1, "cloud": {"account": {"uid": ACCOUNT}}}).region == HOME


@pytest.mark.parametrize(
    ("more", "over"),
    [
        ({"activity_id": 3}, (True, "NEW")),
        ({"status_id": 5}, (True, "NEW")),
        ({"status_id": 6}, (True, "NEW")),
        ({"status_id": 2}, (False, "NOTIFIED")),
        ({"status_id": 3}, (False, "SUPPRESSED")),
        ({"status_id": 4}, (False, "RESOLVED")),
        ({"status_id": 0}, (False, "NEW")),
        ({"status_id": 99}, (False, "NEW")),
    ],
)
def test_what_is_closed_archived_suppressed_or_resolved_says_so(
    more: dict[str, Any], over: tuple[bool, str]
) -> None:
    found = read({**SQS_1, **more})

    assert (found.archived, found.workflow) == over


@pytest.mark.parametrize(
    ("compliance", "status"),
    [
        ({"status_id": 1}, "PASSED"),
        ({"status_id": 2}, "WARNING"),
        ({"status": "fail"}, "FAILED"),
        ({"status": "Pass", "status_id": 99}, "PASSED"),
        ({}, "NOT_AVAILABLE"),
    ],
)
def test_compliance_is_read_from_the_number_or_else_from_the_word(
    compliance: dict[str, Any], status: str
) -> None:
    assert read({**SQS_1, "compliance": {"control": "SQS.1", **compliance}}).compliance == status


def test_the_worst_severity_of_all_is_critical() -> None:
    assert read({**SQS_1, "severity_id": 6}).severity is Severity.CRITICAL


def test_times_are_read_as_text_where_there_are_no_numbers() -> None:
    found = read(EXPOSURE)

    assert found.created == datetime(2026, 11, 28, 9, 0, 0, 337224, UTC)
    assert found.updated == datetime(2026, 11, 28, 9, 5, tzinfo=UTC)


def test_a_control_is_believed_of_awss_own_product_alone() -> None:
    mine = f"arn:aws:securityhub:{HOME}:{ACCOUNT}:productv2/aws/securityhub"
    metadata = {"product": {"uid": mine, "name": "Security Hub"}}

    assert read({**SQS_1, "metadata": metadata}).control == ""


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"metadata": {}}, "'uid' is not a text of 1 to 1024 characters"),
        ({"metadata": {"product": {"uid": "x"}}}, "'x' is not the ARN of a product"),
        ({"finding_info": {}}, "'uid' is not a text of 1 to 1024 characters"),
        ({"cloud": {"account": {}, "region": HOME}}, "'' is not an account id"),
        ({"cloud": {"account": {"uid": ACCOUNT}, "region": "mars"}}, "'mars' is not a region"),
        ({"resources": []}, "names no resource"),
        ({"resources": [a_resource("AWS::SQS::Queue", "")]}, "'name' is not a text of 1 to 1024"),
        (
            {"resources": [a_resource("AWS::SQS::Queue", "q", QUEUE.replace(ACCOUNT, "1" * 12))]},
            f"the resource is in account {'1' * 12}, the finding in {ACCOUNT}",
        ),
        (
            {"resources": [a_resource("AWS::SQS::Queue", "q", QUEUE.replace(HOME, "us-east-1"))]},
            f"the resource is in us-east-1, the finding in {HOME}",
        ),
    ],
)
def test_what_cannot_be_acted_on_says_why(more: dict[str, Any], why: str) -> None:
    assert refused({**SQS_1, **more}).startswith(why)


@pytest.mark.parametrize("shape", [INSPECTOR, GUARDDUTY, MACIE, EXPOSURE, COVERAGE])
@pytest.mark.parametrize("resources", [[], None, ["x"], [{}] * 40, [{"uid": "x" * 4000}]])
def test_a_finding_that_nothing_is_fixed_for_is_told_whatever_it_says_of_its_resources(
    shape: dict[str, Any], resources: Any
) -> None:
    found = read({**shape, "resources": resources})

    assert found.resource.isprintable()
    assert 0 < len(found.resource) <= 1024


def shapes_of(service: str, name: str) -> Any:
    return botocore.session.get_session().get_service_model(service).shape_for(name)


RENAMED = tuple(f"aws{name.lower()}" for name in SERVICES.values())
"""How ASFF's types of services begin that have another word in CloudFormation."""


def test_each_type_that_a_remediation_is_about_is_reached_from_awss_word_for_it() -> None:
    """A type that AWS Config does not record is told by CloudFormation in ASFF's own words."""
    reached = {asff_type(kind).lower() for kind in shapes_of("config", "ResourceType").enum}
    wanted = {kind for each in BY_CONTROL.values() for kind in (each.resource_type, *each.also)}

    missed = {kind for kind in wanted if kind.lower() not in reached}

    assert {kind for kind in missed if kind.lower().startswith(RENAMED)} == set()
    assert len(missed) < len(wanted) / 4


def test_asffs_own_words_for_types_are_met_save_for_those_that_config_does_not_record() -> None:
    reached = {asff_type(kind).lower() for kind in shapes_of("config", "ResourceType").enum}
    known = shapes_of("securityhub", "ResourceDetails").members

    missed = {kind for kind in known if kind.startswith("Aws") and kind.lower() not in reached}

    assert missed == {
        "AwsDmsReplicationInstance",
        "AwsDmsReplicationTask",
        "AwsEcrContainerImage",
        "AwsEcsContainer",
        "AwsEcsTask",
        "AwsIamAccessKey",
        "AwsLambdaLayerVersion",
        "AwsS3Object",
        "AwsSageMakerNotebookInstance",
    }


@pytest.mark.parametrize(("kind", "key"), NAMES)
def test_the_names_in_the_details_are_those_of_asff(kind: str, key: str) -> None:
    assert key in shapes_of("securityhub", "ResourceDetails").members[kind].members


SQS = replace(CLOSING, controls=("SQS.1",), resource_type="AwsSqsQueue")


def a_world_of_queues(kind: str = "remediate") -> World:
    things = Things({QUEUE: True})
    when = datetime(2026, 11, 28, 9, 6, tzinfo=UTC)
    matrix = a_matrix(a_decision(kind, "SQS.1"))
    return a_world(matrix, {"sqs.1": SQS}, things, now=when)


OCSF_FIRST = [an_ocsf_event(SQS_1), an_event(TWINS["SQS.1"])]
LATER = {**SQS_1["finding_info"], "modified_time": SQS_1["finding_info"]["modified_time"] + 1789}
LATE = an_ocsf_event({**SQS_1, "finding_info": LATER})
ORDERS = {
    "ocsf, asff": OCSF_FIRST,
    "asff, ocsf": OCSF_FIRST[::-1],
    "asff, ocsf with another time": [OCSF_FIRST[1], LATE],
    "ocsf with another time, asff": [LATE, OCSF_FIRST[1]],
    "each twice": [*OCSF_FIRST, *OCSF_FIRST],
}


def told(world: World, events: list[dict[str, Any]]) -> list[str]:
    found = [each for event in events for each in parse(event)]
    return [world.route(f, f"m{i}") for i, f in enumerate(found) if isinstance(f, Finding)]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("kind", "first"), [("remediate", "fixed"), ("detect", "told")])
def test_one_failure_that_both_hubs_tell_of_has_one_effect(
    order: str, kind: str, first: str
) -> None:
    world = a_world_of_queues(kind)

    words = told(world, ORDERS[order])

    assert words[0] == first
    assert set(words[1:]) <= {"duplicate", "late"}
    assert world.things.writes == ([f"fix {QUEUE}"] if kind == "remediate" else [])
    assert len(world.sender.sent) == len(world.hub.notes) == 1
    records = [key for key in world.table.items if key.pk.startswith("day#")]
    assert len(records) == (1 if kind == "remediate" else 0)


@pytest.mark.parametrize("first", [0, 1])
def test_a_fix_that_fails_is_not_tried_again_because_the_other_hub_tells_of_it(first: int) -> None:
    world = a_world_of_queues()
    world.things.stubborn = True

    words = told(world, [OCSF_FIRST[first], LATE if first else OCSF_FIRST[1]])

    assert (words[0], set(words[1:]) <= {"duplicate", "late"}) == ("failing", True)
    assert world.things.writes == [f"fix {QUEUE}"]


def test_a_resource_that_fails_again_is_seen_though_both_hubs_tell_of_it() -> None:
    world = a_world_of_queues()
    told(world, OCSF_FIRST)
    world.things.open[QUEUE] = True
    again = {
        **SQS_1["finding_info"],
        "modified_time": SQS_1["finding_info"]["modified_time"] + 60_000,
    }
    twin = {**TWINS["SQS.1"], "UpdatedAt": "2026-11-28T09:06:00Z"}

    words = told(world, [an_event(twin), an_ocsf_event({**SQS_1, "finding_info": again})])

    assert "fixed" in words
    assert world.things.writes == [f"fix {QUEUE}"] * 2


@pytest.mark.parametrize("unified", [True, False])
def test_what_passes_after_our_fix_is_closed_though_our_note_is_still_there(unified: bool) -> None:
    """Neither hub takes a note away when AWS evaluates the resource again."""
    world = a_world_of_queues()
    later = {**SQS_1["finding_info"], "modified_time": SQS_1["finding_info"]["modified_time"] + 9e5}
    passed = {
        **{**SQS_1, "finding_info": later, "comment": "orchestrator: fixed", "status_id": 4},
        "compliance": {"control": "SQS.1", "status_id": 1},
    }
    twin = {
        **{
            **TWINS["SQS.1"],
            "UpdatedAt": "2026-11-28T09:20:00Z",
            "Workflow": {"Status": "RESOLVED"},
        },
        "Note": {"Text": "fixed", "UpdatedBy": "orchestrator"},
        "Compliance": {"Status": "PASSED", "SecurityControlId": "SQS.1"},
    }

    words = told(world, [OCSF_FIRST[0], an_ocsf_event(passed) if unified else an_event(twin)])

    assert words == ["fixed", "closed"]


def test_a_resource_that_is_called_by_no_arn_is_left_alone_and_told() -> None:
    world = a_world_of_queues()

    words = told(
        world, [an_ocsf_event(a_control("SQS.1", a_resource("AWS::SQS::Queue", "orders")))]
    )

    assert (words, world.things.writes) == (["refused"], [])


def test_a_type_in_cloudformations_words_is_held_against_the_remediation() -> None:
    other = a_control("SQS.1", a_resource("AWS::SNS::Topic", "t", QUEUE))
    world = a_world_of_queues()

    assert told(world, [an_ocsf_event(other)]) == ["refused"]


def test_coverage_that_is_there_is_nothing_to_tell() -> None:
    passed = {**COVERAGE, "compliance": {"status": "Pass", "status_id": 1}}
    world = a_world()

    assert told(world, [an_ocsf_event(passed), an_ocsf_event(COVERAGE)]) == ["ignore", "told"]


GENERATED = 10_000
KINDS = list(shapes_of("config", "ResourceType").enum)
NASTY: tuple[Any, ...] = (
    None, "", "x", -1, 0, 3, 99, 1e400, True, [], {}, [None], "arn:", "arn:aws:x:::", "\u202e",
    "global", {"uid": None}, "x" * 2000, [{"uid": 1}], float("nan"),
)  # fmt: skip


def generated(random_: random.Random) -> dict[str, Any]:
    """A finding of any class and version, from any product, with any shape of a resource."""
    pick = random_.choice
    shape = dict(pick(list(SHAPES.values())))
    region = pick([HOME, "us-east-1", "us-gov-west-1", "eusc-de-east-1"])
    info = shape["finding_info"]
    shape["finding_info"] = {**info, "uid": info["uid"].replace(HOME, region)}
    shape["cloud"] = {"account": {"uid": ACCOUNT}, "region": pick([region, region, "global", None])}
    sender = pick(["securityhub", "inspector", "guardduty", "macie", "securityhub-coverage"])
    version = f"1.{random_.randrange(5, 10)}.0"
    shape["metadata"] = {
        "product": {"uid": product(sender, region), "name": sender},
        "version": version,
    }
    shape["activity_id"], shape["status_id"] = pick([1, 2, 3]), pick([0, 1, 2, 3, 4, 5, 6, 99])
    shape["severity_id"] = pick([0, 1, 2, 3, 4, 5, 6, 99])
    uid, kind = f"r-{random_.randrange(1_000)}", pick(KINDS)
    arn = f"arn:aws:x:{pick([region, ''])}:{pick([ACCOUNT, ''])}:{uid}"
    names = pick([{"uid": uid, "uid_alt": arn}, {"uid": arn}, {"uid": uid}, {"name": uid}])
    shape["resources"] = [{"type": kind, "region": pick([region, "global"]), **names}]
    return shape


def spoilt(shape: dict[str, Any], random_: random.Random) -> dict[str, Any]:
    """With one thing wrong, anywhere down to the second level."""
    shape = {key: dict(value) if isinstance(value, dict) else value for key, value in shape.items()}
    where = random_.choice([shape, *(value for value in shape.values() if isinstance(value, dict))])
    if where:
        where[random_.choice(sorted(where))] = random_.choice(NASTY)
    return shape


def test_ten_thousand_findings_are_each_read_or_refused_for_a_reason() -> None:
    random_ = random.Random(16)  # noqa: S311  the same findings each time
    counted: Counter[str] = Counter()
    for number in range(GENERATED):
        whole = generated(random_)
        wrong = number % 4 == 0
        (found,) = parse(an_ocsf_event(spoilt(whole, random_) if wrong else whole))
        if isinstance(found, Malformed):
            assert wrong, (found.reason, whole)
            assert found.reason.isprintable()
        counted[found.category.value if isinstance(found, Finding) else "malformed"] += 1

    assert 200 < counted["malformed"] < GENERATED / 4
    assert min(counted[each] for each in Category) > 100, counted
