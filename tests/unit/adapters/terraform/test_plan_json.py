from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.adapters.terraform.plan_json import Contents, Json, Unreadable, intents
from orchestrator.adapters.terraform.plan_json import read as read_of
from orchestrator.model.plan import Action, Change, Own


def read(document: Json) -> Contents:
    return read_of(document, Own("200000000006", "orders"))


def a_document(*resources: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "planned_values": {},
        "configuration": {},
        "resource_changes": list(resources),
        "complete": True,
        "errored": False,
        **others,
    }


def a_resource(*actions: str, address: str = "aws_iam_role.a", **change: Any) -> dict[str, Any]:
    return {
        "address": address,
        "type": address.partition(".")[0],
        "change": {"actions": list(actions), "before": None, "after": None, **change},
    }


@pytest.mark.parametrize(
    ("actions", "action"),
    [
        (("create",), Action.CREATE),
        (("update",), Action.UPDATE),
        (("delete",), Action.DELETE),
        (("delete", "create"), Action.REPLACE),
        (("create", "delete"), Action.REPLACE),
        (("forget",), Action.FORGET),
        (("create", "forget"), Action.REPLACE),
    ],
)
def test_every_list_of_actions_has_a_name(actions: tuple[str, ...], action: Action) -> None:
    assert read(a_document(a_resource(*actions))).changes == (
        Change("aws_iam_role.a", "aws_iam_role", action),
    )


def test_what_is_only_read_or_left_alone_is_no_change() -> None:
    assert read(a_document(a_resource("no-op"), a_resource("read"))).changes == ()


def test_an_import_is_a_change_even_when_nothing_else_is() -> None:
    [change] = read(a_document(a_resource("no-op", importing={"id": "o-1"}))).changes

    assert change.action is Action.IMPORT


def test_an_import_that_also_destroys_is_a_replacement() -> None:
    resource = a_resource("delete", "create", importing={"id": "o-1"})

    assert read(a_document(resource)).changes[0].action is Action.REPLACE


def test_an_unknown_list_of_actions_is_refused() -> None:
    with pytest.raises(Unreadable, match="unknown actions"):
        read(a_document(a_resource("explode")))


def test_changes_name_what_differs_at_the_top_and_no_value() -> None:
    resource = a_resource(
        "update",
        before={"name": "a", "policy": "hunter2", "tags": {"a": "1"}, "arn": "arn:1", "gone": 1},
        after={"name": "a", "policy": "correct horse", "tags": {"a": "2"}},
        after_unknown={"arn": True, "name": False, "tags": {}, "rules": [{"id": True}]},
    )

    [change] = read(a_document(resource)).changes

    assert change.attributes == ("arn", "gone", "policy", "rules", "tags")
    assert "hunter2" not in repr(change)


def test_changes_come_in_the_order_of_their_addresses() -> None:
    document = a_document(
        a_resource("create", address="aws_b.b"), a_resource("delete", address="aws_a.a")
    )

    assert [change.address for change in read(document).changes] == ["aws_a.a", "aws_b.b"]


def test_drift_is_kept_apart_from_changes() -> None:
    document = a_document(resource_drift=[a_resource("update", before={"a": 1}, after={"a": 2})])

    contents = read(document)

    assert contents.changes == ()
    assert contents.drift == (Change("aws_iam_role.a", "aws_iam_role", Action.UPDATE, ("a",)),)


@pytest.mark.parametrize(("action", "change"), [("no-op", False), ("update", True)])
def test_outputs_count_as_a_change_of_their_own(action: str, change: bool) -> None:
    document = a_document(output_changes={"arn": {"actions": [action]}})

    assert read(document).outputs_change is change


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"errored": True}, "marked as errored"),
        ({"errored": None}, "marked as errored"),
        ({"complete": False}, "incomplete"),
        ({"format_version": "2.0"}, "only 1.x is known"),
        ({"planned_values": None}, "planned_values is missing"),
        ({"configuration": []}, "configuration is missing"),
        ({"resource_changes": {}}, "resource_changes is not a list"),
        ({"resource_changes": [{}]}, "no address"),
        ({"resource_drift": [{"address": "a", "type": "b"}]}, "a is missing or not an object"),
    ],
)
def test_a_plan_that_does_not_say_everything_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read({**a_document(), **wrong})


def test_a_plan_without_any_resource_is_empty() -> None:
    document = a_document()
    del document["resource_changes"]

    assert read(document).changes == ()


def test_something_else_than_a_plan_is_refused() -> None:
    with pytest.raises(Unreadable):
        read([])


def like(own: Own, *actions: str, **change: Any) -> tuple[tuple[str, str], ...]:
    resource = a_resource(*actions, **change)
    return read_of(a_document(resource), own).changes[0].normalized


ORDERS, WEB = Own("200000000006", "orders"), Own("200000000007", "web")


