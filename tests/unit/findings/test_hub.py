"""What is written back to Security Hub, as botocore's model of its API has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from orchestrator.findings.events import parse
from orchestrator.findings.finding import Finding
from orchestrator.findings.messages.channels import SecurityHub
from tests.unit.findings.a_world import ACCOUNT, HOME, a_finding
from tests.unit.findings.shapes import INSPECTOR, SQS_1, an_ocsf_event, product


@pytest.fixture
def api() -> Iterator[Stubber]:
    client = boto3.client("securityhub", HOME, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubbed:
        yield stubbed
        stubbed.assert_no_pending_responses()


def read(shape: dict[str, Any]) -> Finding:
    (found,) = parse(an_ocsf_event(shape))
    assert isinstance(found, Finding)
    return found


def test_a_finding_in_asff_gets_a_note_and_a_workflow_status(api: Stubber) -> None:
    finding = a_finding()
    api.add_response(
        "batch_update_findings",
        {"ProcessedFindings": [], "UnprocessedFindings": []},
        {
            "FindingIdentifiers": [{"Id": finding.id, "ProductArn": finding.product_arn}],
            "Workflow": {"Status": "RESOLVED"},
            "Note": {"Text": "fixed", "UpdatedBy": "orchestrator"},
        },
    )

    assert SecurityHub(api.client).note(finding, "RESOLVED", "fixed") == ""


@pytest.mark.parametrize(("workflow", "status"), [("RESOLVED", 4), ("NOTIFIED", 2)])
@pytest.mark.parametrize(("shape", "sender"), [(SQS_1, "securityhub"), (INSPECTOR, "inspector")])
def test_a_finding_in_ocsf_gets_a_comment_and_a_status(
    api: Stubber, shape: dict[str, Any], sender: str, workflow: str, status: int
) -> None:
    api.add_response(
        "batch_update_findings_v2",
        {"ProcessedFindings": [], "UnprocessedFindings": []},
        {
            "FindingIdentifiers": [
                {
                    "CloudAccountUid": ACCOUNT,
                    "FindingInfoUid": shape["finding_info"]["uid"],
                    "MetadataProductUid": product(sender),
                }
            ],
            "StatusId": status,
            "Comment": "orchestrator: done",
        },
    )

    assert SecurityHub(api.client).note(read(shape), workflow, "done") == ""


def test_a_comment_is_no_longer_than_it_may_be(api: Stubber) -> None:
    answer: dict[str, list[Any]] = {"ProcessedFindings": [], "UnprocessedFindings": []}
    api.add_response("batch_update_findings_v2", answer)
    sent: list[str] = []
    register = api.client.meta.events.register
    register("provide-client-params.*.*", lambda params, **_: sent.append(params["Comment"]))

    SecurityHub(api.client).note(read(SQS_1), "RESOLVED", "x" * 600)

    assert [len(each) for each in sent] == [512]


def test_what_the_hub_did_not_take_is_a_problem_with_its_code(api: Stubber) -> None:
    left = {"ErrorCode": "ResourceNotFoundException", "ErrorMessage": "no such finding"}
    api.add_response(
        "batch_update_findings_v2", {"ProcessedFindings": [], "UnprocessedFindings": [left]}
    )
    api.add_client_error("batch_update_findings_v2", "AccessDeniedException", "no")
    hub = SecurityHub(api.client)

    assert hub.note(read(SQS_1), "RESOLVED", "x") == "not taken: ResourceNotFoundException"
    assert "AccessDenied" in hub.note(read(SQS_1), "RESOLVED", "x")


def test_our_own_comment_is_known_when_it_comes_back() -> None:
    comment = {"comment": "orchestrator: fixed 20261128-1", "status_id": 4}

    assert read({**SQS_1, **comment}).ours
    assert not read({**SQS_1, "comment": "John's testing"}).ours
