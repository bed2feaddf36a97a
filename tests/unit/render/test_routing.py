"""What is rendered of changes made by hand: a rule where it is wanted, and one queue for all."""

from __future__ import annotations

import re
from dataclasses import replace

from orchestrator.model.names import StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.settings import DriftEvents
from orchestrator.render import Renderer, bootstrap_of, stacks_of
from tests.unit.render.builders import ROOT, an_account, an_organization

FORWARDER = 'module "drift_events_'


def forwarding(*names: str) -> Organization:
    """Only the accounts of these names forward."""

    def told(account: Account) -> Account:
        events = DriftEvents(enabled=account.name in names)
        return replace(
            account, settings=account.settings.model_copy(update={"drift_events": events})
        )

    plain = an_organization(an_account())
    return replace(plain, accounts=tuple(map(told, plain.accounts)))


def rendered(organization: Organization, stack: StackName, account: str = "") -> str:
    keys = (bootstrap_of(organization), *stacks_of(organization))
    key = next(k for k in keys if k.stack is stack and account in ("", k.account_name))
    rendering = Renderer(ROOT).render(organization, key)
    text = dict(rendering.files)["main.tf"]
    return re.sub(r" +", " ", text)


def test_an_account_that_forwards_has_a_rule_in_each_region_and_one_role() -> None:
    text = rendered(forwarding("orders-prod"), StackName.ACCOUNT, "orders-prod")

    assert text.count(FORWARDER) == 3
    assert 'module "drift_events_role"' in text
    assert "event-bus/orchestrator-drift" in text
    assert "drift_events = true" in text


def test_its_own_apply_role_is_left_out_and_the_entry_role_is_not() -> None:
    text = rendered(forwarding("orders-prod"), StackName.ACCOUNT, "orders-prod")
    own = text.partition("own_role_arns = ")[2].partition("]")[0]

    assert ":role/orchestrator-apply" in own
    assert "OrganizationAccountAccessRole" not in own


def test_nothing_is_rendered_of_it_where_nobody_forwards() -> None:
    quiet = forwarding()

    for stack in StackName:
        text = rendered(quiet, stack)
        assert "drift_events" not in text
        assert "drift_queue" not in text


def test_one_account_that_forwards_is_enough_for_a_queue_and_its_permissions() -> None:
    organization = forwarding("orders-prod")
    bootstrap = rendered(organization, StackName.BOOTSTRAP)

    assert 'module "drift_queue"' in rendered(organization, StackName.SECURITY)
    of_security = bootstrap.partition('module "orchestrator_roles_security"')[2].partition("\n}")[0]
    assert "drift_events = true" in of_security
    assert bootstrap.count("drift_events = true") == 1


def test_a_special_account_forwards_what_its_own_stack_manages_too() -> None:
    organization = forwarding("log-archive", "orders-prod")
    special, plain = (
        rendered(organization, StackName.ACCOUNT, name) for name in ("log-archive", "orders-prod")
    )

    assert '"PutBucketPolicy"' in special
    assert '"PutBucketPolicy"' not in plain
