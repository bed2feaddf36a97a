"""A merge request on GitLab, as a job of its pipeline sees it.

Source: GitLab REST API, "Notes", "Commits"; GitLab Docs, "Predefined CI/CD variables".
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from orchestrator.adapters.forges.asking import Asking, needed
from orchestrator.errors import UsageError
from orchestrator.model.comment import Comment

TOKEN = "ORCHESTRATOR_GITLAB_TOKEN"  # noqa: S105  the variable's name
FIX = f"let {TOKEN} be a project access token with the scope 'api' and the role Reporter or higher"
MADE_BY_MERGE = ("merge_commit_sha", "squash_commit_sha", "sha")


class GitLab:
    """`env` is that of the job. A job's own token may not write notes, so there is another."""

    def __init__(self, env: Mapping[str, str]) -> None:
        token, api, project = needed(env, TOKEN, "CI_API_V4_URL", "CI_PROJECT_ID")
        self._env, self._project = env, f"/projects/{quote(project, safe='')}"
        self._asking = Asking("GitLab", api, {"PRIVATE-TOKEN": token}, FIX)

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
            raise UsageError(f"CI_MERGE_REQUEST_IID is '{number}', which is no number")
        return int(number)
