from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator import config
from orchestrator.accounts.scaffold import Choices, describe, find, guess, unlike
from orchestrator.accounts.selection import select
from orchestrator.accounts.selection.words import word
from orchestrator.model.inventory import Branch, Landscape, Member, Standing
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Organization
from tests.unit.accounts.selection.worlds import RECORDS

TODAY = date(2026, 6, 1)
ROOT, MANAGEMENT = "r-ex01", AccountId("200000000001")
OUS = {"Security": ROOT, "Workloads": ROOT, "Prod": "Workloads", "Dev": "Workloads"}


def an_ou(name: str) -> str:
    return f"ou-ex01-{name.lower():0<8}"


def a_member(number: int, name: str, parent: str = ROOT, **tags: str) -> Member:
    at = parent if parent == ROOT else an_ou(parent)
    email = f"aws+{number}@example.com"
    return Member(AccountId(f"2{number:011d}"), name, email, Standing.ACTIVE, at, tags)


LANDSCAPE = Landscape(
    "o-exampleorg1",
    ROOT,
    MANAGEMENT,
    tuple(Branch(an_ou(n), n, p if p == ROOT else an_ou(p)) for n, p in OUS.items()),
    (
        a_member(1, "Example Management"),
        a_member(2, "Audit", "Security"),
        a_member(3, "Log Archive", "Security"),
        a_member(4, "Shop", "Prod", team="Shop Team"),
        a_member(5, "Shop", "Dev", team="Shop Team"),
    ),
)
CHOICES = Choices(
    "Example Inc.",
    "ap-northeast-1",
    ("us-east-1",),
    AccountId("200000000002"),
    AccountId("200000000003"),
    "platform-security",
    "security@example.com",
)


def loaded(landscape: Landscape, folder: Path) -> Organization:
    target = folder / "account_configs"
    for path, text in describe(landscape, CHOICES).items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return config.load(target, TODAY)


def test_the_files_describe_the_organization_that_is_there(tmp_path: Path) -> None:
    organization = loaded(LANDSCAPE, tmp_path)

    assert [(a.id, a.name, a.ou) for a in organization.accounts] == [
        ("200000000001", "example-management", ""),
        ("200000000002", "audit", "Security"),
        ("200000000003", "log-archive", "Security"),
        ("200000000004", "shop", "Workloads/Prod"),
        ("200000000005", "shop-200000000005", "Workloads/Dev"),
    ]
    assert organization.facts.accounts.security == "audit"
    assert organization.named("shop").settings.team == "shop-team"
    assert organization.named("audit").settings.team == "platform-security"


def test_what_sounds_harmless_goes_first_and_what_all_stand_on_last(tmp_path: Path) -> None:
    organization = loaded(LANDSCAPE, tmp_path)

    assert list(organization.waves) == ["early", "production", "core"]
    by_name = {a.name: organization.wave_of[a.id] for a in organization.accounts}
    assert by_name["shop"] == "production"
    assert by_name["shop-200000000005"] == "early"
    assert {by_name[n] for n in ("audit", "log-archive", "example-management")} == {"core"}


def test_a_closed_account_gets_no_file(tmp_path: Path) -> None:
    closed = replace(LANDSCAPE.members[-1], standing=Standing.SUSPENDED)

    organization = loaded(replace(LANDSCAPE, members=(*LANDSCAPE.members[:-1], closed)), tmp_path)

    assert len(organization.accounts) == 4
    assert organization.waves["production"].ous == ["Workloads/Prod", "Workloads/Dev"]


def test_special_accounts_are_guessed_by_their_names_when_only_one_fits() -> None:
    audit, archive = guess(LANDSCAPE, "security"), guess(LANDSCAPE, "log archive")

    assert audit
    assert archive
    assert (audit.name, archive.name) == ("Audit", "Log Archive")
    two = replace(LANDSCAPE, members=(*LANDSCAPE.members, a_member(6, "Security Tools")))
    assert guess(two, "security") is None
    assert find(two, "Security Tools") == find(two, "200000000006")


NAMES = st.text(min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(NAMES, min_size=5, max_size=5),
    ous=st.lists(NAMES.filter(lambda n: "/" not in n), min_size=4, max_size=4, unique_by=str.lower),
    team=st.text(),
)
def test_whatever_accounts_ous_and_teams_are_called_the_result_is_valid_or_says_why(
    names: list[str], ous: list[str], team: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    branches = tuple(
        replace(branch, name=name) for branch, name in zip(LANDSCAPE.branches, ous, strict=True)
    )
    members = tuple(
        replace(member, name=name, tags={"team": team})
        for member, name in zip(LANDSCAPE.members, names, strict=True)
    )
    strange = replace(LANDSCAPE, branches=branches, members=members)

    texts = describe(strange, CHOICES)

    assert len(texts) == 3 + len(branches) + len(members)
    assert all(".." not in path.parts and not path.is_absolute() for path in texts)


@given(st.lists(st.tuples(st.uuids().map(str), st.text(max_size=80)), unique_by=lambda p: p[0]))
def test_no_two_names_are_the_same(pairs: list[tuple[str, str]]) -> None:
    given_names = unlike(pairs, "account")

    assert len(set(given_names.values())) == len(pairs)
    assert all(0 < len(name) <= 50 for name in given_names.values())


@settings(max_examples=40, deadline=None)
@given(
    ids=st.lists(st.from_regex(r"0[0-9]{11}", fullmatch=True), min_size=2, max_size=2, unique=True),
    ou=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128),
    name=st.from_regex(r"[ -;=?-~]{1,50}", fullmatch=True),
    local=st.from_regex(r"[!#-'*+/-9=?A-Z^-~-]{1,40}", fullmatch=True),
)
def test_whatever_aws_allows_is_written_and_selected(
    ids: list[str], ou: str, name: str, local: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    branches = (Branch(an_ou("odd"), ou, ROOT), Branch(an_ou("deep"), ou, an_ou("odd")))
    odd = [
        Member(AccountId(id_), name, f"{local}@{id_}.com", Standing.ACTIVE, branch.id)
        for id_, branch in zip(ids, branches, strict=True)
    ]
    landscape = replace(
        LANDSCAPE,
        branches=(*LANDSCAPE.branches, *branches),
        members=tuple(sorted((*LANDSCAPE.members, *odd), key=lambda member: member.id)),
    )

    organization = loaded(landscape, tmp_path_factory.mktemp("odd"))

    keys = tuple(StackKey(a.id, a.name, StackName.ACCOUNT) for a in organization.accounts)
    for member in odd:
        (account,) = (each for each in organization.accounts if each.id == member.id)
        assert account.email == member.email
        found = select(word("ou", account.ou), organization, keys, RECORDS)
        assert [key.account_id for key in found.stacks] == [member.id]
