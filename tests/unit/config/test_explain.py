from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_core import to_jsonable_python

from orchestrator.config import Origin, explain, load
from orchestrator.config.layers import leaves
from orchestrator.errors import ConfigurationError, UsageError
from tests.unit.config.trees import DEV, PROD, SAMPLE, TODAY, a_tree, decision


def origin(root: Path, account: str, key: str) -> Origin:
    (found,) = explain(root, account, key)
    return found


def test_a_value_comes_with_its_file_and_line_and_those_it_replaced(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: "team: platform\n"})

    team = origin(root, "shop-dev", "team")

    assert (team.value, team.where) == ("platform", f"account_configs/{DEV}:4")
    assert [(source.value, source.where) for source in team.overrides] == [
        ("shop", "account_configs/ous/workloads/_ou.yaml:4"),
        ("platform", "account_configs/organization.yaml:20"),
    ]


def test_a_value_that_no_layer_sets_is_a_built_in_default(tmp_path: Path) -> None:
    default = origin(a_tree(tmp_path), "shop-dev", "baseline.imdsv2")

    assert default.value is True
    assert default.where == "built-in default, orchestrator/model/settings.py"


def test_the_built_in_default_that_null_brought_back_tells_of_it(tmp_path: Path) -> None:
    ou = "gate:\n  limits:\n    changes: 7\n"
    root = a_tree(tmp_path, {"ous/workloads/_ou.yaml": ou, DEV: "gate: null\n"})

    changes = origin(root, "shop-dev", "gate.limits.changes")

    assert (changes.value, changes.line) == (200, 0)
    assert [(source.value, source.where) for source in changes.overrides] == [
        (None, f"account_configs/{DEV}:4"),
        (7, "account_configs/ous/workloads/_ou.yaml:7"),
    ]


def test_a_decision_that_nobody_overrides_comes_from_controls(tmp_path: Path) -> None:
    found = origin(a_tree(tmp_path), "shop-dev", "security_hub.controls.S3.8.decision")

    assert (found.value, found.where) == ("detect", "account_configs/controls/s3.yaml:9")
    assert found.overrides == ()


def test_an_override_replaces_the_decision_in_controls(tmp_path: Path) -> None:
    override = f"security_hub:\n  controls:\n    S3.8:\n{decision('disable')}"
    root = a_tree(tmp_path, {PROD: override})

    found = origin(root, "shop-prod", "security_hub.controls.S3.8.decision")

    assert (found.value, found.where) == ("disable", f"account_configs/{PROD}:7")
    assert [source.where for source in found.overrides] == ["account_configs/controls/s3.yaml:9"]


def test_a_key_that_was_taken_back_for_good_is_told_as_null(tmp_path: Path) -> None:
    ou = "tags:\n  stage: dev\n  owner: shop\n"
    root = a_tree(tmp_path, {"ous/workloads/_ou.yaml": ou, DEV: "tags:\n  stage: null\n"})

    found = {origin.key: origin for origin in explain(root, "shop-dev", "tags")}

    assert found["tags.owner"].value == "shop"
    assert found["tags.stage"].value is None
    assert found["tags.stage"].overrides[0].value == "dev"


def test_a_key_brings_all_that_is_below_it(tmp_path: Path) -> None:
    found = explain(a_tree(tmp_path), "shop-prod", "gate.limits")

    assert [(origin.key, origin.value) for origin in found] == [
        ("gate.limits.destroys", 0),
        ("gate.limits.replaces", 0),
        ("gate.limits.changes", 50),
    ]


def test_the_wave_and_the_facts_have_lines_too(tmp_path: Path) -> None:
    root = a_tree(tmp_path)

    wave = origin(root, "shop-dev", "wave")
    bucket = origin(root, "shop-dev", "organization.state.bucket")

    assert (wave.value, wave.where) == ("first", "account_configs/waves.yaml:2")
    assert bucket.where == "account_configs/organization.yaml:11"
    assert origin(root, "shop-dev", "organization.guardduty.enabled").line == 0


def test_an_account_is_known_by_its_id_as_well(tmp_path: Path) -> None:
    assert origin(a_tree(tmp_path), "100000000004", "account.email").line == 3


@pytest.mark.parametrize("account", load(SAMPLE, TODAY).accounts, ids=lambda a: str(a.name))
def test_what_is_explained_is_what_holds(account: object) -> None:
    loaded = load(SAMPLE, TODAY).named(getattr(account, "name"))  # noqa: B009
    settings = to_jsonable_python(loaded.settings)
    settings["security_hub"]["controls"] = {
        name: to_jsonable_python(entry.model_dump(exclude_defaults=True))
        for name, entry in loaded.decisions.items()
    }

    explained = {o.key: o.value for o in explain(SAMPLE, loaded.name) if o.value is not None}

    for path, value in leaves(settings):
        assert explained[".".join(map(str, path))] == value


def test_an_unknown_account_or_key_is_refused_with_those_like_it(tmp_path: Path) -> None:
    root = a_tree(tmp_path)

    with pytest.raises(UsageError, match="did you mean 'management'"):
        explain(root, "managment")
    with pytest.raises(UsageError, match=r"did you mean .*gate\.limits"):
        explain(root, "shop-dev", "gate.limit")


def test_nothing_is_explained_before_the_problems_are_gone(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        explain(a_tree(tmp_path, {DEV: "team: nobody\n"}), "shop-dev")
