"""A provider that has a schema and nothing behind it: enough for `terraform validate`.

Terraform checks every argument, block and reference of a configuration against it, which needs
neither the provider nor AWS. What is deprecated is left out, so that a use of it is an error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from orchestrator.adapters.terraform.packages import PROVIDER

SERVICE = "/tfplugin5.Provider/"
NESTING = {"single": 1, "struct": 1, "list": 2, "set": 3, "map": 4}
FLAGS = (("r", 4), ("o", 5), ("c", 6))
KINDS = {"resource": 2, "data": 3}
UNLIMITED = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1))


@contextmanager
def served(table: Mapping[str, Any], folder: Path) -> Iterator[Mapping[str, str]]:
    """The environment in which Terraform finds this provider instead of the real one."""
    socket = folder / "schema.sock"
    server = grpc.server(futures.ThreadPoolExecutor(4), options=UNLIMITED)
    server.add_generic_rpc_handlers((_Answers(schemas(table)),))
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    reached = {
        "Protocol": "grpc",
        "ProtocolVersion": 5,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": str(socket)},
    }
    try:
        yield {"TF_REATTACH_PROVIDERS": json.dumps({PROVIDER: reached})}
    finally:
        server.stop(None).wait()


class _Answers(grpc.GenericRpcHandler):
    """Finds nothing wrong with any value."""

    def __init__(self, answer: bytes) -> None:
        self._schemas = answer

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        match handler_call_details.method.removeprefix(SERVICE):
            case "GetSchema":
                return grpc.unary_unary_rpc_method_handler(lambda _, __: self._schemas)
            case "PrepareProviderConfig":
                # The configuration has the same field number in question and answer.
                return grpc.unary_unary_rpc_method_handler(lambda request, _: request)
            case "ValidateResourceTypeConfig" | "ValidateDataSourceConfig" | "Stop":
                return grpc.unary_unary_rpc_method_handler(lambda _, __: b"")
        return None


def schemas(table: Mapping[str, Any]) -> bytes:
    """The answer to GetSchema. Source: Terraform's plugin protocol, version 5."""
    gone: Mapping[str, Sequence[str]] = table["deprecated"]
    encoded = b""
    for name, block in table["types"].items():
        kind, _, short = name.partition(" ")
        schema = _field(2, _block(block, frozenset(gone.get(name, ())), ""))
        if kind == "provider":
            encoded += _field(1, schema)
        else:
            encoded += _field(KINDS[kind], _field(1, short.encode()) + _field(2, schema))
    return encoded


def _block(block: Mapping[str, Any], gone: frozenset[str], above: str) -> bytes:
    encoded = b""
    for name, (flags, of) in block["attributes"].items():
        if above + name not in gone:
            encoded += _field(2, _attribute(name, flags, of))
    for name, (nesting, nested) in block["blocks"].items():
        if above + name not in gone:
            inner = _field(2, _block(nested, gone, f"{above}{name}."))
            encoded += _field(3, _field(1, name.encode()) + inner + _field(3, NESTING[nesting]))
    return encoded


def _attribute(name: str, flags: str, of: object) -> bytes:
    encoded = _field(1, name.encode()) + _field(2, json.dumps(of).encode())
    return encoded + b"".join(_field(number, 1) for flag, number in FLAGS if flag in flags)


def _field(number: int, value: bytes | int) -> bytes:
    """A field of a protobuf message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*encoded, value))
