"""A simulated attacker: the keys of each role stolen, and every known way to more rights tried.

The documents are those that Terraform would write, at their worst; what they say to a request is
asked of the sandbox's evaluator. A way is open where all of its requests are allowed.
"""

from __future__ import annotations

import pytest

from orchestrator.sandbox.policy import Effect, Question, ask
from tests import reference
from tests.modules import worst
from tests.modules.jobs import JOBS
from tests.modules.ways import IAM, Ask, Way
from tests.modules.ways_of_code import PASSES
from tests.modules.ways_of_data import BLINDS, TAKES
from tests.modules.written import Plan, Role

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("worst")]

WAYS = (*IAM, *PASSES, *BLINDS, *TAKES)
BOUNDARY = "orchestrator-boundary"
ROLES_OF = {str(given["account_id"]): f"roles_{name}" for name, given in worst.ROLES.items()}


def test_no_stolen_key_opens_a_way_but_those_that_are_the_roles_very_job(planned: Plan) -> None:
    found = {
        (role.call, role.name, way.name)
        for role in planned.roles
        for way in WAYS
        if is_open(planned, role, way)
    }
    jobs = {one for one in found if (one[0], one[2]) in JOBS}

    tried = len(planned.roles) * len(WAYS)
    print(  # noqa: T201
        f"\nroles: {len(planned.roles)}, ways: {len(WAYS)}, tried: {tried}, "
        f"the role's job: {len(jobs)}, open: {len(found - jobs)}"
    )
    assert sorted(found - jobs) == []
    assert set(JOBS) - {(call, way) for call, _, way in jobs} == set(), "no longer open"


def test_a_boundary_leaves_a_role_all_that_it_needs(planned: Plan) -> None:
    lacking = {
        (role.call, action)
        for role in planned.roles
        if (boundary := boundary_of(planned, role))
        for action in reference.allowed((*role.inline, *role.managed))
        if not reference.names(boundary, action)
    }

    assert lacking == set()


def test_in_no_account_a_remediation_changes_what_is_ours(planned: Plan) -> None:
    boundaries = [
        one for one in planned.policies if one.owner.startswith("orchestrator-boundary-remediation")
    ]
    resource = "arn:aws:s3:::orchestrator-remediation-200000000002"
    question = Question("s3:PutBucketPolicy", resource)

    assert len(boundaries) == 2 * len(worst.ROLES)
    assert {ask([one.text], question) for one in boundaries} == {Effect.DENY}


def is_open(planned: Plan, role: Role, way: Way) -> bool:
    return all(is_allowed(planned, role, request) for request in way.asks)


def is_allowed(planned: Plan, role: Role, request: Ask) -> bool:
    """Whether the role's own policies allow it, and its boundary where it has one."""
    account = worst.account_of(role.call)
    own = f"arn:aws:iam::{account}:role/{role.name}"
    place = {
        "account": account,
        "self": own,
        "boundary": f"arn:aws:iam::{account}:policy/{BOUNDARY}",
        "prefix": worst.PREFIX,
        "remediation": worst.role(account, worst.REMEDIATION),
        "runner": worst.role(worst.MANAGEMENT, worst.RUNNER),
        "entry": worst.role(worst.MEMBER, worst.ENTRY),
        "apply": worst.role(worst.MEMBER, worst.APPLY),
    }
    keys = {
        "aws:principalarn": [own],
        "aws:principalaccount": [account],
        "aws:resourceaccount": [account],
        "aws:resourceorgid": [worst.ORGANIZATION],
        **{key.lower(): [value.format(**place)] for key, value in request.keys.items()},
    }
    question = Question(request.action, request.resource.format(**place), keys)
    layers = [[*role.inline, *role.managed]]
    if boundary := boundary_of(planned, role):
        layers.append([boundary])
    return all(ask(layer, question) is Effect.ALLOW for layer in layers)


def boundary_of(planned: Plan, role: Role) -> str:
    """The text of the role's boundary; '' where it has none but its own policy."""
    name, account = role.boundary.rpartition("/")[2], worst.account_of(role.call)
    found = [
        one.text
        for one in planned.policies
        if one.owner == name and one.call == ROLES_OF[account] and name.startswith(BOUNDARY)
    ]
    return found[0] if found else ""
