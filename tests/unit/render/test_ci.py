"""The roles of a CI in the bootstrap."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from orchestrator.model.facts import Access, Approval
from orchestrator.model.facts.operations import Ci, GitHub, GitLab
from orchestrator.render import Renderer, bootstrap_of
from tests.unit.render.builders import ROOT, an_organization

KEY = "arn:aws:kms:ap-northeast-1:200000000001:key/11111111-2222-3333-4444-555555555555"
GITHUB = GitHub(repository="example/accounts", environment="production")


def bootstrap(ci: Ci, **facts: object) -> str:
    organization = an_organization()
    changed = organization.facts.model_copy(update={"ci": ci, **facts})
    organization = replace(organization, facts=changed)
    renderer = Renderer(ROOT)
    text = dict(renderer.render(organization, bootstrap_of(organization)).files)["main.tf"]
    return re.sub(r" +", " ", text)


def test_without_a_ci_nobodys_jobs_may_enter() -> None:
    assert "ci_roles" not in bootstrap(Ci())


def test_jobs_on_github_enter_by_repository_branch_and_environment() -> None:
    text = bootstrap(Ci(github=GITHUB))

    assert '"example/accounts" = {\n branch = "main"\n environment = "production"' in text
    assert "reader_role_arn = module.runner_roles.reader_role_arn" in text
    assert "plan = module.ci_roles.plan_role_arn" in text
    assert "gitlab" not in text
    assert "made_elsewhere" not in text


def test_jobs_on_gitlab_enter_by_project_and_branch() -> None:
    project = GitLab(project="example/platform/accounts", url="https://gitlab.example.com")

    text = bootstrap(Ci(gitlab=project))

    assert 'gitlab_url = "https://gitlab.example.com"' in text
    assert '"example/platform/accounts" = {\n branch = "main"' in text
    assert "github" not in text


def test_a_provider_that_is_there_is_not_made_again() -> None:
    text = bootstrap(Ci(github=GITHUB.model_copy(update={"make_provider": False})))

    assert 'made_elsewhere = ["github"]' in text


def test_the_role_that_applies_may_verify_with_the_approvers_keys() -> None:
    text = bootstrap(Ci(github=GITHUB), approval=Approval(keys={"release": KEY}))

    assert f'approval_key_arns = [\n "{KEY}",\n ]' in text


def test_the_reader_has_the_name_it_is_given() -> None:
    access = Access(external_id="example-orchestrator", reader_role="looks-only")

    assert 'reader = "looks-only"' in bootstrap(Ci(), access=access)


def test_a_repository_may_go_by_its_ids() -> None:
    text = bootstrap(Ci(github=GITHUB.model_copy(update={"repository": "example@12/accounts@34"})))

    assert '"example@12/accounts@34" = {' in text
    assert GitHub(repository="example@12/accounts@34", environment="production")


@pytest.mark.parametrize(
    "repository",
    [
        *("example/*", "example", "*/*", "example/a:b", "${x}/y", ""),
        *("example@12/accounts", "example/accounts@34", "example@*/accounts@*"),
    ],
)
def test_what_is_no_name_of_a_repository_is_no_value(repository: str) -> None:
    with pytest.raises(ValueError, match="repository"):
        GitHub(repository=repository, environment="production")


@pytest.mark.parametrize("name", ["*", "a?", "a b", "prod:x", "${a}", "\u0430dmin\n"])
def test_what_is_no_name_of_an_environment_or_branch_is_no_value(name: str) -> None:
    with pytest.raises(ValueError, match="environment"):
        GitHub(repository="example/accounts", environment=name)
    with pytest.raises(ValueError, match="branch"):
        GitLab(project="example/accounts", branch=name)
