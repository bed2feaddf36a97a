from __future__ import annotations

from pathlib import Path

import yaml

from orchestrator.accounts.files import adopted_texts
from orchestrator.config import load
from orchestrator.model.import_candidates import StackImports
from orchestrator.model.names import StackName
from tests.builders import a_key, a_plan, an_account
from tests.unit.config.trees import TODAY, a_tree

POLICY = "module.account_baseline.aws_iam_account_password_policy.this"
STANDARD = 'module.hub.aws_securityhub_standards_subscription.this["cis_3_0"]'
SECURITY = an_account(2, "security")
OWN, SHARED = a_key(SECURITY), a_key(SECURITY, StackName.SECURITY)


def an_adoption(imports: dict[str, str]) -> StackImports:
    return StackImports(OWN, a_plan(key=OWN), imports, ())


def test_what_is_written_is_what_the_configuration_reads(tmp_path: Path) -> None:
    root = a_tree(tmp_path)
    account = load(root, TODAY).accounts[0]
    key = a_key(account)
    strange = 'arn:aws:x:::"y" ${z} #: é'
    imports = {POLICY: "iam-account-password-policy", STANDARD: strange}

    (text,) = adopted_texts({}, [StackImports(key, a_plan(key=key), imports, ())]).values()
    assert text is not None
    (root / "adopted").mkdir()
    (root / "adopted" / f"{account.name}.yaml").write_text(text, "utf-8")

    assert load(root, TODAY).adopted == {key: imports}
    assert text.splitlines()[0].endswith("../../schemas/adopted.schema.json")


def test_stacks_that_were_not_looked_at_keep_what_they_have() -> None:
    before = {SHARED: {POLICY: "x"}, a_key(an_account(7, "web")): {POLICY: "y"}}

    files = adopted_texts(before, [an_adoption({STANDARD: "z"})])

    assert files.keys() == {"security.yaml"}
    text = files["security.yaml"]
    assert text is not None
    assert yaml.safe_load(text)["adopted"] == {
        "account": {"imports": {STANDARD: "z"}},
        "security": {"imports": {POLICY: "x"}},
    }


def test_a_file_that_has_nothing_to_say_any_more_goes() -> None:
    assert adopted_texts({OWN: {POLICY: "x"}}, [an_adoption({})]) == {"security.yaml": None}
