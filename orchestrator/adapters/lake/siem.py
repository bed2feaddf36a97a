"""A domain or a collection, spoken with in signed requests to set it up."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys
from botocore.exceptions import HTTPClientError

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.lake.opensearch import Send, over_https
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.logs.trees import Tree, parsed

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
                f"'{place.url}' is no address of a domain or collection",
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
