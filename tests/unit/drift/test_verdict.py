from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from orchestrator.drift import verdict
from orchestrator.drift.verdict import LOCK_FILE, Care
from orchestrator.model.drift import GONE, Baseline, Tools
from orchestrator.model.plan import Action, Change, Rendering
from orchestrator.model.run import Kind
from orchestrator.model.settings import Suppression
from tests.builders import DIGEST, a_baseline, a_change, a_job, a_key, a_reading, an_account

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BASELINE = a_baseline(exact_at=NOW)
RENDERING = a_job().rendering


def doubt(
    baseline: Baseline | None = BASELINE,
    rendering: Rendering = RENDERING,
    care: Care = Care(timedelta(days=365_000)),  # noqa: B008 - frozen
) -> str:
    found = verdict.before(baseline, rendering, care, NOW)
    return found.why if found else ""


def test_a_stack_of_which_nothing_speaks_for_a_plan_may_be_read() -> None:
    assert doubt() == ""


def test_no_baseline_or_that_of_another_stack_is_a_doubt() -> None:
    other = replace(BASELINE, key=a_key(an_account(7, "payments")))

    assert doubt(None) == doubt(other) == "there is no baseline"


def test_whoever_asks_for_an_exact_check_gets_one() -> None:
    assert doubt(care=Care(exact=True)) == "asked for"


def test_a_configuration_that_waits_to_be_applied_is_told_from_a_provider_upgrade() -> None:
    pending = replace(RENDERING, digest="another")
    upgrade = replace(pending, files=((LOCK_FILE, "another version"),))

    for rendering, kind in ((pending, Kind.NOT_APPLIED), (upgrade, Kind.UPGRADE)):
        found = verdict.before(BASELINE, rendering, Care(), NOW)
        assert found
        assert found.kinds == (kind,)


def test_data_sources_that_ask_aws_are_left_to_terraform() -> None:
    baseline = a_baseline(a_reading(outside=("data.aws_guardduty_detector.this",)), NOW)

    assert doubt(baseline) == "its data sources ask AWS: data.aws_guardduty_detector.this"


def test_no_stack_gets_older_than_the_maximal_age() -> None:
    key = a_key()
    for hours in range(7 * 24, 40 * 24, 7):
        assert verdict.due(key, NOW, NOW + timedelta(hours=hours), 7 * DAY)


def test_every_day_the_same_share_of_stacks_is_planned() -> None:
    keys = [a_key(an_account(number, f"a{number}")) for number in range(1, 701)]
    shares = []
    for day in range(7):
        then = NOW + day * DAY
        shares.append(sum(verdict.due(key, then, then + DAY, 7 * DAY) for key in keys))

    assert sum(shares) == 700
    assert all(70 <= share <= 130 for share in shares)


def test_without_an_age_or_with_a_baseline_of_the_future_it_is_always_a_stacks_turn() -> None:
    assert verdict.due(a_key(), NOW, NOW, timedelta(0))
    assert verdict.due(a_key(), NOW + DAY, NOW, 7 * DAY)


def test_equal_readings_are_no_doubt() -> None:
    assert verdict.after(BASELINE, BASELINE.reading) is None


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        (replace(a_reading(), lineage="other"), "the state has moved since it was found in sync"),
        (a_reading(serial=4), "the state has moved since it was found in sync"),
        (
            replace(a_reading(), tools=Tools("1.12.0", "h1:p")),
            "Terraform or the provider is another one",
        ),
        (
            replace(a_reading(), tools=Tools("1.11.4", "h1:q")),
            "Terraform or the provider is another one",
        ),
        (a_reading(outside=("data.a.b",)), "its data sources ask AWS: data.a.b"),
        (a_reading({"aws_s3_bucket.logs": "other"}), "aws_s3_bucket.logs differs"),
        (a_reading({"aws_s3_bucket.logs": GONE}), "aws_s3_bucket.logs differs"),
        (a_reading({}), "aws_s3_bucket.logs differs"),
        (
            a_reading({"aws_s3_bucket.logs": DIGEST, "aws_kms_key.this": DIGEST}),
            "aws_kms_key.this differs",
        ),
        (
            a_reading(unsettled=("aws_s3_bucket.logs",)),
            "aws_s3_bucket.logs is not as the state has it",
        ),
    ],
)
def test_whatever_a_reading_says_otherwise_is_a_doubt(reading: object, why: str) -> None:
    found = verdict.after(BASELINE, reading)  # type: ignore[arg-type]

    assert found
    assert found.why == why


