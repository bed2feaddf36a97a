from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.model.names import StackKey, StackName
from orchestrator.render import Renderer
from orchestrator.render.hcl import Unwritable, address
from tests.unit.render.builders import HOSTILE, ROOT, an_account, an_organization

ACCOUNT = an_account()
KEY = StackKey(ACCOUNT.id, ACCOUNT.name, StackName.ACCOUNT)
POLICY = "module.account_baseline.aws_iam_account_password_policy.this"
STANDARD = 'module.hub[0].aws_securityhub_standards_subscription.this["cis/3_0"]'


def rendered(imports: dict[str, str]) -> dict[str, str]:
    organization = replace(an_organization(ACCOUNT), adopted={KEY: imports})
    return dict(Renderer(ROOT).render(organization, KEY).files)


def test_a_stack_that_takes_nothing_over_has_no_file_for_it() -> None:
    assert "imports.tf" not in rendered({})


def test_what_is_taken_over_becomes_import_blocks_in_order() -> None:
    text = rendered({STANDARD: "arn:x", POLICY: "iam-account-password-policy"})["imports.tf"]

    assert text.partition("\n\n")[2] == (
        f'import {{\n  to = {POLICY}\n  id = "iam-account-password-policy"\n}}\n\n'
        f'import {{\n  to = {STANDARD}\n  id = "arn:x"\n}}\n'
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_id_is_data(hostile: str) -> None:
    text = rendered({POLICY: hostile})["imports.tf"]

    assert len([line for line in text.splitlines() if not line.startswith("#")]) == 5
    assert "${" not in text.replace("$${", "").replace("\\u0024", "")


@pytest.mark.parametrize(
    "wrong",
    [
        *HOSTILE,
        "",
        "aws_sqs_queue",
        "data.aws_region.current",
        'aws_sqs_queue.this["${x}"]',
        f"{POLICY}\n",
        f"{POLICY} }}",
        "null_resource.x",
    ],
)
def test_what_is_no_address_is_never_written(wrong: str) -> None:
    with pytest.raises(Unwritable):
        address(wrong)


def test_taking_something_over_changes_the_digest_that_is_approved() -> None:
    renderer = Renderer(ROOT)
    before = an_organization(ACCOUNT)
    after = replace(before, adopted={KEY: {POLICY: "x"}})

    assert renderer.render(before, KEY).digest != renderer.render(after, KEY).digest
