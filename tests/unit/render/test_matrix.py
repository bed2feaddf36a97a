from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from orchestrator import config
from orchestrator.controls.decisions import find_doubts
from orchestrator.findings import matrix as findings
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.model.facts import RemediationFacts
from orchestrator.model.facts.logs import LakeFacts, LogFacts
from orchestrator.model.names import ControlId, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.settings import DecisionKind
from orchestrator.render import Renderer, matrix, routing, stacks_of
from tests.unit.config.trees import DEV, a_tree, decision
from tests.unit.render.builders import ROOT, decisions, hundreds

TODAY = date(2026, 11, 1)
EXCEPTION = """exceptions:
  public:
    control: S3.8
    accounts: [shop-*]
    owner: shop
    reason: Published on purpose.
    ticket: SEC-1
    expires: 2027-01-01
"""


def a_document(organization: Organization, *, lines: bool = False) -> Any:
    return json.loads(matrix.text_of(matrix.document(organization, lines=lines)))


def loaded(folder: Path, added: dict[str, str]) -> Organization:
    root = a_tree(folder, added)
    (root / "exceptions.yaml").write_text(EXCEPTION)
    return config.load(root, TODAY)


def test_the_function_reads_what_is_made_of_the_sample() -> None:
    organization = config.load(ROOT / "account_configs", TODAY)

    read = findings.load(a_document(organization))

    assert len(read.accounts) == 12
    orders = read.accounts[organization.named("orders-prod").id]
    assert (orders.team, orders.decisions["s3.8"].decision) == ("orders", "remediate")
    assert read.teams["orders"].topic == (
        "arn:aws:sns:ap-northeast-1:200000000002:orchestrator-team-orders"
    )
    assert read.fallback_team == "platform-security"


TICKETS = """
    notify:
      webhook: {url: https://hooks.example.com, secret: orders/webhook}
      tickets: {kind: github, url: https://api.github.com, project: shop/todo, secret: shop/token}
"""


def test_the_function_knows_where_a_team_keeps_its_tickets_and_may_read_that_secret(
    tmp_path: Path,
) -> None:
    root = a_tree(tmp_path)
    teams = root / "teams.yaml"
    teams.write_text(teams.read_text().rstrip() + TICKETS)
    organization = config.load(root, TODAY)

    read = findings.load(a_document(organization))

    assert read.teams["shop"].tickets == findings.TicketProject(
        "github", "https://api.github.com", "shop/todo", "shop/token"
    )
    assert read.teams["platform"].tickets is None
    assert routing.of_security(organization)["secrets"] == ["orders/webhook", "shop/token"]


def test_a_decision_names_its_file_and_for_people_its_line(tmp_path: Path) -> None:
    override = f"security_hub:\n  controls:\n    S3.8:\n{decision('disable')}"
    organization = loaded(tmp_path, {DEV: override})
    dev, prod = (organization.named(name).id for name in ("shop-dev", "shop-prod"))

    plain, lined = (findings.load(a_document(organization, lines=x)) for x in (False, True))

    assert plain.accounts[dev].decisions["s3.8"].source == f"account_configs/{DEV} S3.8"
    assert lined.accounts[dev].decisions["s3.8"].source == f"account_configs/{DEV}:6 S3.8"
    assert (
        lined.accounts[prod]
        .decisions["s3.8"]
        .source.startswith("account_configs/controls/s3.yaml:")
    )
    assert lined.exemptions["s3.8"][0].source == "account_configs/exceptions.yaml:2 public"


def test_an_override_that_is_taken_back_is_said_by_the_file_that_holds_again(
    tmp_path: Path,
) -> None:
    override = f"security_hub:\n  controls:\n    S3.8:\n{decision('disable')}"
    back = "security_hub:\n  controls:\n    S3.8: null\n"
    organization = loaded(tmp_path, {"ous/workloads/_ou.yaml": override, DEV: back})

    place = organization.decided_at[organization.named("shop-dev").id][ControlId("S3.8")]

    assert place.file == "account_configs/controls/s3.yaml"


