"""OpenSearch as a lake: a domain or a Serverless collection, asked with signed requests."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys
from botocore.httpsession import URLLib3Session

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.logs.event import Event
from orchestrator.logs.lake.asking import Answer, Question, answer, matches
from orchestrator.logs.lake.opensearch import from_answer, search
from orchestrator.logs.trees import Tree, parsed


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

    limits: tuple[str, ...] = ()

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
            request = signed(search(question, after), self._endpoint, self._credentials())
            events, after = from_answer(self._answer(request))
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
        raise UsageError(f"'{endpoint.url}' is no https address", "give the endpoint with https://")
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
