from __future__ import annotations

import json

import pytest

from orchestrator.adapters.provider import state_file
from orchestrator.adapters.provider.state_file import Doubtful
from orchestrator.adapters.terraform.packages import Version

TERRAFORM = Version((1, 11, 4))
AWS = 'provider["registry.terraform.io/hashicorp/aws"]'


def an_instance(**changes: object) -> dict[str, object]:
    return {"schema_version": 1, "attributes": {"id": "é"}, "private": "e30=", **changes}


def a_resource(**changes: object) -> dict[str, object]:
    return {
        "module": "module.roles",
        "mode": "managed",
        "type": "aws_iam_role",
        "name": "plan",
        "provider": AWS,
        "instances": [an_instance()],
        **changes,
    }


def a_state(*resources: object, **changes: object) -> bytes:
    state = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 3,
        "lineage": "a-lineage",
        "resources": list(resources),
        **changes,
    }
    return json.dumps({key: value for key, value in state.items() if value is not None}).encode()


def parse(content: bytes) -> state_file.StateFile:
    return state_file.parse(content, TERRAFORM)


def test_every_instance_has_its_address_its_provider_block_and_its_attributes() -> None:
    each = a_resource(instances=[an_instance(index_key='a"b'), an_instance(index_key=0)])
    there = a_resource(name="there", provider=f"{AWS}.us_east_1", module="")

    state = parse(a_state(each, there))

    assert [(found.address, found.alias) for found in state.instances] == [
        ('module.roles.aws_iam_role.plan["a\\"b"]', ""),
        ("module.roles.aws_iam_role.plan[0]", ""),
        ("aws_iam_role.there", "us_east_1"),
    ]
    assert json.loads(state.instances[0].attributes) == {"id": "é"}
    assert state.instances[0].private == b"{}"
    assert (state.lineage, state.serial, state.outside) == ("a-lineage", 3, ())


def test_what_names_a_resource_in_aws_is_taken_from_the_states_that_have_it() -> None:
    named = an_instance(identity={"name": "plan"}, identity_schema_version=2)

    (instance,) = parse(a_state(a_resource(instances=[named]))).instances
    (without,) = parse(a_state(a_resource())).instances

    assert (json.loads(instance.identity), instance.identity_version) == ({"name": "plan"}, 2)
    assert (without.identity, without.identity_version) == (b"", 0)


def test_data_sources_count_only_when_they_ask_aws() -> None:
    inside = a_resource(mode="data", type="aws_iam_policy_document")
    outside = a_resource(mode="data", type="aws_guardduty_detector", name="this")

    assert parse(a_state(inside, outside)).outside == (
        "module.roles.data.aws_guardduty_detector.this",
    )


def test_a_state_of_an_older_terraform_may_be_read() -> None:
    assert parse(a_state(a_resource(), terraform_version="1.5.7")).instances


DOUBTS: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"\x00", "is not JSON"),
    "a list": (b"[]", "the state is not an object"),
    "encrypted": (a_state(encrypted_data="x", encryption_version="v0"), "is encrypted"),
    "encrypted, without a version": (a_state(version=None, encrypted_data="x"), "is encrypted"),
    "older format": (a_state(version=3), "format is '3'"),
    "newer format": (a_state(version=5), "format is '5'"),
    "newer Terraform": (a_state(terraform_version="1.12.0"), "Terraform '1.12.0'"),
    "odd Terraform": (a_state(terraform_version="next"), "Terraform 'next'"),
    "no lineage": (a_state(lineage=""), "no lineage"),
    "no serial": (a_state(serial="3"), "no serial"),
    "no resources": (a_state(resources=None), "no list of resources"),
    "unknown mode": (a_state(a_resource(mode="ephemeral")), "unknown mode"),
    "another provider": (
        a_state(a_resource(provider='provider["registry.terraform.io/hashicorp/random"]')),
        "another provider",
    ),
    "a provider block of a module": (
        a_state(a_resource(provider=f"module.roles.{AWS}")),
        "another provider",
    ),
    "deposed": (a_state(a_resource(instances=[an_instance(deposed="a1b2")])), "deposed object"),
    "tainted": (a_state(a_resource(instances=[an_instance(status="tainted")])), "is tainted"),
    "old attributes": (
        a_state(a_resource(instances=[an_instance(attributes=None, attributes_flat={"id": "x"})])),
        "the attributes of module.roles.aws_iam_role.plan",
    ),
    "no schema version": (
        a_state(a_resource(instances=[an_instance(schema_version=None)])),
        "no schema_version",
    ),
    "private data": (a_state(a_resource(instances=[an_instance(private="é")])), "not base64"),
    "odd index": (a_state(a_resource(instances=[an_instance(index_key=1.5)])), "an index"),
    "twice": (a_state(a_resource(), a_resource()), "twice"),
    "no instances": (a_state(a_resource(instances=None)), "no list of resources or instances"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_state_that_leaves_a_doubt_is_not_read(doubt: str) -> None:
    content, why = DOUBTS[doubt]

    with pytest.raises(Doubtful) as raised:
        parse(content)
    assert why in str(raised.value)


def test_no_value_of_a_state_is_in_a_doubt() -> None:
    for content, _ in DOUBTS.values():
        with pytest.raises(Doubtful) as raised:
            parse(content)
        assert "é" not in str(raised.value)
