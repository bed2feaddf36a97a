"""HTTP/1.1 with connections that are kept, for a WSGI application.

werkzeug's development server closes the connection after each request; with hundreds of accounts
behind one server the connections, and its header parser, were the larger part of a request.
"""

from __future__ import annotations

import io
import socket
import socketserver
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import unquote_to_bytes, urlsplit

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)

from orchestrator.sandbox.exchange import Environ, Headers

StartResponse = Callable[[str, Headers], object]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
HeaderLines = list[tuple[str, str]]

REASONS = {status.value: status.phrase for status in HTTPStatus}
WITHOUT_BODY = frozenset({204, 304})
MAX_LINE = 65536


class Malformed(Exception):
    """A request that is not HTTP."""


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection; moto keeps its state in this process, so one process."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, application: Application) -> None:
        super().__init__(listener.getsockname(), Connection, bind_and_activate=False)
        self.socket.close()
        self.socket, self.application = listener, application

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nothing to report."""


class Connection(socketserver.StreamRequestHandler):
    """Serves request after request until the client closes."""

    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        try:
            while self._serve():
                pass
        except (ConnectionError, TimeoutError, Malformed):
            return

    def _serve(self) -> bool:
        line = self.rfile.readline(MAX_LINE)
        if not line.strip():
            return False
        method, target, version = _request_line(line)
        headers = _headers(self.rfile)
        environ = _environ(method, target, version, headers)
        environ["SERVER_PORT"] = str(self.server.port)
        if str(environ.get("HTTP_EXPECT", "")).lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = _body(self.rfile, environ)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        keep = _keeps(environ)
        self.wfile.write(_respond(self.server.application, environ, keep))
        return keep


def _request_line(line: bytes) -> tuple[str, str, str]:
    parts = line.decode("latin-1").split()
    if len(parts) != 3:
        raise Malformed
    return parts[0], parts[1], parts[2]


def _headers(stream: io.BufferedIOBase) -> HeaderLines:
    headers: HeaderLines = []
    while (line := stream.readline(MAX_LINE)) not in (b"\r\n", b"\n", b""):
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise Malformed
        headers.append((name, value.strip()))
    return headers


def _environ(method: str, target: str, version: str, headers: HeaderLines) -> Environ:
    """PEP 3333's environ. `target` is absolute when the client takes us for its proxy."""
    parts = urlsplit(target) if "://" in target else None
    path, _, query = target.partition("?")
    if parts:
        path, query = parts.path or "/", parts.query
    environ: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": f"{path}?{query}" if query else path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PROTOCOL": version,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    _add_headers(environ, headers)
    if parts:
        environ["HTTP_HOST"] = parts.netloc
    return environ


def _add_headers(environ: Environ, headers: HeaderLines) -> None:
    """Headers with an underscore are dropped, as usual, but for S3's user metadata."""
    preserved: dict[str, str] = {}
    for name, value in headers:
        if "_" in name:
            if not should_preserve_original_header_name(name):
                continue
            preserved[environ_key_for_header(name)] = name
        key = environ_key_for_header(name)
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved


def _body(stream: io.BufferedIOBase, environ: Environ) -> bytes:
    if "chunked" in str(environ.pop("HTTP_TRANSFER_ENCODING", "")).lower():
        return b"".join(_chunks(stream))
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isdigit():
        raise Malformed
    body = stream.read(int(length))
    if len(body) < int(length):
        raise Malformed
    return body


def _chunks(stream: io.BufferedIOBase) -> Iterable[bytes]:
    while True:
        size = stream.readline(MAX_LINE).split(b";")[0].strip()
        try:
            length = int(size, 16)
        except ValueError:
            raise Malformed from None
        if not length:
            break
        yield stream.read(length)
        stream.readline(MAX_LINE)
    while stream.readline(MAX_LINE) not in (b"\r\n", b"\n", b""):
        continue


def _keeps(environ: Environ) -> bool:
    wish = str(environ.get("HTTP_CONNECTION", "")).lower()
    if environ["SERVER_PROTOCOL"] == "HTTP/1.0":
        return "keep-alive" in wish
    return "close" not in wish


def _respond(application: Application, environ: Environ, keep: bool) -> bytes:
    started: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers) -> None:
        started.append((status, headers))

    body = b"".join(application(environ, start_response))
    status, headers = started[-1]
    code = int(status.split(" ", 1)[0])
    lines = [f"HTTP/1.1 {code} {REASONS.get(code, 'Unknown')}"]
    lines += [f"{name}: {_one_line(value)}" for name, value in headers]
    names = {name.lower() for name, _ in headers}
    if "content-length" not in names and code not in WITHOUT_BODY:
        lines.append(f"Content-Length: {len(body)}")
    if "date" not in names:
        lines.append(f"Date: {formatdate(usegmt=True)}")
    lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
    head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
    bodiless = environ["REQUEST_METHOD"] == "HEAD" or code in WITHOUT_BODY
    return head if bodiless else head + body


def _one_line(value: str) -> str:
    return value.replace("\r", "").replace("\n", " ")
