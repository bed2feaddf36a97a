"""What every Terraform behind the port does, the fake one and the real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import Interrupted, PlanChanged, TerraformFailed
from orchestrator.model.plan import Action
from tests.contract.terraform.workshops import FakeWorkshop, RealWorkshop, Workshop, planned


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.terraform)])
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Workshop:
    folder = tmp_path / "stack"
    folder.mkdir()
    if request.param == "fake":
        return FakeWorkshop(folder)
    return RealWorkshop(folder, tmp_path / "private")


def test_a_plan_says_what_would_be_created_updated_and_deleted(workshop: Workshop) -> None:
    workshop.declare(a="1", b="1")
    workshop.terraform.apply(planned(workshop), {})
    workshop.declare(a="2", c="1")

    plan = planned(workshop)

    assert [(change.address, change.action) for change in plan.changes] == [
        ("terraform_data.a", Action.UPDATE),
        ("terraform_data.b", Action.DELETE),
        ("terraform_data.c", Action.CREATE),
    ]
    assert plan.changes[0].attributes == ("input", "output")
    assert not plan.empty


def test_a_plan_is_shown_by_its_plan_file_whatever_lies_beside_it(workshop: Workshop) -> None:
    workshop.declare(a="1")
    plan = planned(workshop)
    said = plan.json_file.read_bytes()
    plan.json_file.write_text("{}")

    shown = workshop.terraform.show(replace(plan, changes=()), {})

    assert shown.changes == plan.changes
    assert plan.json_file.read_bytes() == said, "the same plan is the same JSON, byte by byte"
    assert plan.json_file.stat().st_mode & 0o777 == 0o600


def test_after_an_apply_a_second_plan_is_empty(workshop: Workshop) -> None:
    workshop.declare(a="1")
    first = planned(workshop)
    before = workshop.terraform.is_empty(workshop.folder, {})

    workshop.terraform.apply(first, {})

    assert before == ("terraform_data.a",)
    assert workshop.terraform.is_empty(workshop.folder, {}) == ()
    assert planned(workshop).empty


def test_init_is_skipped_until_something_it_reads_has_changed(workshop: Workshop) -> None:
    workshop.declare(a="1")

    assert workshop.terraform.init(workshop.folder, {})
    assert not workshop.terraform.init(workshop.folder, {})
    workshop.declare(a="2")
    assert workshop.terraform.init(workshop.folder, {})


def test_plan_files_are_for_their_owner_alone(workshop: Workshop) -> None:
    workshop.declare(a="1")

    plan = planned(workshop)

    assert [path.stat().st_mode & 0o777 for path in (plan.file, plan.json_file)] == [0o600, 0o600]


def test_a_plan_only_of_what_changed_outside_changes_nothing(workshop: Workshop) -> None:
    workshop.declare(a="1")
    workshop.terraform.apply(planned(workshop), {})
    workshop.declare(a="2")

    plan = planned(workshop, refresh_only=True)

    assert (plan.changes, plan.drift) == ((), ())


def test_a_plan_whose_state_has_moved_is_refused(workshop: Workshop) -> None:
    workshop.declare(a="1")
    plan = planned(workshop)
    workshop.move_state()

    with pytest.raises(PlanChanged, match="state has changed"):
        workshop.terraform.apply(plan, {})
    assert workshop.terraform.is_empty(workshop.folder, {})


def test_a_plan_file_that_was_tampered_with_is_refused(workshop: Workshop) -> None:
    workshop.declare(a="1")
    plan = planned(workshop)
    with plan.file.open("ab") as file:
        file.write(b"\0")

    with pytest.raises(PlanChanged, match="not the plan that was reviewed"):
        workshop.terraform.apply(plan, {})


def test_another_plan_in_the_same_place_is_refused(workshop: Workshop) -> None:
    workshop.declare(a="1")
    reviewed = planned(workshop)
    workshop.declare(a="2")
    planned(workshop)

    with pytest.raises(PlanChanged, match="not the plan that was reviewed"):
        workshop.terraform.apply(reviewed, {})


def test_a_configuration_that_is_wrong_is_named_with_file_and_line(workshop: Workshop) -> None:
    workshop.declare(a="1")
    workshop.terraform.init(workshop.folder, {})
    workshop.declare_nonsense()

    with pytest.raises(TerraformFailed, match=r"main\.tf:1") as caught:
        workshop.terraform.is_empty(workshop.folder, {})
    assert not caught.value.denied


def test_an_interrupted_apply_releases_the_lock_and_says_so(workshop: Workshop) -> None:
    workshop.declare_slow()
    plan = planned(workshop)
    workshop.interrupt_when_begun()

    with pytest.raises(Interrupted, match="apply was interrupted"):
        workshop.terraform.apply(plan, {})
    assert not workshop.locked()


def test_an_apply_that_takes_too_long_is_stopped_and_releases_the_lock(workshop: Workshop) -> None:
    workshop.declare_slow()
    plan = planned(workshop)

    with pytest.raises(TerraformFailed, match="took more than its time"):
        workshop.impatient().apply(plan, {})
    assert not workshop.locked()


def test_an_empty_plan_is_recorded_once(workshop: Workshop) -> None:
    workshop.declare(a="1")
    workshop.terraform.apply(planned(workshop), {})
    workshop.terraform.is_empty(workshop.folder, {})

    workshop.terraform.record(workshop.folder, {})

    assert workshop.terraform.is_empty(workshop.folder, {}) == ()


def test_nothing_is_recorded_of_a_plan_that_was_not_empty(workshop: Workshop) -> None:
    workshop.declare(a="1")
    workshop.terraform.init(workshop.folder, {})
    workshop.terraform.is_empty(workshop.folder, {})

    with pytest.raises(PlanChanged):
        workshop.terraform.record(workshop.folder, {})
    assert workshop.terraform.is_empty(workshop.folder, {}) == ("terraform_data.a",)


def test_a_state_that_could_not_be_saved_is_brought_back(workshop: Workshop) -> None:
    workshop.declare(a="1")
    workshop.terraform.apply(planned(workshop), {})
    assert not workshop.terraform.unsaved(workshop.folder)
    workshop.fail_to_save()
    assert workshop.terraform.unsaved(workshop.folder)

    workshop.terraform.save(workshop.folder, {})

    assert not workshop.terraform.unsaved(workshop.folder)
    assert planned(workshop).empty
