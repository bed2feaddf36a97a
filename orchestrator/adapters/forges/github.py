"""A pull request on GitHub, as a job of GitHub Actions sees it.

Source: GitHub REST API, "Issue comments", "Commits", "Code scanning"; GitHub Docs, "Variables".
"""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Mapping

from orchestrator.adapters.forges.asking import Asking, needed
from orchestrator.errors import UsageError
from orchestrator.model.comment import Comment

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
                f"GITHUB_REF is '{ref}', which is no pull request's",
                "run this in a job that a pull request starts",
            )
        return int(found["number"])