def test_two_accounts_changes_are_alike_when_only_ids_and_names_of_their_own_differ() -> None:
    def made(own: Own) -> tuple[tuple[str, str], ...]:
        policy = f'{{"Principal": "arn:aws:iam::{own.id}:role/{own.name}-reader"}}'
        tags = {"account": own.name}
        return like(own, "create", after={"policy": policy, "tags_all": tags})

    assert made(ORDERS) == made(WEB)


def test_a_value_that_differs_makes_a_change_another() -> None:
    open_, closed = ({"block_public_acls": value} for value in (False, True))

    assert like(ORDERS, "create", after=open_) != like(WEB, "create", after=closed)


def test_trust_in_another_account_is_not_like_trust_in_a_third() -> None:
    one, other = ({"principal": f"arn:aws:iam::{id_}:root"} for id_ in ("3" * 12, "4" * 12))

    assert like(ORDERS, "create", after=one) != like(WEB, "create", after=other)


def test_of_an_update_only_what_differs_is_compared() -> None:
    def updated(own: Own, id_: str, after: int) -> tuple[tuple[str, str], ...]:
        before = {"id": id_, "days": 1}
        return like(own, "update", before=before, after={"id": id_, "days": after})

    assert updated(ORDERS, "sg-1", 2) == updated(WEB, "sg-2", 2)
    assert updated(ORDERS, "sg-1", 2) != updated(WEB, "sg-2", 3)


NOTHING: list[Any] = [None, "", [], {}, {"a": None}]


@pytest.mark.parametrize("before", NOTHING)
@pytest.mark.parametrize("after", NOTHING)
def test_nothing_written_in_another_way_is_known_for_what_it_is(before: Any, after: Any) -> None:
    resource = a_resource("update", before={"tags": before, "n": 1}, after={"tags": after, "n": 1})

    [change] = read(a_document(resource)).changes

    assert change.written_otherwise == (before != after)


@pytest.mark.parametrize("value", [False, 0, "x", [None], {"a": "b"}])
def test_a_value_is_never_taken_for_nothing(value: Any) -> None:
    for before, after in ((None, value), (value, None)):
        resource = a_resource("update", before={"a": before}, after={"a": after})

        assert not read(a_document(resource)).changes[0].written_otherwise


def test_a_value_that_is_not_known_yet_is_not_taken_for_nothing() -> None:
    resource = a_resource("update", before={"a": ""}, after={}, after_unknown={"a": True})

    assert not read(a_document(resource)).changes[0].written_otherwise


REGIONS = {
    "aws": {"name": "aws", "expressions": {"region": {"constant_value": "ap-northeast-1"}}},
    "aws.us_east_1": {
        "name": "aws",
        "alias": "us_east_1",
        "expressions": {"region": {"constant_value": "us-east-1"}},
    },
}


def resource(address: str, provider: str = "aws") -> dict[str, str]:
    return {"address": address, "provider_config_key": provider}


def change(address: str, *actions: str, **details: Any) -> dict[str, Any]:
    type_ = address.split(".")[-2]
    module = address[: address.index(f".{type_}")]
    body = {"actions": list(actions), **details}
    return {"address": address, "module_address": module, "type": type_, "change": body}


def written(folder: Path, *changes: dict[str, Any]) -> Path:
    inner = {"resources": [resource("aws_ebs_encryption_by_default.this", "aws.us_east_1")]}
    outer = {
        "resources": [resource("aws_sqs_queue.dead")],
        "module_calls": {"inner": {"module": inner}},
    }
    document = {
        "configuration": {
            "provider_config": REGIONS,
            "root_module": {"module_calls": {"one": {"module": outer}}},
        },
        "resource_changes": list(changes),
    }
    file = folder / "plan.json"
    file.write_text(json.dumps(document), "utf-8")
    return file


def test_only_what_is_created_is_intended_each_in_the_region_of_its_provider(
    tmp_path: Path,
) -> None:
    queue = 'module.one["a.b"].aws_sqs_queue.dead'
    nested = "module.one.module.inner[0].aws_ebs_encryption_by_default.this[0]"
    file = written(
        tmp_path,
        change(queue, "create", after={"name": "q"}),
        change(nested, "create", after={"enabled": True}),
        change("module.one.aws_sqs_queue.dead", "update", after={"name": "q"}),
        change("module.one.aws_sqs_queue.dead", "delete", "create", after={"name": "q"}),
    )

    found = {intent.address: intent for intent in intents(file)}

    assert {address: intent.region for address, intent in found.items()} == {
        queue: "ap-northeast-1",
        nested: "us-east-1",
    }
    assert found[nested].module == "module.one.module.inner[0]"
    assert found[queue].module == 'module.one["a.b"]'


def test_a_value_of_which_a_part_is_not_known_is_not_known(tmp_path: Path) -> None:
    unknown = {"arn": True, "tags": {}, "rule": [{"id": True}], "timeouts": [{}]}
    file = written(
        tmp_path, change("module.one.aws_sqs_queue.dead", "create", after_unknown=unknown)
    )

    (intent,) = intents(file)

    assert intent.unknown == {"arn", "rule"}
