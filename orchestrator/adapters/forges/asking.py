"""Requests to a forge, whose answers are checked before anybody uses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from orchestrator.errors import NotTold, UsageError

SECONDS = 30


class Asking:
    """`name` and `fix` are for messages. The token is in `headers`, and goes to `api` only."""

    def __init__(self, name: str, api: str, headers: Mapping[str, str], fix: str) -> None:
        self._name, self._api, self._fix = name, api.rstrip("/"), fix
        self._session = requests.Session()
        self._session.headers.update({**headers, "User-Agent": "orchestrator"})

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What is answered, as JSON. Raises NotTold."""
        return self._json(self._answer(method, f"{self._api}{path}", body))

    def pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        """Every item of every page. Raises NotTold."""
        url: str | None = f"{self._api}{path}"
        while url:
            answer = self._answer("GET", url)
            yield from self._json(answer)
            url = answer.links.get("next", {}).get("url")
            if url and not url.startswith(f"{self._api}/"):
                raise NotTold(f"{self._name} names a next page that is not its own", self._fix)

    def _answer(self, method: str, url: str, body: object = None) -> requests.Response:
        try:
            answer = self._session.request(
                method, url, json=body, timeout=SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise NotTold(f"{self._name} cannot be reached: {type(error).__name__}") from None
        if answer.status_code // 100 != 2:
            path = url.removeprefix(self._api).partition("?")[0]
            raise NotTold(
                f"{self._name} answered {answer.status_code} to {method} {path}", self._fix
            )
        return answer

    def _json(self, answer: requests.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise NotTold(f"{self._name} answered with something that is not JSON") from None


def needed(env: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """The values of variables that a job there has. Raises UsageError."""
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set",
            "run this in a job there, or set what such a job has",
        )
    return tuple(env[name] for name in names)
