"""The text of a new account's file, from a template that the organization may replace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from orchestrator.errors import UsageError
from orchestrator.model.census import Member
from orchestrator.model.organization import Organization
from orchestrator.model.yaml_text import inline

OWN = "account.yaml.j2"
"""In account_configs/, where the organization's own lies."""
TEAM_TAG = "team"


class Template:
    """Turns what Organizations says of an account into YAML; every value is quoted data."""

    def __init__(self, text: str, shown: str = OWN) -> None:
        # Sandboxed, because whoever may open a pull request may change it, and this runs in CI.
        environment: Environment = SandboxedEnvironment(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_refuse_unquoted,
        )
        environment.filters["yaml"] = quoted
        self._shown = shown
        try:
            self._template = environment.from_string(text)
        except TemplateError as error:
            raise UsageError(f"{shown}: {error}", "correct the template") from error

    def account(self, member: Member, organization: Organization) -> str:
        """The file's text. Raises UsageError when the template asks for what there is not."""
        try:
            return self._template.render(
                id=member.id,
                name=member.name,
                email=member.email,
                tags=dict(member.tags),
                team=team_of(member, organization),
            )
        except TemplateError as error:
            raise UsageError(f"{self._shown}: {error}", "correct the template") from error


class Quoted(str):
    """Text that is YAML already."""

    __slots__ = ()


def quoted(value: object) -> Quoted:
    """Text, or a mapping of texts, as YAML in one line of nothing but ASCII."""
    if not isinstance(value, str | dict):
        raise UndefinedError(f"'{value}' is neither text nor a mapping")
    return Quoted(inline(value))


def _refuse_unquoted(value: object) -> object:
    if isinstance(value, Quoted):
        return value
    raise TemplateError("a value is written without the filter 'yaml'")


def team_of(member: Member, organization: Organization) -> str:
    """The team that the account's tag names, if there is such a team; '' leaves it to the OU."""
    tags: Mapping[str, str] = {key.lower(): value for key, value in member.tags.items()}
    team = tags.get(TEAM_TAG, "")
    return team if team in organization.teams else ""


def load(folder: Path) -> Template:
    """The organization's own template, or ours."""
    own = folder / OWN
    file = own if own.is_file() else Path(__file__).with_name(OWN)
    return Template(file.read_text("utf-8"), str(own.relative_to(folder.parent)))
