"""The findings function worked by hand: its own settings, its role, and an account's resources."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.adapters.aws.operator import FUNCTION, operator
from orchestrator.controls.operator import Operator
from orchestrator.errors import UsageError
from orchestrator.findings.events import CUSTOM
from orchestrator.findings.finding import Finding, supposed
from orchestrator.findings.records import Outcome
from orchestrator.findings.remediation import Refused
from orchestrator.findings.undo import Stands
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import ORGANIZATION, WEB, a_keyring, allow, furnish, make_role
from tests.sandbox.fleets import PROMPT, a_fleet
from tests.unit.findings.a_world import a_decision, a_matrix

SECURITY, MEMBER = ORGANIZATION.security.id, WEB.account_id
HOME = ORGANIZATION.facts.home_region
MATRIX = a_matrix(a_decision(control="EC2.13"))
STORE, SWITCH = "orchestrator-remediation", "/orchestrator/remediation/switch"
IAM = "arn:aws:iam::"
DEAD = f"{FUNCTION}-dead"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path_factory.mktemp("operator"), a_fleet(), PROMPT) as running:
        furnish(running)
        _roles(running)
        yield running


@pytest.fixture(scope="module")
def operated(sandbox: Sandbox) -> Operator:
    _deploy(sandbox)
    return operator(a_keyring(sandbox), ORGANIZATION, sandbox.environment, MATRIX)


def _roles(sandbox: Sandbox) -> None:
    facts = ORGANIZATION.facts
    access = facts.access
    runner = f"{IAM}{ORGANIZATION.management.id}:role/{access.runner_role}"
    there, member = sandbox.client("iam", SECURITY), sandbox.client("iam", MEMBER)
    for role, external_id in (
        (access.apply_role, access.external_id),
        (FUNCTION, facts.remediation.external_id),
    ):
        make_role(there, role, runner, external_id)
        allow(there, role)
    _let_lambda_in(there)
    make_role(member, STORE, f"{IAM}{SECURITY}:role/{FUNCTION}", "example")
    allow(member, STORE)


def _let_lambda_in(iam: Any) -> None:
    """The function's role is one that Lambda can assume, too."""
    policy = iam.get_role(RoleName=FUNCTION)["Role"]["AssumeRolePolicyDocument"]
    by_service = {"Service": "lambda.amazonaws.com"}
    policy["Statement"].append(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": by_service}
    )
    iam.update_assume_role_policy(RoleName=FUNCTION, PolicyDocument=json.dumps(policy))


def _deploy(sandbox: Sandbox) -> None:
    """As modules/finding_router does; nobody calls the function's code here."""
    queue = sandbox.client("sqs", SECURITY, region=HOME)
    queue.create_queue(QueueName=FUNCTION)
    dead = queue.create_queue(QueueName=DEAD)["QueueUrl"]
    key = sandbox.client("kms", SECURITY, region=HOME).create_key()["KeyMetadata"]["Arn"]
    sandbox.client("s3", SECURITY, region=HOME).create_bucket(
        Bucket=STORE, CreateBucketConfiguration={"LocationConstraint": HOME}
    )
    names = {"pk": "HASH", "sk": "RANGE"}
    sandbox.client("dynamodb", SECURITY, region=HOME).create_table(
        TableName=STORE,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in names.items()],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        BillingMode="PAY_PER_REQUEST",
    )
    sandbox.client("ssm", SECURITY, region=HOME).put_parameter(
        Name=SWITCH, Value="on", Type="String"
    )
    sandbox.client("lambda", SECURITY, region=HOME).create_function(
        FunctionName=FUNCTION,
        Runtime="python3.12",
        Role=f"{IAM}{SECURITY}:role/{FUNCTION}",
        Handler="nothing.here",
        Code={"ZipFile": _zip()},
        Environment={
            "Variables": {
                "MATRIX": "matrix.json",
                "TABLE": STORE,
                "BUCKET": STORE,
                "KEY_ARN": key,
                "KILL_SWITCH": SWITCH,
                "ROLE": STORE,
                "EXTERNAL_ID": "example",
                "DEAD_LETTERS": dead,
            }
        },
    )


