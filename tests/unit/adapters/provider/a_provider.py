"""A provider process without AWS: it speaks the plugin protocol, and says what it was told.

What it is asked decides how it behaves: `crash` ends it, `hang` takes forever, anything else is
answered with the keys and the profile it was configured with.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from pathlib import Path

import grpc
import msgpack

from orchestrator.adapters.provider.messages_pb2 import (
    ConfigureRequest,
    ConfigureResponse,
    Diagnostic,
    IdentitySchemas,
    PrepareRequest,
    PrepareResponse,
    Schemas,
)

TYPES = ("aws_iam_role", "aws_s3_bucket", "aws_sns_topic")
configured: dict[str, object] = {}
asked: dict[str, int] = {}


def schema(_request: bytes) -> bytes:
    return Schemas(resources={name: name.encode() for name in TYPES}).SerializeToString()


def identities(_request: bytes) -> bytes:
    return IdentitySchemas(resources={name: name.encode() for name in TYPES}).SerializeToString()


def invoke(request: bytes) -> Iterator[bytes]:
    for step in (b"began ", b"ended "):
        yield step + request
    if request == b"crash":
        os._exit(1)


def prepare(request: bytes) -> bytes:
    config = PrepareRequest.FromString(request).config
    said = [] if b"nowhere" not in config.msgpack else [an_error("no such region")]
    return PrepareResponse(prepared_config=config, diagnostics=said).SerializeToString()


def configure(request: bytes) -> bytes:
    config = msgpack.unpackb(ConfigureRequest.FromString(request).config.msgpack)
    configured.clear()
    configured.update(config)
    said = [an_error("wrong account")] if config["region"] == "wrong" else []
    return ConfigureResponse(diagnostics=said).SerializeToString()


def check(request: bytes) -> bytes:
    return b"complaint" if request == b"wrong" else b""


def read(request: bytes) -> bytes:
    if request == b"crash":
        os._exit(1)
    if request == b"hang":
        time.sleep(60)
    told = {name: configured.get(name) for name in ("profile", "access_key", "secret_key", "token")}
    seen = {"pid": os.getpid(), "asked": asked, "env": dict(os.environ)}
    return json.dumps(told | seen).encode()


def an_error(what: str) -> Diagnostic:
    return Diagnostic(severity=Diagnostic.ERROR, summary=what)


ANSWERS: Mapping[str, Callable[[bytes], bytes]] = {
    "GetSchema": schema,
    "PrepareProviderConfig": prepare,
    "Configure": configure,
    "GetResourceIdentitySchemas": identities,
    "ReadResource": read,
    "ValidateDataSourceConfig": check,
    "ValidateResourceTypeConfig": read,
    "Stop": lambda _request: b"",
}


class Service(grpc.GenericRpcHandler):
    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        name = handler_call_details.method.rpartition("/")[2]
        if name == "InvokeAction":
            return grpc.unary_stream_rpc_method_handler(lambda request, _: invoke(request))
        if name not in ANSWERS:
            return None

        def answer(request: bytes, _context: object) -> bytes:
            asked[name] = asked.get(name, 0) + 1
            return ANSWERS[name](request)

        return grpc.unary_unary_rpc_method_handler(answer)


def main() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((Service(),))
    socket = Path(os.environ["PLUGIN_UNIX_SOCKET_DIR"]) / f"p{os.getpid()}"
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    sys.stdout.write(f"1|5|unix|{socket}|grpc|\n")
    sys.stdout.flush()
    server.wait_for_termination()
