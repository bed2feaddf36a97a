"""Security Hub asked for what is new: the findings of some accounts since a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestrator.adapters.aws.findings import AwsFindings
from orchestrator.errors import AwsDenied
from orchestrator.model.names import AccountId
from orchestrator.ports import Findings
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import ORGANIZATION, a_keyring
from tests.sandbox.services.securityhub.asff import a_finding

SECURITY = ORGANIZATION.security.id
SINCE = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEFORE, AFTER = "2026-06-01T11:59:59.000Z", "2026-06-01T12:00:01.000Z"
MANY = [AccountId(f"9{n:011}") for n in range(45)]
"""More than one filter may name."""


@pytest.fixture(scope="module")
def findings(sandbox: Sandbox) -> Findings:
    """An administrator with findings of its own, old and new, harmless and not."""
    hub = sandbox.client("securityhub", SECURITY)
    hub.enable_security_hub()
    made: dict[str, dict[str, str]] = {
        "new": {"CreatedAt": AFTER, "Title": "a bucket is public"},
        "worse": {"CreatedAt": AFTER, "Title": "root was used", "label": "CRITICAL"},
        "old": {"CreatedAt": BEFORE},
        "harmless": {"CreatedAt": AFTER, "label": "MEDIUM"},
        "archived": {"CreatedAt": AFTER, "RecordState": "ARCHIVED"},
        "accepted": {"CreatedAt": AFTER},
    }
    hub.batch_import_findings(
        Findings=[a_finding(name, account=SECURITY, **fields) for name, fields in made.items()]
    )
    hub.batch_update_findings(
        FindingIdentifiers=[
            {"Id": "accepted", "ProductArn": a_finding(account=SECURITY)["ProductArn"]}
        ],
        Workflow={"Status": "SUPPRESSED"},
    )
    return AwsFindings(a_keyring(sandbox), ORGANIZATION)


def test_only_new_active_critical_and_high_findings_of_the_accounts_count(
    findings: Findings,
) -> None:
    found = findings.newer([*MANY, SECURITY], SINCE)

    assert sorted(found) == ["a bucket is public (200000000002)", "root was used (200000000002)"]


def test_other_accounts_findings_do_not_count(findings: Findings) -> None:
    assert findings.newer(MANY, SINCE) == ()
    assert findings.newer([], SINCE) == ()


def test_whoever_is_not_let_in_does_not_take_it_for_no_findings(sandbox: Sandbox) -> None:
    facts = ORGANIZATION.facts.model_copy(
        update={"access": ORGANIZATION.facts.access.model_copy(update={"plan_role": "nobody"})}
    )
    stranger = replace(ORGANIZATION, facts=facts)

    with pytest.raises(AwsDenied):
        AwsFindings(a_keyring(sandbox, stranger), stranger).newer([SECURITY], SINCE)


def test_a_unified_hub_that_is_off_knows_of_no_exposures_and_that_is_no_error(
    sandbox: Sandbox,
) -> None:
    assert AwsFindings(a_keyring(sandbox), ORGANIZATION).remediation_targets() is None


def test_what_closes_exposures_is_called_as_findings_call_it(sandbox: Sandbox) -> None:
    hub = sandbox.client("securityhub", SECURITY)
    hub.enable_security_hub_v2()
    product = f"arn:aws:securityhub:{ORGANIZATION.facts.home_region}::product/aws/securityhub"
    hub.batch_import_findings(
        Findings=[
            a_finding(
                f"{control} of orders",
                account=SECURITY,
                label=label,
                ProductArn=product,
                Title=control,
                Compliance={"Status": "FAILED", "SecurityControlId": control},
                Resources=[{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::orders"}],
            )
            for control, label in (("S3.2", "CRITICAL"), ("S3.8", "HIGH"))
        ]
    )

    found = AwsFindings(a_keyring(sandbox), ORGANIZATION).remediation_targets()

    assert found is not None
    assert {each.resource for each in found} == {"arn:aws:s3:::orders"}
    assert {(each.account, each.resource_type) for each in found} == {(SECURITY, "AwsS3Bucket")}
    assert {each.trait for each in found} == {"S3.2", "S3.8"}
    assert {each.closes for each in found} == {"resolves 1 exposure"}
    hub.disable_security_hub_v2()


def test_what_no_security_service_watches_is_said_of_each_account(sandbox: Sandbox) -> None:
    asked = AwsFindings(a_keyring(sandbox), ORGANIZATION)
    hub, guardduty = (sandbox.client(name, SECURITY) for name in ("securityhub", "guardduty"))
    assert asked.unwatched() == {}
    hub.enable_security_hub_v2()

    before = asked.unwatched()
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    after = asked.unwatched()

    home = ORGANIZATION.facts.home_region
    assert before == {SECURITY: (f"{home}: GuardDuty Foundational Coverage Finding",)}
    assert after == {}
    guardduty.delete_detector(DetectorId=detector)
    hub.disable_security_hub_v2()