def test_a_comment_changes_nothing_of_what_is_deployed(tmp_path: Path) -> None:
    before = a_document(loaded(tmp_path / "a", {}))
    root = a_tree(tmp_path / "b")
    (root / "exceptions.yaml").write_text(f"# a comment\n{EXCEPTION}")
    file = root / "controls" / "s3.yaml"
    file.write_text(f"# a comment\n{file.read_text()}")

    assert a_document(config.load(root, TODAY)) == before


def test_an_exceptions_accounts_are_ids(tmp_path: Path) -> None:
    organization = loaded(tmp_path, {})

    accounts = a_document(organization)["exceptions"]["public"]["accounts"]

    assert set(accounts) == {organization.named(name).id for name in ("shop-dev", "shop-prod")}


def test_five_hundred_accounts_fit_in_a_megabyte_because_decisions_are_shared() -> None:
    text = matrix.text_of(matrix.document(hundreds(500)))

    assert len(text.encode()) < 1_000_000
    assert len(json.loads(text)["decisions"]) == 11


def test_the_digest_is_of_all_that_is_decided() -> None:
    one = hundreds(20)
    account = one.accounts[5]
    other = replace(account, decisions=decisions(S3_1=DecisionKind.REMEDIATE))
    two = replace(one, accounts=tuple(other if a is account else a for a in one.accounts))

    digests = [a_document(each)["digest"] for each in (one, one, two)]

    assert digests[0] == digests[1] != digests[2]


def test_what_a_fix_waits_for_is_carried_in_days_and_only_where_it_is_said(tmp_path: Path) -> None:
    waiting = f"{decision('remediate')}      after: 14d\n      when: {{unused_for: 30d}}\n"
    organization = loaded(tmp_path, {DEV: f"security_hub:\n  controls:\n    S3.8:\n{waiting}"})
    dev, prod = (organization.named(name).id for name in ("shop-dev", "shop-prod"))

    document = a_document(organization)

    read = findings.load(document)
    assert (
        read.accounts[dev].decisions["s3.8"].unused_for,
        read.accounts[dev].decisions["s3.8"].after,
    ) == (30, 14)
    assert "after" not in document["decisions"][document["accounts"][prod]["decisions"]]["s3.8"]
    assert read.rules.workgroup == ""
    assert [
        each.why for each in find_doubts(read, BY_CONTROL) if each.accounts == ("shop-dev",)
    ] == ["it waits for what logs show, and none is asked: set organization.logs.lake.workgroup"]


def test_the_workgroup_is_carried_only_where_a_decision_waits_for_logs(tmp_path: Path) -> None:
    lake = LakeFacts(enabled=True, workgroup="evidence")
    waiting = f"{decision('remediate')}      when: {{unused_for: 30d}}\n"
    override = {DEV: f"security_hub:\n  controls:\n    S3.8:\n{waiting}"}
    plain, asking = (
        replace(each, facts=each.facts.model_copy(update={"logs": LogFacts(lake=lake)}))
        for each in (loaded(tmp_path / "a", {}), loaded(tmp_path / "b", override))
    )

    assert "workgroup" not in a_document(plain)
    assert findings.load(a_document(asking)).rules.workgroup == "evidence"


def test_the_function_may_ask_logs_only_where_a_decision_waits_for_them(tmp_path: Path) -> None:
    lake = LakeFacts(enabled=True, workgroup="evidence")
    waiting = f"{decision('remediate')}      when: {{unused_for: 30d}}\n"
    override = {DEV: f"security_hub:\n  controls:\n    S3.8:\n{waiting}"}
    plain, asking = (
        replace(
            each,
            facts=each.facts.model_copy(
                update={"logs": LogFacts(lake=lake), "remediation": RemediationFacts(enabled=True)}
            ),
        )
        for each in (loaded(tmp_path / "a", {}), loaded(tmp_path / "b", override))
    )

    texts = []
    for organization in (plain, asking):
        key = next(k for k in stacks_of(organization) if k.stack is StackName.SECURITY)
        texts.append(dict(Renderer(ROOT).render(organization, key).files)["main.tf"])

    assert ["workgroup" in text for text in texts] == [False, True]
    assert re.search(r'workgroup += "evidence"', texts[1])
