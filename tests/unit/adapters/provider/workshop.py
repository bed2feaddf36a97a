"""A folder as `terraform init` leaves it, and what of Terraform talks to a provider."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import grpc
import msgpack

from orchestrator.adapters.provider.messages_pb2 import (
    ConfigureRequest,
    ConfigureResponse,
    PrepareRequest,
    PrepareResponse,
    Schemas,
    Value,
)
from orchestrator.adapters.terraform import packages

ROOT = Path(__file__).parents[4]
PROGRAM = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.unit.adapters.provider.a_provider import main
main()
"""
MAIN = """
provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_role" "this" {}
"""


def a_folder(folder: Path, program: str = PROGRAM, main: str = MAIN) -> Path:
    package = folder / ".terraform/providers" / packages.PROVIDER / "5.100.0/linux_amd64"
    package.mkdir(parents=True)
    binary = package / "terraform-provider-aws_v5.100.0_x5"
    binary.write_text(program)
    binary.chmod(0o755)
    lock(folder, packages.h1(package))
    (folder / "main.tf").write_text(main)
    return folder


def lock(folder: Path, hash_: str) -> None:
    (folder / packages.LOCK_FILE).write_text(
        f'provider "{packages.PROVIDER}" {{\n  version = "5.100.0"\n'
        f'  hashes = [\n    "{hash_}",\n  ]\n}}\n'
    )


def credentials(folder: Path, *accounts: str) -> dict[str, str]:
    """A run's environment, with keys named after the accounts."""
    file = folder / "credentials"
    file.write_text(
        "\n".join(
            f"[{name}]\naws_access_key_id = key-{name}\naws_secret_access_key = secret-{name}\n"
            f"aws_session_token = token-{name}\n"
            for name in accounts
        )
    )
    return {"PATH": "/usr/bin:/bin", "AWS_SHARED_CREDENTIALS_FILE": str(file)}


class Connection:
    """One provider block's connection, as Terraform makes it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        (reached,) = json.loads(env["TF_REATTACH_PROVIDERS"]).values()
        self.socket = Path(reached["Addr"]["String"])
        # Without this, channels to the same address share one connection.
        options = (("grpc.use_local_subchannel_pool", 1),)
        self._channel = grpc.insecure_channel(f"unix:{self.socket}", options=options)

    def ask(self, method: str, request: bytes = b"", timeout: float = 30) -> bytes:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(
            f"/tfplugin5.Provider/{method}"
        )
        return call(request, timeout=timeout)

    def follow(self, method: str, request: bytes = b"") -> list[bytes]:
        call: grpc.UnaryStreamMultiCallable[bytes, bytes] = self._channel.unary_stream(
            f"/tfplugin5.Provider/{method}"
        )
        return list(call(request, timeout=30))

    def schema(self) -> frozenset[str]:
        return frozenset(Schemas.FromString(self.ask("GetSchema")).resources)

    def prepare(self, **config: object) -> list[str]:
        request = PrepareRequest(config=packed(config)).SerializeToString()
        answer = PrepareResponse.FromString(self.ask("PrepareProviderConfig", request))
        return [said.summary for said in answer.diagnostics]

    def configure(self, **config: object) -> list[str]:
        request = ConfigureRequest(config=packed(config)).SerializeToString()
        answer = ConfigureResponse.FromString(self.ask("Configure", request))
        return [said.summary for said in answer.diagnostics]

    def read(self, request: bytes = b"") -> dict[str, object]:
        answer: dict[str, object] = json.loads(self.ask("ReadResource", request))
        return answer

    def close(self) -> None:
        self._channel.close()


@contextmanager
def connected(env: Mapping[str, str]) -> Iterator[Connection]:
    connection = Connection(env)
    try:
        yield connection
    finally:
        connection.close()


def packed(config: Mapping[str, object]) -> Value:
    whole = {"region": "eu-west-1", "profile": None, "access_key": None, "secret_key": None}
    return Value(msgpack=msgpack.packb({**whole, "token": None, **config}))
