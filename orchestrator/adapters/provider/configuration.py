"""A provider block as Terraform hands it over: every attribute there is, null where not said."""

from __future__ import annotations

import msgpack

from orchestrator.adapters.provider import blocks
from orchestrator.adapters.provider.messages_pb2 import Block, NestedBlock, Schema

Object = dict[str, object]

MANY = frozenset({NestedBlock.LIST, NestedBlock.SET})


def packed(said: blocks.Block, schema: Schema) -> bytes:
    """The configuration as msgpack. Raises blocks.Unknown."""
    return bytes(msgpack.packb(_object(said, schema.block)))


def _object(said: blocks.Block, schema: Block) -> Object:
    nested = {each.type_name: each for each in schema.block_types}
    whole: Object = {attribute.name: None for attribute in schema.attributes}
    whole |= {name: _nested(None, each) for name, each in nested.items()}
    for name, value in said.items():
        if name not in whole:
            raise blocks.Unknown(f"a provider block has '{name}', which its schema has not")
        whole[name] = _nested(value, nested[name]) if name in nested else value
    return whole


def _nested(said: blocks.Value | None, schema: NestedBlock) -> object:
    if said is None:
        return [] if schema.nesting in MANY else {} if schema.nesting == NestedBlock.MAP else None
    if schema.nesting not in MANY or not isinstance(said, dict):
        raise blocks.Unknown(f"a provider block has a block '{schema.type_name}' of another kind")
    return [_object(dict(said), schema.block)]