def test_a_resource_that_is_gone_is_told_from_one_that_changed() -> None:
    baseline = a_baseline(a_reading({"a": "1", "b": "1", "c": "1", "d": "1"}))

    found = verdict.after(baseline, a_reading({"a": GONE, "b": "2", "c": "2", "d": "2"}))

    assert found
    assert found.kinds == (Kind.GONE, Kind.CHANGED_OUTSIDE)
    assert found.why == "a, b and 2 more differ"


TAGS = Change('aws_iam_role.a["x"]', "aws_iam_role", Action.UPDATE, ("tags", "tags_all"))
TODAY = date(2026, 6, 1)


def a_suppression(address: str, *attributes: str, expires: date = TODAY) -> Suppression:
    return Suppression(
        address=address,
        attributes=list(attributes),
        owner="platform-security",
        reason="the tagging service writes these",
        expires=expires,
    )


@pytest.mark.parametrize(
    ("rule", "change", "covered"),
    [
        (a_suppression("aws_iam_role.*", "tags*"), TAGS, True),
        (a_suppression('aws_iam_role.a["x"]', "tags", "tags_all"), TAGS, True),
        (a_suppression("aws_iam_role.*", "tags"), TAGS, False),
        (a_suppression("aws_iam_policy.*", "tags*"), TAGS, False),
        (a_suppression("*", "*", expires=TODAY - DAY), TAGS, False),
        (a_suppression("*", "tags*"), a_change(Action.DELETE), False),
        (a_suppression("*", "*"), a_change(Action.DELETE), True),
    ],
)
def test_only_what_a_suppression_in_force_covers_whole_does_not_count(
    rule: Suppression, change: Change, covered: bool
) -> None:
    found = verdict.suppressed((change,), {"tagging": rule}, TODAY)

    assert found == ({change: "tagging"} if covered else {})


def test_the_switch_that_stops_fixes_may_be_turned_but_not_taken_away() -> None:
    switch = replace(TAGS, address="module.finding_router.aws_ssm_parameter.switch")
    turned = replace(switch, attributes=("value", "version"))
    described = replace(switch, attributes=("description", "value", "version"))
    gone = replace(switch, action=Action.DELETE, attributes=())

    assert verdict.suppressed((turned, described, gone), {}, TODAY) == {turned: "kill-switch"}


def test_accounts_that_come_and_go_are_no_drift_but_services_that_lose_trust_are() -> None:
    address = "module.organization_access.aws_organizations_organization.this"
    members = replace(TAGS, address=address, attributes=("accounts", "non_master_accounts"))
    trust = replace(members, attributes=("accounts", "aws_service_access_principals"))
    gone = replace(members, action=Action.DELETE, attributes=())
    elsewhere = replace(members, address="aws_organizations_organization.mine")

    found = verdict.suppressed((members, trust, gone, elsewhere), {}, TODAY)

    assert found == {members: "members"}


def test_a_provider_that_writes_nothing_in_another_way_is_told_from_a_change() -> None:
    emptied = replace(TAGS, written_otherwise=True)
    gone = a_change(Action.DELETE)

    assert verdict.kinds_of((TAGS,)) == (Kind.CHANGED_OUTSIDE,)
    assert verdict.kinds_of((emptied,)) == (Kind.NORMALISED,)
    assert verdict.kinds_of((gone, emptied, TAGS)) == (
        Kind.CHANGED_OUTSIDE,
        Kind.GONE,
        Kind.NORMALISED,
    )
