"""Setting up a domain or a collection, against a server that answers as OpenSearch does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSRequest

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.lake.opensearch import Place, SignedTarget
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.logs.siem.indices import CLASS_IDS, Keeping
from orchestrator.logs.siem.objects import saved_objects
from orchestrator.logs.siem.setup import Done, NotAsDocumented, Plan, set_up

KEYS = Credentials("AKIAEXAMPLE", "secret", "token")
WRITER = "arn:aws:iam::200000000002:role/orchestrator-siem-pipeline"
DOMAIN = Plan(serverless=False, writers=(WRITER,))
COLLECTION = Plan(serverless=True)


@dataclass
class Held:
    """What the server holds, and every request that changed it."""

    documents: dict[str, object] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    imported: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refuse: str = ""
    forget: bool = False
    version: int = 0


@contextmanager
def a_server(held: Held) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path.lstrip("/")
            found = path.removeprefix("_alias/") in held.aliases or path in held.documents
            self.say(200 if found else 404, _shown(path, held) if found else {"error": "no such"})

        def do_PUT(self) -> None:
            parts, body = urlsplit(self.path), json.loads(self.body())
            path = parts.path.lstrip("/")
            held.writes.append(f"PUT {path}")
            if path in held.documents and path.startswith("_plugins/_ism"):
                seen = parse_qs(parts.query).get("if_seq_no")
                if seen != [str(held.version)]:
                    return self.say(409, {"error": "version_conflict"})
                held.version += 1
            if not held.forget:
                held.documents[path] = body
                held.aliases.update(body.get("aliases", {}))
            return self.say(200, {"acknowledged": True})

        def do_POST(self) -> None:
            text = self.body().decode()
            held.writes.append(f"POST {urlsplit(self.path).path.lstrip('/')}")
            if "change_policy" in self.path:
                return self.say(200, {"updated_indices": 2, "failures": False})
            lines = [line for line in text.splitlines() if line.startswith("{")]
            held.imported = lines
            assert self.headers["osd-xsrf"] == "true"
            return self.say(200, {"success": True, "successCount": len(lines)})

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def say(self, status: int, answer: object) -> None:
            held.headers.append({name.lower(): value for name, value in self.headers.items()})
            if held.refuse and held.refuse in self.path:
                status, answer = 403, {"message": "not authorized"}
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _shown(path: str, held: Held) -> object:
    """As OpenSearch answers: wrapped, with numbers as strings and more than it was given."""
    document = held.documents.get(path, {})
    name = path.rpartition("/")[2]
    if path.startswith("_plugins/_ism"):
        return {"_id": name, "_seq_no": held.version, "_primary_term": 1, **as_dict(document)}
    if path.startswith("_plugins/_security"):
        return {name: {**as_dict(document), "reserved": False, "hidden": False}}
    if path.startswith(("_index_template", "_component_template")):
        kind = path.partition("/")[0].strip("_")
        return {f"{kind}s": [{"name": name, kind: as_strings(document)}]}
    return {}


def as_dict(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def as_strings(value: object) -> object:
    if isinstance(value, dict):
        return {name: as_strings(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_strings(each) for each in value]
    return str(value).lower() if isinstance(value, bool | int) else value


def target(port: int, service: str = "es") -> SignedTarget:
    def send(request: AWSRequest) -> tuple[int, str]:
        prepared = request.prepare()
        path = prepared.url.removeprefix("https://logs.example.com")
        connection = HTTPConnection("127.0.0.1", port)
        assert prepared.body is None or isinstance(prepared.body, bytes)
        connection.request(prepared.method, path, prepared.body, dict(prepared.headers))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    return SignedTarget(Place("https://logs.example.com", "eu-west-1", service), lambda: KEYS, send)


def done(held: Held, plan: Plan, *, write: bool = True) -> list[Done]:
    with a_server(held) as port:
        service = "aoss" if plan.serverless else "es"
        return list(set_up(target(port, service), plan, write=write))


def test_a_new_domain_gets_everything_and_the_second_time_nothing_but_dashboards() -> None:
    held = Held()

    first, writes = done(held, DOMAIN), list(held.writes)
    held.writes.clear()
    second = done(held, DOMAIN)

    assert {step.how for step in first[:-1]} == {"made"}
    assert len(writes) == 2 + 1 + 1 + len(CLASS_IDS) + 1 + len(CLASS_IDS) + 1
    assert {step.how for step in second[:-1]} == {"same"}
    assert held.writes == ["POST _dashboards/api/saved_objects/_import"]
    assert len(held.imported) == len(saved_objects())


def test_a_collection_gets_its_template_and_dashboards_and_no_retention() -> None:
    held = Held()

    steps = done(held, COLLECTION)

    assert [step.what for step in steps[:-1]] == ["_index_template/ocsf"]
    assert all("x-amz-content-sha256" in headers for headers in held.headers)


def test_every_request_is_signed_for_its_service_and_region() -> None:
    held = Held()

    done(held, DOMAIN)

    signed = "Credential=AKIAEXAMPLE/"
    for headers in held.headers:
        assert headers["authorization"].startswith(f"AWS4-HMAC-SHA256 {signed}")
        assert "/eu-west-1/es/aws4_request" in headers["authorization"]


def test_a_changed_retention_is_written_over_the_version_that_was_read_and_followed() -> None:
    held = Held()
    done(held, DOMAIN)
    held.writes.clear()

    steps = done(held, Plan(serverless=False, keeping=Keeping(delete_days=30), writers=(WRITER,)))

    changed = [step.what for step in steps if step.how == "changed"]
    assert changed[0] == "_plugins/_ism/policies/ocsf-retention"
    assert held.writes[:2] == [
        "PUT _plugins/_ism/policies/ocsf-retention",
        "POST _plugins/_ism/change_policy/ocsf-*",
    ]


def test_a_dry_run_says_what_is_missing_and_writes_nothing() -> None:
    held = Held()

    steps = done(held, DOMAIN, write=False)

    assert {step.how for step in steps} == {"missing"}
    assert held.writes == []


def test_a_dry_run_says_what_somebody_has_changed() -> None:
    held = Held()
    done(held, DOMAIN)
    held.documents["_plugins/_security/api/roles/ocsf-writer"] = {"cluster_permissions": ["*"]}

    steps = done(held, DOMAIN, write=False)

    assert [step.what for step in steps if step.how == "differs"] == [
        "_plugins/_security/api/roles/ocsf-writer"
    ]


def test_a_target_that_refuses_ends_the_setup() -> None:
    with pytest.raises(AwsDenied, match=r"GET .*rolesmapping/ocsf-writer.*403"):
        done(Held(refuse="rolesmapping"), DOMAIN)


def test_a_target_that_does_not_keep_what_it_accepted_ends_the_setup() -> None:
    with pytest.raises(NotAsDocumented, match="ocsf-writer: 404"):
        done(Held(forget=True), DOMAIN)


@pytest.mark.parametrize("url", ["http://logs.example.com", "https://x/path", "logs.example.com"])
def test_an_address_without_tls_or_with_a_path_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="not an address of a domain or collection"):
        SignedTarget(Place(url, "eu-west-1", "es"), lambda: KEYS)
