from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection

import pytest

from orchestrator.sandbox.exchange import Environ
from orchestrator.sandbox.http_server import Server, StartResponse

NAMES = ("REQUEST_METHOD", "PATH_INFO", "RAW_URI", "QUERY_STRING", "HTTP_HOST", "HTTP_X_ONE")


def echo(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Split", "a\r\nX-Evil: b")])
    stream = environ["wsgi.input"]
    yield "|".join(str(environ.get(name, "")) for name in NAMES).encode() + b"|"
    yield stream.read()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = Server(socket.create_server(("127.0.0.1", 0)), echo)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.port
    server.shutdown()
    server.server_close()


def exchanged(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_connection_serves_request_after_request(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.connect()
    first = connection.sock
    for number in range(3):
        connection.request("POST", f"/{number}", b"body", {"X-One": "1"})
        assert connection.getresponse().read().startswith(f"POST|/{number}|".encode())

    assert connection.sock is first


def test_a_client_that_takes_us_for_its_proxy_is_understood(port: int) -> None:
    request = b"GET http://bucket.aws.test:9/a%20b?c=d HTTP/1.1\r\nHost: other\r\n\r\n"

    assert b"GET|/a b|/a%20b?c=d|c=d|bucket.aws.test:9||" in exchanged(port, request)


def test_a_body_in_chunks_is_put_together(port: int) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert exchanged(port, head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").endswith(b"|abcde")


def test_who_expects_to_be_told_to_go_on_is_told(port: int) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi"

    assert exchanged(port, head).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_an_answer_to_head_has_no_body(port: int) -> None:
    answer = exchanged(port, b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")

    assert answer.endswith(b"\r\n\r\n")


def test_a_header_cannot_smuggle_in_another(port: int) -> None:
    assert b"X-Split: aX-Evil: b\r\n" in exchanged(
        port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    ).replace(b"a X-Evil", b"aX-Evil")


@pytest.mark.parametrize(
    "request_", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"\x16\x03\x01"]
)
def test_what_is_not_http_ends_the_connection(port: int, request_: bytes) -> None:
    assert exchanged(port, request_) == b""