def _zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("nothing.py", "")
    return data.getvalue()


def a_hole(sandbox: Sandbox, name: str) -> Finding:
    """A security group of the member that lets the world in by SSH."""
    ec2 = sandbox.client("ec2", MEMBER, region=HOME)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName=name, Description="a test", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    arn = f"arn:aws:ec2:{HOME}:{MEMBER}:security-group/{group}"
    return supposed("EC2.13", MEMBER, HOME, arn, datetime.now(UTC))


def is_open(sandbox: Sandbox, finding: Finding) -> bool:
    ec2 = sandbox.client("ec2", MEMBER, region=HOME)
    (group,) = ec2.describe_security_groups(GroupIds=[finding.resource.rpartition("/")[2]])[
        "SecurityGroups"
    ]
    return any(rule.get("FromPort") == 22 for rule in group["IpPermissions"])


def test_without_a_function_that_is_said(sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match="is not deployed"):
        operator(a_keyring(sandbox), ORGANIZATION, sandbox.environment, MATRIX)


def test_a_finding_is_tried_fixed_recorded_and_taken_back(
    sandbox: Sandbox, operated: Operator
) -> None:
    finding = a_hole(sandbox, "whole-way")

    rehearsal = operated.rehearse(finding)
    assert rehearsal.plan
    assert is_open(sandbox, finding)

    record = operated.apply(finding, rehearsal.plan, force=False)
    assert (record.outcome, is_open(sandbox, finding)) == (Outcome.FIXED, False)
    assert record.by.startswith("arn:aws:")
    assert operated.record(record.id) == record
    assert record in operated.records(1)

    standing = operated.standing(record)
    assert standing.stands is Stands.AS_FIXED
    assert (standing.now, standing.before != standing.after) == (standing.after, True)
    undone = operated.undo(record.id, force=False, why="It was meant to be open.")
    assert (undone.outcome, undone.undone_why) == (Outcome.UNDONE, "It was meant to be open.")
    assert operated.standing(undone).stands is Stands.AS_BEFORE
    assert is_open(sandbox, finding)


def test_what_is_not_the_approved_plan_is_refused(sandbox: Sandbox, operated: Operator) -> None:
    finding = a_hole(sandbox, "another-plan")

    with pytest.raises(Refused, match="make a new one"):
        operated.apply(finding, "0" * 64, force=False)
    assert is_open(sandbox, finding)


def test_a_record_that_nobody_has_is_refused(operated: Operator) -> None:
    with pytest.raises(Refused, match="there is no record"):
        operated.undo("20261123-0000000000", force=False, why="")


def test_the_switch_is_turned_and_read(sandbox: Sandbox, operated: Operator) -> None:
    operated.turn(on=False)

    assert "is off" in operated.stopped()
    operated.turn(on=True)
    value = sandbox.client("ssm", SECURITY, region=HOME).get_parameter(Name=SWITCH)
    assert value["Parameter"]["Value"] == "on"


def test_what_nobody_could_work_on_goes_back_into_the_queue(
    sandbox: Sandbox, operated: Operator
) -> None:
    queue = sandbox.client("sqs", SECURITY, region=HOME)
    urls = {name: queue.get_queue_url(QueueName=name)["QueueUrl"] for name in (FUNCTION, DEAD)}
    body = json.dumps({"detail-type": CUSTOM})
    queue.send_message(QueueUrl=urls[DEAD], MessageBody=body)
    reason = {"reason": {"DataType": "String", "StringValue": "it is not a finding"}}
    queue.send_message(QueueUrl=urls[DEAD], MessageBody="{}", MessageAttributes=reason)

    replayed = operated.replay_dead_letters(malformed=False)

    assert (replayed.sent, replayed.left) == (1, ("it is not a finding",))
    assert queue.receive_message(QueueUrl=urls[FUNCTION])["Messages"][0]["Body"] == body


def test_the_tickets_answers_are_read_as_the_functions_role(operated: Operator) -> None:
    """No team has a tracker here: there are none, and the table says so."""
    assert operated.answers(datetime.now(UTC).date()) == ()
