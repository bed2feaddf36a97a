from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrator.adapters import forges
from orchestrator.adapters.forges import GitHub, GitLab
from orchestrator.errors import NotificationFailed, UsageError
from tests.forge import SOMEBODY, Forge, a_forge

KINDS: dict[str, type[GitHub] | type[GitLab]] = {"github": GitHub, "gitlab": GitLab}
COMMIT = "c" * 40


@pytest.fixture
def forge() -> Iterator[Forge]:
    with a_forge() as running:
        yield running


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(forge: Forge, kind: str, change: int | None = 7) -> GitHub | GitLab:
    return KINDS[kind](forge.job(kind, change))


def test_a_comment_is_written_and_then_written_anew(forge: Forge, kind: str) -> None:
    opened(forge, kind).write("first", None)
    (ours,) = opened(forge, kind).comments()
    opened(forge, kind).write("second", ours)

    assert forge.said() == ["second"]


def test_comments_of_others_are_none_of_ours_on_whatever_page(forge: Forge, kind: str) -> None:
    for author in (SOMEBODY, SOMEBODY, "github-actions[bot]", SOMEBODY, "github-actions[bot]"):
        forge.say(f"by {author}", author)

    assert [each.place for each in opened(forge, kind).comments()] == ["3", "5"]


def test_the_change_that_a_commit_has_merged_is_found(forge: Forge, kind: str) -> None:
    forge.say("of another change")
    forge.say("planned", change=8)
    forge.merges[COMMIT] = 8

    found = opened(forge, kind, change=None).merged()

    assert found is not None
    assert [each.body for each in found] == ["planned"]


def test_a_commit_that_no_change_has_made_is_told_apart(forge: Forge, kind: str) -> None:
    assert opened(forge, kind, change=None).merged() is None


def test_a_token_that_is_not_allowed_is_said_and_never_shown(forge: Forge, kind: str) -> None:
    job = {
        name: value.replace("right-token", "wrong-token") for name, value in forge.job(kind).items()
    }

    with pytest.raises(NotificationFailed, match="answered 403") as refused:
        KINDS[kind](job).comments()

    assert "wrong-token" not in f"{refused.value!r} {refused.value}"


def test_a_forge_out_of_reach_is_said_without_its_address(kind: str) -> None:
    job = Forge("http://127.0.0.1:9").job(kind)

    with pytest.raises(NotificationFailed, match="cannot be reached: ConnectionError"):
        KINDS[kind](job).comments()


def test_outside_of_a_job_the_variables_are_named(kind: str) -> None:
    with pytest.raises(UsageError, match="not set"):
        KINDS[kind]({})


def test_a_job_that_no_change_has_started_cannot_comment(forge: Forge, kind: str) -> None:
    with pytest.raises(UsageError, match=r"GITHUB_REF is 'refs/heads/main'|CI_MERGE_REQUEST_IID"):
        opened(forge, kind, change=None).comments()


def test_a_next_page_elsewhere_is_not_asked_for(forge: Forge) -> None:
    for _ in range(3):
        forge.say("planned")
    job = forge.job("github")
    forge.url = "http://elsewhere.example"

    with pytest.raises(NotificationFailed, match="a next page that is not its own"):
        GitHub(job).comments()


def test_what_was_scanned_arrives_with_its_commit(forge: Forge) -> None:
    opened(forge, "github").scanned('{"version": "2.1.0"}')

    (scan,) = forge.scans
    assert scan["log"] == {"version": "2.1.0"}
    assert (scan["commit_sha"], scan["ref"]) == (COMMIT, "refs/pull/7/merge")


def test_gitlab_says_that_it_takes_no_sarif(forge: Forge) -> None:
    with pytest.raises(UsageError, match="takes no SARIF"):
        opened(forge, "gitlab").scanned("{}")


def test_a_job_gets_an_identity_and_others_do_not(forge: Forge) -> None:
    job = forge.job("github")

    assert forges.github(job, "sts.amazonaws.com") == "identity-1"
    with pytest.raises(NotificationFailed, match="answered 403"):
        forges.github({**job, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x"}, "sts.amazonaws.com")
    with pytest.raises(UsageError, match="ACTIONS_ID_TOKEN_REQUEST_URL and"):
        forges.github({}, "sts.amazonaws.com")
