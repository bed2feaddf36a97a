from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestrator.adapters.terraform.intended import intents

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
