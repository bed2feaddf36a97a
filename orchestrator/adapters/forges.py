"""Requests to a forge. Its answers are checked before they are used."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import requests

from orchestrator.errors import NotificationFailed, UsageError
from orchestrator.model.review import Comment

SECONDS = 30


class Asking:
    """`name` and `fix` are for messages. The token is in `headers`, and goes to `api` only."""

    def __init__(self, name: str, api: str, headers: Mapping[str, str], fix: str) -> None:
        self._name, self._api, self._fix = name, api.rstrip("/"), fix
        self._session = requests.Session()
        self._session.headers.update({**headers, "User-Agent": "orchestrator"})

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer, as JSON. Raises NotTold."""
        return self._json(self._answer(method, f"{self._api}{path}", body))

    def pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        """Every item of every page. Raises NotTold."""
        url: str | None = f"{self._api}{path}"
        while url:
            answer = self._answer("GET", url)
            yield from self._json(answer)
            url = answer.links.get("next", {}).get("url")
            if url and not url.startswith(f"{self._api}/"):
                raise NotificationFailed(
                    f"{self._name} names a next page that is not its own", self._fix
                )

    def _answer(self, method: str, url: str, body: object = None) -> requests.Response:
        try:
            answer = self._session.request(
                method, url, json=body, timeout=SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise NotificationFailed(
                f"{self._name} cannot be reached: {type(error).__name__}"
            ) from None
        if answer.status_code // 100 != 2:
            path = url.removeprefix(self._api).partition("?")[0]
            raise NotificationFailed(
                f"{self._name} answered {answer.status_code} to {method} {path}", self._fix
            )
        return answer

    def _json(self, answer: requests.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise NotificationFailed(
                f"{self._name} answered with something that is not JSON"
            ) from None


def needed(env: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """The values of variables that a job there has. Raises UsageError."""
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set",
            "run this in a job there, or set what such a job has",
        )
    return tuple(env[name] for name in names)


PUBLIC = "https://api.github.com"
AUTHOR = "github-actions[bot]"
"""Who comments with a job's own token. That token may not ask who it is."""
FIX = "let the job write pull-requests, read contents and, for SARIF, write security-events"
REF = re.compile(r"refs/pull/(?P<number>[0-9]+)/(merge|head)")


class GitHub:
    """`env` is that of the job."""

    def __init__(self, env: Mapping[str, str]) -> None:
        token, self._repository = needed(env, "GITHUB_TOKEN", "GITHUB_REPOSITORY")
        self._env = env
        self._author = env.get("ORCHESTRATOR_COMMENT_AUTHOR") or AUTHOR
        self._asking = Asking(
            "GitHub",
            f"{(env.get('GITHUB_API_URL') or PUBLIC).rstrip('/')}/repos/{self._repository}",
            {
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            FIX,
        )

    def comments(self) -> tuple[Comment, ...]:
        return self._comments(self._number())

    def write(self, body: str, instead: Comment | None) -> None:
        if instead:
            self._asking.ask("PATCH", f"/issues/comments/{instead.place}", {"body": body})
        else:
            self._asking.ask("POST", f"/issues/{self._number()}/comments", {"body": body})

    def merged(self) -> tuple[Comment, ...] | None:
        (commit,) = needed(self._env, "GITHUB_SHA")
        for pull in self._asking.pages(f"/commits/{commit}/pulls?per_page=100"):
            if pull["merged_at"] and pull["merge_commit_sha"] == commit:
                return self._comments(int(pull["number"]))
        return None

    def scanned(self, log: str) -> None:
        commit, ref = needed(self._env, "GITHUB_SHA", "GITHUB_REF")
        packed = base64.b64encode(gzip.compress(log.encode())).decode()
        body = {"commit_sha": commit, "ref": ref, "sarif": packed}
        self._asking.ask("POST", "/code-scanning/sarifs", body)

    def _comments(self, number: int) -> tuple[Comment, ...]:
        found = self._asking.pages(f"/issues/{number}/comments?per_page=100")
        return tuple(
            Comment(str(int(each["id"])), str(each["body"] or ""))
            for each in found
            if (each["user"] or {}).get("login") == self._author
        )

    def _number(self) -> int:
        (ref,) = needed(self._env, "GITHUB_REF")
        found = REF.fullmatch(ref)
        if found is None:
            raise UsageError(
                f"GITHUB_REF is '{ref}', which is not a pull request's",
                "run this in a job that a pull request starts",
            )
        return int(found["number"])


GITLAB_TOKEN = "ORCHESTRATOR_GITLAB_TOKEN"  # noqa: S105  the variable's name
GITLAB_FIX = (
    f"let {GITLAB_TOKEN} be a project access token with the scope 'api' "
    "and the role Reporter or higher"
)
MADE_BY_MERGE = ("merge_commit_sha", "squash_commit_sha", "sha")


class GitLab:
    """`env` is that of the job. A job's own token may not write notes, so there is another."""

    def __init__(self, env: Mapping[str, str]) -> None:
        token, api, project = needed(env, GITLAB_TOKEN, "CI_API_V4_URL", "CI_PROJECT_ID")
        self._env, self._project = env, f"/projects/{quote(project, safe='')}"
        self._asking = Asking("GitLab", api, {"PRIVATE-TOKEN": token}, GITLAB_FIX)

    def comments(self) -> tuple[Comment, ...]:
        return self._notes(self._number())

    def write(self, body: str, instead: Comment | None) -> None:
        place = f"{self._project}/merge_requests/{self._number()}/notes"
        if instead:
            self._asking.ask("PUT", f"{place}/{instead.place}", {"body": body})
        else:
            self._asking.ask("POST", place, {"body": body})

    def merged(self) -> tuple[Comment, ...] | None:
        (commit,) = needed(self._env, "CI_COMMIT_SHA")
        path = f"{self._project}/repository/commits/{quote(commit, safe='')}/merge_requests"
        for request in self._asking.pages(f"{path}?per_page=100"):
            if request["state"] == "merged" and commit in map(request.get, MADE_BY_MERGE):
                return self._notes(int(request["iid"]))
        return None

    def scanned(self, log: str) -> None:  # noqa: ARG002  GitLab reads no SARIF
        raise UsageError("GitLab takes no SARIF", "keep it as an artifact of the job")

    def _notes(self, number: int) -> tuple[Comment, ...]:
        own = self._asking.ask("GET", "/user")["id"]
        found = self._asking.pages(
            f"{self._project}/merge_requests/{number}/notes?per_page=100&sort=asc&order_by=created_at"
        )
        return tuple(
            Comment(str(int(each["id"])), str(each["body"] or ""))
            for each in found
            if not each.get("system") and (each["author"] or {}).get("id") == own
        )

    def _number(self) -> int:
        (number,) = needed(self._env, "CI_MERGE_REQUEST_IID")
        if not number.isascii() or not number.isdecimal():
            raise UsageError(f"CI_MERGE_REQUEST_IID is '{number}', which is not a number")
        return int(number)


URL, TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
IDENTITY_FIX = "give the job the permission id-token: write"


def github(env: Mapping[str, str], audience: str) -> str:
    """A new token. Raises UsageError outside of such a job, and NotTold."""
    url, token = needed(env, URL, TOKEN)
    asking = Asking("GitHub", url, {"Authorization": f"Bearer {token}"}, IDENTITY_FIX)
    answer = asking.ask("GET", f"&audience={quote(audience, safe='')}")
    if not isinstance(answer, dict) or not isinstance(answer.get("value"), str):
        raise NotificationFailed("GitHub answered without a token", IDENTITY_FIX)
    return str(answer["value"])
