"""The webhook's own connection, against a server on this machine with a certificate of its own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orchestrator.findings.messages.channels import post
from orchestrator.findings.tickets.trackers.api import Request, ask


def a_certificate(folder: Path) -> Path:
    """A key and its certificate for 127.0.0.1, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    )
    file = folder / "both.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@dataclass
class Receiver:
    url: str
    trust: ssl.SSLContext
    got: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Answers 200, but /moved with a redirect to /elsewhere."""
    file = a_certificate(tmp_path)
    got: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, body))
            self.send_response(302 if self.path == "/moved" else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            got.append((self.path, self.headers["Authorization"].encode()))
            self.send_response(301 if self.path == "/moved" else 200)
            self.send_header("Retry-After", "7")
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    trust = ssl.create_default_context(cafile=str(file))
    yield Receiver(f"https://127.0.0.1:{server.server_port}", trust, got)
    server.shutdown()
    server.server_close()


def test_a_message_arrives_as_it_was_signed(receiver: Receiver) -> None:
    assert post(f"{receiver.url}/x?y=1", b"body", {}, receiver.trust) == 200
    assert receiver.got == [("/x?y=1", b"body")]


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    assert post(f"{receiver.url}/moved", b"body", {}, receiver.trust) == 302
    assert [path for path, _ in receiver.got] == ["/moved"]


def test_nothing_is_said_to_a_host_that_cannot_prove_who_it_is(receiver: Receiver) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        post(f"{receiver.url}/x", b"body", {})
    assert receiver.got == []


def test_a_tracker_is_asked_over_the_same_kind_of_connection(receiver: Receiver) -> None:
    headers = {"Authorization": "Bearer x"}
    answer = ask(Request("GET", f"{receiver.url}/issues?page=1", headers), receiver.trust)
    assert (answer.status, answer.headers["retry-after"], answer.body) == (200, "7", b"[]")

    assert ask(Request("GET", f"{receiver.url}/moved", headers), receiver.trust).status == 301
    assert receiver.got == [("/issues?page=1", b"Bearer x"), ("/moved", b"Bearer x")]


def test_a_tracker_that_cannot_prove_who_it_is_gets_no_secret(receiver: Receiver) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(Request("GET", f"{receiver.url}/issues", {"Authorization": "Bearer x"}))
    with pytest.raises(ValueError, match="https://"):
        ask(Request("GET", receiver.url.replace("https", "http"), {"Authorization": "Bearer x"}))
    assert receiver.got == []
