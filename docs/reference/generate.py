"""Writes the reference from the code: `make reference`. A test says when a page is out of date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import click
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from docs.reference import log_formats
from orchestrator.app.ci.templates import protected_markdown
from orchestrator.certify.behaviours import ALL
from orchestrator.certify.recordings import read as recordings
from orchestrator.certify.report import markdown as evidence_markdown
from orchestrator.cli.main import cli
from orchestrator.controls.catalogue import LACKING, catalogue
from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.model.facts import Facts, Team
from orchestrator.model.organization import Adopted, Exemption, Quarantine
from orchestrator.model.settings import ControlDecision, Settings
from orchestrator.model.waves import Wave
from orchestrator.sandbox.emulated import Service, emulated
from orchestrator.views.controls import coverage_markdown
from tests.arrows import markdown as arrows

HERE = Path(__file__).parent
GENERATED = "<!-- Made by docs/reference/generate.py; `make reference` writes it again. -->"

MODELS: Sequence[tuple[str, str, str, type[BaseModel]]] = (
    (
        "Settings of every layer",
        "`organization.yaml`, each `_ou.yaml` and each account's file, at the top level. "
        "A layer states any part; what no layer states has its default.",
        "",
        Settings,
    ),
    ("Facts of the organization", "`organization.yaml`, below `organization`.", "", Facts),
    (
        "Decisions on controls",
        "`controls/<service>.yaml`, below `controls`, keyed by control id such as `S3.1`.",
        "controls.<id>.",
        ControlDecision,
    ),
    ("Teams", "`teams.yaml`, below `teams`, keyed by name.", "teams.<name>.", Team),
    ("Waves", "`waves.yaml`, below `waves`, keyed by name, in order.", "waves.<name>.", Wave),
    (
        "Exceptions",
        "`exceptions.yaml`, below `exceptions`, keyed by name.",
        "exceptions.<name>.",
        Exemption,
    ),
    (
        "What is taken over",
        "`adopted/<account>.yaml`, below `adopted`, keyed by stack. "
        "`orchestrator adopt` writes it.",
        "adopted.<stack>.",
        Adopted,
    ),
    ("Quarantine", "An account's file, below `quarantine`.", "quarantine.", Quarantine),
)


def configuration() -> str:
    """Every key of account_configs/, with its type, default and meaning."""
    parts = [GENERATED, "# Configuration keys", *_introduction()]
    for title, where, prefix, model in MODELS:
        rows = [_row(*cells) for cells in _rows(model, prefix)]
        table = "\n".join([_row("key", "type", "default", "meaning"), "|---|---|---|---|", *rows])
        parts += [f"## {title}", where, table]
    return "\n\n".join(parts) + "\n"


def _introduction() -> Iterator[str]:
    yield (
        "The same classes make this page, the JSON Schema in `schemas/` and the loader's checks. "
        "How layers are put together is told in "
        "[Change a setting for an OU or an account](../how-to/change-a-setting.md)."
    )


def _rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        nested, placeholder = _nested(field.annotation)
        if nested is None:
            yield f"`{key}`", _type(field), _default(field), field.description or ""
        else:
            yield from _rows(nested, f"{key}.{placeholder}")


def _nested(annotation: object) -> tuple[type[BaseModel] | None, str]:
    """The model inside a field, if there is one, and what stands for the keys of a mapping."""
    annotation = _stated(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    if get_origin(annotation) is dict:
        value = get_args(annotation)[1]
        if isinstance(value, type) and issubclass(value, BaseModel):
            return value, "<name>."
    return None, ""


def _stated(annotation: Any) -> Any:
    """What a key holds if it is there: `Webhook | None` is a webhook."""
    options = [option for option in get_args(annotation) if option is not NoneType]
    optional = NoneType in get_args(annotation) and len(options) == 1
    return options[0] if optional else annotation


def _type(field: FieldInfo) -> str:
    annotation: Any = _stated(field.annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    if annotation is date:
        return "date"
    schema = TypeAdapter[Any](annotation).json_schema()
    return _schema_type(schema) + _bounds(field)


def _schema_type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_schema_type(each) for each in schema["anyOf"])
    if schema.get("type") == "object":
        values = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
        return f"mapping to {_schema_type(next(filter(None, values), {}))}"
    if schema.get("type") == "array":
        return f"list of {_schema_type(schema['items'])}"
    return str(schema.get("type", "value"))


def _bounds(field: FieldInfo) -> str:
    """' ≥ 1' and the like, from the field's constraints."""
    signs = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<"}
    found = [
        f"{signs[name]} {getattr(limit, name)}"
        for limit in field.metadata
        for name in signs
        if hasattr(limit, name)
    ]
    return f" {', '.join(found)}" if found else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return ""
    return f"`{json.dumps(value, default=str)}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def commands() -> str:
    """Every command as `--help` shows it."""
    parts = [GENERATED, "# Commands"]
    for context in _contexts(cli, None, "orchestrator"):
        lines = context.get_help().splitlines()
        text = "\n".join(line.rstrip() for line in lines)
        parts += [f"## {context.command_path}", f"```text\n{text}\n```"]
    return "\n\n".join(parts) + "\n"


