from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from orchestrator.adapters.terraform.releases import SHA256, VARIABLE, VERSION, cached, fetch
from orchestrator.errors import ToolMissing

PROGRAM = b"#!/bin/sh\necho terraform\n"
LINUX = "linux_amd64"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


class Cut(Quiet):
    """Announces a whole file and sends half of it."""

    def do_GET(self) -> None:
        content = a_release()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])


class Server:
    """The releases, on this machine."""

    def __init__(self, folder: Path, handler: type[Quiet]) -> None:
        bound = partial(handler, directory=str(folder))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/terraform"
        serve = partial(self.server.serve_forever, poll_interval=0.01)
        threading.Thread(target=serve, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def a_release(name: str = "terraform", content: bytes = PROGRAM) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
        archive.writestr(zipfile.ZipInfo("LICENSE.txt"), "…")
    return written.getvalue()


def sha256(content: bytes) -> dict[str, str]:
    return {LINUX: hashlib.sha256(content).hexdigest()}


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    folder = tmp_path / "www" / "terraform" / VERSION
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def env(tmp_path: Path, releases: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    server = Server(tmp_path / "www", getattr(request, "param", Quiet))
    yield {"XDG_CACHE_HOME": str(tmp_path / "cache"), VARIABLE: server.url, "NO_PROXY": "*"}
    server.stop()


def publish(releases: Path, content: bytes) -> bytes:
    (releases / f"terraform_{VERSION}_{LINUX}.zip").write_bytes(content)
    return content


def left_behind(env: dict[str, str]) -> list[str]:
    folder = Path(env["XDG_CACHE_HOME"])
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_release_is_downloaded_checked_and_kept(releases: Path, env: dict[str, str]) -> None:
    content = publish(releases, a_release())

    program = fetch(env, LINUX, sha256(content))

    assert program.read_bytes() == PROGRAM
    assert cached(env) == program
    assert left_behind(env) == ["terraform"]


def test_a_release_with_another_checksum_is_not_unpacked(
    releases: Path, env: dict[str, str]
) -> None:
    publish(releases, a_release())

    with pytest.raises(ToolMissing, match=f"must be '{SHA256[LINUX]}'; not unpacked"):
        fetch(env, LINUX)
    assert (left_behind(env), cached(env)) == ([], None)


@pytest.mark.parametrize("env", [Cut], indirect=True)
def test_a_download_that_breaks_off_is_not_unpacked(env: dict[str, str]) -> None:
    with pytest.raises(ToolMissing):
        fetch(env, LINUX, sha256(a_release()))
    assert left_behind(env) == []


def test_a_release_that_is_not_there_is_named(env: dict[str, str]) -> None:
    with pytest.raises(ToolMissing, match=rf"terraform_{VERSION}_{LINUX}\.zip: HTTP Error 404"):
        fetch(env, LINUX)


def test_without_a_network_the_remedy_is_named(env: dict[str, str]) -> None:
    offline = {**env, VARIABLE: "http://127.0.0.1:1/terraform"}

    with pytest.raises(ToolMissing, match="cannot be downloaded") as caught:
        fetch(offline, LINUX)
    assert "put Terraform >= 1.10 on the PATH" in caught.value.fix


@pytest.mark.parametrize("content", [b"no zip at all", a_release(name="something-else")])
def test_a_file_without_the_program_is_refused(
    content: bytes, releases: Path, env: dict[str, str]
) -> None:
    publish(releases, content)

    with pytest.raises(ToolMissing, match="no Terraform in it"):
        fetch(env, LINUX, sha256(content))
    assert left_behind(env) == []


def test_a_platform_that_is_not_pinned_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(ToolMissing, match="pinned for plan9_mips"):
        fetch(env, "plan9_mips")


def test_only_the_web_is_asked(env: dict[str, str]) -> None:
    with pytest.raises(ToolMissing, match="not an http or https address"):
        fetch({**env, VARIABLE: "file:///etc"}, LINUX)
