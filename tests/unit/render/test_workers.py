"""The bootstrap makes workers when they are wanted, and what AWS says of accounts reaches them."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.model.facts import Runner
from orchestrator.model.organization import Organization
from orchestrator.render import Renderer, bootstrap_of, stacks_of
from orchestrator.render.forwarding import of_bootstrap
from tests.unit.render.builders import ROOT, an_organization

IMAGE = f"200000000001.dkr.ecr.ap-northeast-1.amazonaws.com/orchestrator@sha256:{'0a' * 32}"


def with_workers(runner: Runner, control_tower: bool = False) -> Organization:
    plain = an_organization()
    update = {"runner": runner, "control_tower": control_tower}
    return replace(plain, facts=plain.facts.model_copy(update=update))


def rendered(organization: Organization) -> str:
    root = Renderer(ROOT).render(organization, bootstrap_of(organization))
    return dict(root.files)["main.tf"]


def test_runs_stay_on_one_machine_unless_workers_are_wanted() -> None:
    assert of_bootstrap(an_organization()) is None
    assert 'module "runner"' not in rendered(an_organization())


def test_workers_are_made_with_what_is_set() -> None:
    runner = Runner(
        enabled=True, image=IMAGE, subnets={"subnet-0123456789abcdef0": True}, workers=7
    )

    text = rendered(with_workers(runner))

    assert f'image              = "{IMAGE}"' in text
    assert "workers            = 7" in text
    assert "subnet-0123456789abcdef0" in text


def test_what_was_taken_back_is_left_out() -> None:
    groups = {"sg-0123456789abcdef0": False, "sg-0123456789abcdef1": True}

    found = of_bootstrap(with_workers(Runner(enabled=True, image=IMAGE, security_groups=groups)))

    assert found is not None
    assert found["security_group_ids"] == ["sg-0123456789abcdef1"]


def test_with_control_tower_its_own_events_speak_of_accounts() -> None:
    runner = Runner(enabled=True, image=IMAGE, vend=True)

    by_tower = of_bootstrap(with_workers(runner, control_tower=True))
    by_organizations = of_bootstrap(with_workers(runner))

    assert by_tower is not None
    assert by_organizations is not None
    everywhere = [
        "AccountDepartedOrganization",
        "AccountJoinedOrganization",
        "CloseAccountResult",
        "MoveAccount",
    ]
    assert by_tower["account_events"] == sorted(
        [*everywhere, "CreateManagedAccount", "UpdateManagedAccount"]
    )
    assert by_organizations["account_events"] == sorted([*everywhere, "CreateAccountResult"])


def test_rules_are_tested_on_a_schedule_where_accounts_have_the_role_for_it() -> None:
    plain = an_organization()
    runner = Runner(enabled=True, image=IMAGE, detect="rate(1 hour)")
    logs = plain.facts.logs.model_copy(update={"detections": True})
    update = {"runner": runner, "logs": logs}
    organization = replace(plain, facts=plain.facts.model_copy(update=update))
    member = next(key for key in stacks_of(plain) if key.account_name == "orders-prod")

    bootstrap = rendered(organization)

    assert 'detect_schedule    = "rate(1 hour)"' in bootstrap
    assert bootstrap.count("detections        = true") == 3
    assert '"orchestrator-detect"' in bootstrap
    of_member = dict(Renderer(ROOT).render(organization, member).files)["main.tf"]
    assert "detections        = true" in of_member
    assert "orchestrator-detect" not in rendered(with_workers(Runner(enabled=True, image=IMAGE)))