def _contexts(
    command: click.Command, parent: click.Context | None, name: str
) -> Iterator[click.Context]:
    """One for each command, within those of the groups above: it inherits their settings."""
    settings = command.context_settings
    context = click.Context(command, parent, info_name=name, terminal_width=90, **settings)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from _contexts(found, context, below)


def controls() -> str:
    """Every control that can be fixed."""
    introduction = (
        "What the remediations do, as `orchestrator controls coverage` shows it. Whether one runs "
        "is [decided per control](../how-to/decide-on-a-control.md)."
    )
    body = coverage_markdown(catalogue(REMEDIATIONS, LACKING))
    return "\n\n".join([GENERATED, "# Controls that can be fixed", introduction, body]) + "\n"


def evidence() -> str:
    """What stands behind each behaviour of AWS that the product relies on."""
    introduction = (
        "What the product relies on AWS for, and how we know. **Recorded** was asked of AWS by "
        "[`orchestrator certify`](how-to/certify.md), and the recording lies in "
        "`tests/recordings/`; the sandbox is held to it. **Documented** and **reported** is what "
        "AWS, or somebody who ran into it, has written. **Assumed** is nobody's word but ours. "
        "Only what is recorded is proven."
    )
    body = evidence_markdown(ALL, recordings(RECORDINGS))
    return "\n\n".join([GENERATED, "# Evidence", introduction, body]) + "\n"


EVERYWHERE = """\
Of every service, whether it is named below or not:

- **Who may.** Identity policies, permissions boundaries, session policies, trust policies, the
  policies of resources and keys, and the organization's service and resource control policies are
  evaluated before a call is answered. Which resources and condition keys an action knows is taken
  from AWS's Service Authorization Reference.
- **Where.** An opt-in region knows an account's keys once it is enabled for the account; a bucket
  answers in its own region.
- **Under which key.** Who reads or writes what S3, SQS, SNS, Secrets Manager, Parameter Store,
  DynamoDB or, for a function's variables, Lambda encrypt with a customer's key needs the key, too:
  by its policy, by a grant, by their own policies; and the key has to be usable.
- **What is well-formed.** Each call is held against AWS's own model of its input: required members,
  lengths, ranges, patterns, enumerations.
- **What is not known is not answered**: `SandboxNotImplemented` names the call.

What [is not emulated at all](../how-to/work-in-the-sandbox.md#what-it-does-not-know): prices,
quotas other than those below, what happens inside of an instance, a container, a database, a
collection or a domain. What stands behind a behaviour is in
[Evidence](../evidence.md)."""


def sandbox() -> str:
    """Service by service, what the sandbox answers and what it refuses."""
    found = emulated()
    ours = [service for service in found if service.ours]
    rows = [
        _row(f"`{s.name}`", f"{len(s.operations)} of {s.in_aws}", str(s.constrained), _count(s))
        for s in ours
    ]
    head = [
        _row("service", "operations", "held against the model", "further rules"),
        "|---|---|---|---|",
    ]
    others = ", ".join(f"`{s.name}` ({len(s.operations)})" for s in found if not s.ours)
    more = (
        "Others are [moto's](https://docs.getmoto.org/) alone, with so many operations each: "
        f"{others}."
    )
    parts = [GENERATED, "# What the sandbox emulates", EVERYWHERE, "\n".join([*head, *rows]), more]
    return "\n\n".join([*parts, *map(_emulated, ours)]) + "\n"


def _count(service: Service) -> str:
    return str(len(service.rules) or "")


def _emulated(service: Service) -> str:
    parts = [f"## {service.name}", *([service.about] if service.about else [])]
    if service.rules:
        rows = [
            _row(r.says, ", ".join(f"`{o}`" for o in r.operations), r.source) for r in service.rules
        ]
        parts.append("\n".join([_row("refused", "calls", "source"), "|---|---|---|", *rows]))
    answered = ", ".join(service.operations)
    return "\n\n".join([*parts, f"Answered: {answered}."])


def architecture() -> str:
    """The page as it is, with the table of who may import whom put in anew."""
    text = (HERE.parent / "architecture.md").read_text("utf-8")
    before, start, rest = text.partition("<!-- arrows: ")
    note, _, rest = rest.partition("\n")
    _, end, after = rest.partition("<!-- end of the arrows -->")
    return f"{before}{start}{note}\n\n{arrows()}\n\n{end}{after}"


def security_model() -> str:
    """The page as it is, with the table of what is to be protected put in anew."""
    text = (HERE.parent / "security-model.md").read_text("utf-8")
    before, start, rest = text.partition("<!-- protected: ")
    note, _, rest = rest.partition("\n")
    _, end, after = rest.partition("<!-- end of what is protected -->")
    return f"{before}{start}{note}\n\n{protected_markdown()}\n\n{end}{after}"


RECORDINGS = HERE.parents[1] / "tests" / "recordings"
PAGES = {
    "configuration.md": configuration,
    "commands.md": commands,
    "controls.md": controls,
    "../evidence.md": evidence,
    "sandbox.md": sandbox,
    "log-formats.md": lambda: log_formats.markdown(GENERATED),
    "../architecture.md": architecture,
    "../security-model.md": security_model,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
