"""OpenSearch as a lake: a domain or a Serverless collection, asked with signed requests."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.logs.event import Event
from orchestrator.logs.json_path import Tree, parsed
from orchestrator.logs.lake.opensearch import LIMITS, opensearch_body, opensearch_events
from orchestrator.logs.lake.question import Answer, Question, answer, matches


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`service` is `es` for a domain, `aoss` for Serverless."""

    url: str
    region: str
    index: str
    service: str = "es"


Send = Callable[[AWSRequest], tuple[int, str]]


class OpenSearchLake:
    """Asks page after page, until there are as many events as were asked for."""

    limits: tuple[str, ...] = LIMITS

    def __init__(
        self, endpoint: Endpoint, credentials: Callable[[], Credentials], send: Send | None = None
    ) -> None:
        self._endpoint, self._credentials = endpoint, credentials
        self._send = send or over_https

    def ask(self, question: Question) -> Answer:
        return answer(self._candidates(question), question)

    def count(self, question: Question) -> Mapping[str, int]:
        found = {e.uid: e for e in self._candidates(question) if matches(e, question)}
        return Counter(each.name for each in found.values())

    def _candidates(self, question: Question) -> Iterator[Event]:
        after: tuple[object, ...] = ()
        while True:
            request = signed(opensearch_body(question, after), self._endpoint, self._credentials())
            events, after = opensearch_events(self._answer(request))
            yield from events
            if not events or not after:
                return

    def _answer(self, request: AWSRequest) -> Tree:
        status, body = self._send(request)
        tree = parsed(body)
        if status != 200 or not isinstance(tree, dict):
            where = self._endpoint.url
            raise AwsDenied("unknown", "the caller", f"POST {where}", f"{status}: {body[:200]}")
        return tree


def signed(body: Tree, endpoint: Endpoint, credentials: Credentials) -> AWSRequest:
    """The search as a request with an AWS signature, version 4.

    Raises UsageError for an endpoint without TLS, over which no signature is sent.
    """
    if not endpoint.url.startswith("https://"):
        raise UsageError(
            f"'{endpoint.url}' is not an https address", "give the endpoint with https://"
        )
    url = f"{endpoint.url.rstrip('/')}/{quote(endpoint.index, safe='*,-_.')}/_search"
    request = AWSRequest("POST", url, {"Content-Type": "application/json"}, json.dumps(body))
    keys = Keys(credentials.access_key, credentials.secret_key, credentials.token or None)
    if endpoint.service == "aoss":
        request.headers["X-Amz-Content-SHA256"] = SigV4Auth(
            keys, endpoint.service, endpoint.region
        ).payload(request)
    SigV4Auth(keys, endpoint.service, endpoint.region).add_auth(request)
    return request


def over_https(request: AWSRequest) -> tuple[int, str]:
    response = URLLib3Session(timeout=30).send(request.prepare())
    return response.status_code, response.text


REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Place:
    """`service` is `es` for a domain, `aoss` for a collection."""

    url: str
    region: str
    service: str


class SignedTarget:
    """Implements the setup's Target. Raises UsageError for an address without TLS."""

    def __init__(
        self, place: Place, credentials: Callable[[], Credentials], send: Send = over_https
    ) -> None:
        parts = urlsplit(place.url)
        if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/"):
            raise UsageError(
                f"'{place.url}' is not an address of a domain or collection",
                "give it as https://name, as the module's output 'endpoint' says it",
            )
        self._place, self._credentials, self._send = place, credentials, send

    def call(self, method: str, path: str, body: Tree | None = None) -> tuple[int, Tree]:
        data = "" if body is None else json.dumps(body)
        return self._sent(method, path, data, {"Content-Type": "application/json"})

    def upload(self, path: str, name: str, text: str) -> tuple[int, Tree]:
        """As a form with one file; OpenSearch Dashboards wants the header against forgery."""
        boundary = secrets.token_hex(16)
        disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        data = f"--{boundary}\r\n{disposition}\r\n\r\n{text}\r\n--{boundary}--\r\n"
        kind = f"multipart/form-data; boundary={boundary}"
        return self._sent("POST", path, data, {"Content-Type": kind, "osd-xsrf": "true"})

    def _sent(
        self, method: str, path: str, data: str, headers: Mapping[str, str]
    ) -> tuple[int, Tree]:
        url = f"{self._place.url.rstrip('/')}/{path}"
        request = AWSRequest(method, url, dict(headers), data.encode())
        self._sign(request)
        try:
            status, text = self._send(request)
        except HTTPClientError as error:
            raise AwsDenied("unknown", "the caller", f"{method} {url}", str(error)) from error
        answer = parsed(text)
        if status in REFUSED or not isinstance(answer, dict):
            raise AwsDenied("unknown", "the caller", f"{method} {url}", f"{status}: {text[:200]}")
        return status, answer

    def _sign(self, request: AWSRequest) -> None:
        found = self._credentials()
        keys = Keys(found.access_key, found.secret_key, found.token or None)
        auth = SigV4Auth(keys, self._place.service, self._place.region)
        if self._place.service == "aoss":
            request.headers["X-Amz-Content-SHA256"] = auth.payload(request)
        auth.add_auth(request)
