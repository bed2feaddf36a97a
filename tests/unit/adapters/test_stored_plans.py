from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters.stored_plans import StoredPlans, fingerprint
from orchestrator.errors import ScanFailed, UsageError
from orchestrator.model.events import ToolVersions
from orchestrator.model.plan import Plan, Verdict
from orchestrator.model.review import Files, Source
from orchestrator.model.run import Outcome, StackResult
from tests.builders import DIGEST, a_change, a_job, a_plan, a_violation, an_account

ONE, TWO, THREE = (a_job(an_account(n, name)) for n, name in enumerate(("one", "two", "three"), 6))
SOURCES = {
    job.key: Source(job.rendering, {"account_baseline": "m" * 64}) for job in (ONE, TWO, THREE)
}
GROUND = ToolVersions("0.1.0", "Terraform 1.11.4", "5.100.0", "l" * 64, "p" * 64)
MADE = "2026-06-01T12:00:00+00:00"


def results(folder: Path) -> tuple[StackResult, ...]:
    """One that changes something, one that does not, one without a plan."""
    folder.mkdir()
    changing, empty = (a_saved_plan(folder, job.key.account_name) for job in (ONE, TWO))
    changing = replace(changing, key=ONE.key, changes=(a_change(),))
    changing.json_file.write_text('{"secret": "hunter2"}')
    violations = (a_violation(), a_violation("CKV_X_1", severity=None))
    return (
        StackResult(ONE.key, Outcome.REFUSED, changing, violations, Verdict(None, ("no",))),
        StackResult(TWO.key, Outcome.UNCHANGED, replace(empty, key=TWO.key), (), Verdict(DIGEST)),
        StackResult(THREE.key, Outcome.DENIED, reason="plan: no"),
    )


def a_saved_plan(folder: Path, name: str) -> Plan:
    file = folder / f"{name}.tfplan"
    file.write_bytes(b"a plan")
    return replace(a_plan(), file=file, json_file=folder / f"{name}.json", state="a-lineage:3")


def kept(folder: Path) -> tuple[StoredPlans, str]:
    plans = StoredPlans(folder / "plans")
    return plans, plans.keep("r-1", MADE, GROUND, results(folder / "build"), SOURCES)


def test_the_manifest_says_all_that_was_reviewed(tmp_path: Path) -> None:
    plans, digest = kept(tmp_path)

    manifest, found = plans.manifest("r-1")

    assert found == digest == fingerprint(tmp_path / "plans" / "r-1" / "manifest.json")
    assert (manifest.run, manifest.made, manifest.tool_versions) == ("r-1", MADE, GROUND)
    one = manifest.of(ONE.key)
    assert one is not None
    assert (one.rendered, one.digest, one.state, one.missing) == (DIGEST, DIGEST, "a-lineage:3", "")
    assert one.files == SOURCES[ONE.key].files
    assert Files(one.plan, one.json, one.scan) == plans.files("r-1", ONE.key)
    assert plans.runs() == ("r-1",)


def test_a_plan_that_changes_nothing_has_neither_json_nor_scan(tmp_path: Path) -> None:
    plans, _ = kept(tmp_path)

    files = plans.files("r-1", TWO.key)

    assert files.plan
    assert (files.json, files.scan) == ("", "")


def test_a_stack_without_a_plan_is_in_the_manifest_with_its_reason(tmp_path: Path) -> None:
    plans, _ = kept(tmp_path)

    three = plans.manifest("r-1")[0].of(THREE.key)

    assert three is not None
    assert three.missing == "plan: no"


def test_a_plan_that_was_never_scanned_is_none(tmp_path: Path) -> None:
    (one, *_) = results(tmp_path / "build")
    unscanned = replace(one, verdict=None, violations=(), reason="scan: no")
    plans = StoredPlans(tmp_path / "plans")

    plans.keep("r-1", MADE, GROUND, (unscanned,), SOURCES)

    stack = plans.manifest("r-1")[0].stacks[0]
    assert (stack.missing, stack.plan) == ("scan: no", "")


def test_what_the_scan_said_is_kept(tmp_path: Path) -> None:
    plans, _ = kept(tmp_path)

    assert plans.violations("r-1", ONE.key) == (
        a_violation(),
        a_violation("CKV_X_1", severity=None),
    )


@pytest.mark.parametrize("text", ["", "{", "[3]", '[{"check": "CKV_AWS_18"}]'])
def test_a_scan_that_cannot_be_read_is_never_one_without_violations(
    tmp_path: Path, text: str
) -> None:
    plans, _ = kept(tmp_path)
    (plans.place("r-1", ONE.key) / "scan.json").write_text(text)

    with pytest.raises(ScanFailed):
        plans.violations("r-1", ONE.key)


def test_only_the_owner_can_read_what_is_stored(tmp_path: Path) -> None:
    plans, _ = kept(tmp_path)

    everything = list(plans.folder.rglob("*"))

    assert {path.stat().st_mode & 0o777 for path in everything if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in everything if path.is_dir()} == {0o700}


def test_what_was_carried_out_leaves_no_plan_behind(tmp_path: Path) -> None:
    plans, _ = kept(tmp_path)

    plans.forget("r-1", ONE.key)

    assert [file.name for file in plans.place("r-1", ONE.key).iterdir()] == ["scan.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1}'])
def test_a_manifest_that_cannot_be_read_says_so(tmp_path: Path, text: str) -> None:
    plans, _ = kept(tmp_path)
    (plans.folder / "r-1" / "manifest.json").write_text(text)

    with pytest.raises(UsageError, match=r"plans/r-1/manifest\.json cannot be read"):
        plans.manifest("r-1")


def test_the_manifest_of_another_run_is_not_taken(tmp_path: Path) -> None:
    plans, _ = kept(tmp_path)
    (plans.folder / "r-1").rename(plans.folder / "r-2")

    with pytest.raises(UsageError, match="is that of run 'r-1'"):
        plans.manifest("r-2")


def test_where_there_is_no_place_nothing_is_kept(tmp_path: Path) -> None:
    found = results(tmp_path / "build")
    found[0].plan.file.unlink()  # type: ignore[union-attr]
    plans = StoredPlans(tmp_path / "plans")

    with pytest.raises(UsageError, match="plans cannot be stored"):
        plans.keep("r-1", MADE, GROUND, found, SOURCES)
    assert plans.runs() == ()
    assert not (tmp_path / "plans" / "r-1").exists()


def test_nothing_of_a_plans_values_is_in_the_manifest(tmp_path: Path) -> None:
    plans, _ = kept(tmp_path)

    text = (plans.folder / "r-1" / "manifest.json").read_text()

    assert "hunter2" not in text
    assert json.loads(text)["version"] == 1
