"""Every policy that our modules write, at its worst, held against AWS's own list of actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests import reference
from tests.modules.written import Plan
from tests.reference import Wrong
from tests.unit.findings.test_actions import CONDITIONAL

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("worst")]

LIMITS = {
    "boundary": 6144,
    "bucket": 20 * 1024,
    "bus": 10240,
    "destination": 5120,
    "domain": 100 * 1024,
    "inline": 10240,
    "key": 32 * 1024,
    "log groups": 5120,
    "managed": 6144,
    "queue": 8192,
    "topic": 30 * 1024,
    "trust": 2048,
}
"""Characters. Sources: IAM User Guide, "IAM and AWS STS quotas"; the quotas of the services."""
MOST_MANAGED = 10

QUERIED = (
    "lakeformation:GrantPermissions lakeformation:ListPermissions lakeformation:RegisterResource "
    "lakeformation:RevokePermissions ram:GetResourceShareAssociations ram:GetResourceShares "
    "ram:UpdateResourceShare"
)
POSTED = (
    "events:CreateApiDestination events:CreateConnection events:DeleteApiDestination "
    "events:DeleteConnection events:ListApiDestinations events:ListConnections iam:PassRole"
)
SUBSCRIBERS = {
    f"securitylake:{verb}Subscriber{what} needs {other}": why
    for others, why in (
        (QUERIED, "only for who queries tables: the pipeline reads objects"),
        (POSTED, "only for an address that is posted to: the pipeline has a queue"),
    )
    for other in others.split()
    for verb in ("Create", "Delete", "Update")
    for what in ("", "Notification")
}

EXCUSED = {**CONDITIONAL, **SUBSCRIBERS}

DOCUMENTED = {
    "logs:PutAccountPolicy": "a destination's policy names it (CloudWatch Logs User Guide, "
    '"Cross-account cross-Region subscription", account-level policies)',
}
"""Actions that a service's guide holds to a resource, though the list knows none."""

NEWER = {
    "securityhub:DescribeSecurityHubV2": "Service Authorization Reference of September 2026",
    "securityhub:GetRemediationsV2": "API model of Security Hub; the reference lacks it still",
}
"""Actions that are younger than the list at hand, each with where it stands."""


def test_the_plan_says_what_every_policy_is(planned: Plan) -> None:
    assert planned.unknown == ()


@pytest.mark.parametrize("look", [reference.misnamed, reference.unkeyed])
def test_actions_exist_and_know_the_keys_of_their_conditions(
    planned: Plan, look: Callable[[str, str], Iterator[Wrong]]
) -> None:
    found = [wrong for one in planned.policies for wrong in look(one.address, one.text)]

    assert [wrong for wrong in found if wrong.what.split()[-1] not in NEWER] == []


@pytest.mark.parametrize("look", [reference.misplaced, reference.unused])
def test_actions_and_resources_of_a_statement_belong_together(
    planned: Plan, look: Callable[[str, str], Iterator[Wrong]]
) -> None:
    found = [wrong for one in planned.policies for wrong in look(one.address, one.text)]

    assert [wrong for wrong in found if wrong.what.split()[0] not in DOCUMENTED] == []


def test_what_aws_asks_for_besides_is_allowed_too(planned: Plan) -> None:
    found = [
        wrong
        for role in planned.roles
        for wrong in reference.alone(role.call, (*role.inline, *role.managed), EXCUSED)
    ]

    assert found == []


def test_no_policy_is_longer_than_aws_takes_and_no_role_has_too_many(planned: Plan) -> None:
    lengths = {
        (kind, address): length
        for kind, address, length in (
            *((one.kind, one.address, len(one.text)) for one in planned.policies),
            *(("inline", role.name, sum(map(len, role.inline))) for role in planned.roles),
        )
    }

    _print(lengths, planned)
    assert {one: n for one, n in lengths.items() if n > LIMITS[one[0]]} == {}
    assert [role.name for role in planned.roles if len(role.managed) > MOST_MANAGED] == []


def test_nothing_that_was_to_be_filled_in_is_left(planned: Plan) -> None:
    left = [one.address for one in planned.policies if reference.placeholders(one.text)]

    assert left == []


def _print(lengths: dict[tuple[str, str], int], planned: Plan) -> None:
    lines = [f"\npolicies: {len(planned.policies)}, roles: {len(planned.roles)}"]
    for kind, limit in LIMITS.items():
        of_kind = {where: n for (k, where), n in lengths.items() if k == kind}
        if of_kind:
            where, longest = max(of_kind.items(), key=lambda item: item[1])
            lines.append(f"{kind:12} {len(of_kind):4} longest {longest:6} of {limit:6}  {where}")
    most = max(len(role.managed) for role in planned.roles)
    print("\n".join(lines), f"\nmanaged policies of a role: at most {most} of 10")  # noqa: T201
