from __future__ import annotations

from pathlib import Path

from orchestrator.views.proposal import Proposal, body

FILE = Path("account_configs/ous/workloads/search.yaml")


def test_a_pull_request_says_what_becomes_of_each_account_and_what_comes_next() -> None:
    said = body(
        Proposal(
            "Vend search",
            [("200000000013", "search", f"new: {FILE}")],
            {FILE: 'account:\n  id: "200000000013"\n', Path("old.yaml"): None},
            [("200000000014", "its OU is not there")],
            ["orchestrator apply search"],
        )
    )

    assert said == (
        "# Vend search\n\n"
        "| account | name | what |\n|---|---|---|\n"
        "| `200000000013` | search | new: account\\_configs/ous/workloads/search.yaml |\n\n"
        "Left alone:\n\n- `200000000014`: its OU is not there\n\n"
        f'`{FILE}`\n\n```yaml\naccount:\n  id: "200000000013"\n```\n\n'
        "`old.yaml` is removed\n\n"
        "Once it is merged:\n\n- `orchestrator apply search`\n"
    )


def test_names_and_files_stay_data() -> None:
    nasty = "x | <img src=x> `a` **b**"
    said = body(Proposal(nasty, [("1", nasty, nasty)], {FILE: "a: ```\nb: ````\n# Heading\n"}))

    lines = said.splitlines()
    assert "<img" not in said
    assert lines[4].replace("\\|", "").count("|") == 4
    assert lines.count("`````") == 1


def test_a_body_never_gets_longer_than_github_takes() -> None:
    files = {Path(f"{n}.yaml"): "x" * 1000 for n in range(500)}

    said = body(Proposal("Many", [("1", "a", "b")], files))

    assert len(said) < 65_536
    assert "And 440 more files: see the commit." in said
