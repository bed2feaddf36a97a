"""Which keys each file may hold, as pydantic models; the JSON Schemas are made from the same.

A layer is `Settings` with every key optional and nullable, all the way down. An entry of a
collection, such as a decision or a skip, is whole where it is written: its reason belongs to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from types import GenericAlias, NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, create_model
from pydantic.fields import FieldInfo

from orchestrator.model.facts import Facts, OuId, RootEmail, Team, TwelveDigits
from orchestrator.model.hub_controls import HubControl
from orchestrator.model.names import StackName
from orchestrator.model.organization import Adopted, Exemption, Quarantine
from orchestrator.model.settings import ControlDecision, ControlName, Frozen, Name, Reason, Settings
from orchestrator.model.waves import Wave

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OuName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)


class Kind(StrEnum):
    """The kinds of files. Each is named after the key that only it has, and so is its schema."""

    ORGANIZATION = "organization"
    OU = "ou"
    ACCOUNT = "account"
    CONTROLS = "controls"
    TEAMS = "teams"
    WAVES = "waves"
    EXCEPTIONS = "exceptions"
    ADOPTED = "adopted"
    HUB_CONTROLS = "hub_controls"


class OuFacts(Frozen):
    """An OU as AWS Organizations knows it."""

    name: OuName
    id: OuId


class AccountFacts(Frozen):
    """An account as AWS Organizations knows it; its name is the file's."""

    id: TwelveDigits = Field(description="Twelve digits, in quotes.")
    email: RootEmail = Field(description="The root user's address, which no other AWS account has.")


LAYERS: dict[Kind, tuple[type[BaseModel], str]] = {
    Kind.ORGANIZATION: (Facts, "Facts and defaults for the whole organization."),
    Kind.OU: (OuFacts, "Defaults of an OU, for every account in its folder and below."),
    Kind.ACCOUNT: (AccountFacts, "One AWS account, and where it deviates from its OU."),
}
COLLECTIONS: dict[Kind, tuple[object, type[BaseModel], str]] = {
    Kind.CONTROLS: (ControlName, ControlDecision, "The decisions for the controls of one service."),
    Kind.TEAMS: (Name, Team, "The teams that own accounts, decisions and exceptions."),
    Kind.WAVES: (Name, Wave, "The order in which accounts are rolled out."),
    Kind.EXCEPTIONS: (Name, Exemption, "What a control leaves alone, until a date."),
    Kind.ADOPTED: (StackName, Adopted, "What an account had already, and is taken over as it is."),
    Kind.HUB_CONTROLS: (
        ControlName,
        HubControl,
        "Security Hub's own list of controls; `orchestrator controls refresh` writes it.",
    ),
}


@cache
def shape(kind: Kind) -> type[BaseModel]:
    """The model of a file of `kind`."""
    fields: dict[str, Any] = {}
    if kind in COLLECTIONS:
        key, entry, doc = COLLECTIONS[kind]
        fields[kind] = (GenericAlias(dict, (key, whole(entry))), ...)
    else:
        facts, doc = LAYERS[kind]
        fields[kind] = (whole(facts), ...)
        fields |= {} if kind is Kind.ACCOUNT else {"locked": (dict[str, Reason], LOCKED)}
        fields |= _optional(Settings) | (ASIDE if kind is Kind.ACCOUNT else {})
    return create_model(f"{kind.title()}File", __config__=STRICT, __doc__=doc, **fields)


LOCKED: Any = Field(
    {}, description="Keys that no layer further in may set, each with the reason. 'gate.limits'"
)


@cache
def whole(model: type[BaseModel]) -> type[BaseModel]:
    """`model` as a file must state it: strictly typed, what is required being required."""
    fields: dict[str, Any] = {
        name: (_annotated(field, partly=False), _field(field, ... if field.is_required() else None))
        for name, field in model.model_fields.items()
    }
    return create_model(model.__name__, __config__=STRICT, __doc__=model.__doc__, **fields)


@cache
def partial(model: type[BaseModel]) -> type[BaseModel]:
    """`model` as a layer may state any part of it."""
    fields = _optional(model)
    name = f"{model.__name__}Layer"
    return create_model(name, __config__=STRICT, __doc__=model.__doc__, **fields)


def _optional(model: type[BaseModel]) -> dict[str, Any]:
    return {
        name: (_annotated(field, partly=True) | None, _field(field, None))
        for name, field in model.model_fields.items()
    }


def _field(field: FieldInfo, default: object) -> Any:
    """`field` in a file, where leaving it out means the built-in default that the schema shows."""
    built_in = field.get_default(call_default_factory=True)
    known = not field.is_required() and not isinstance(built_in, BaseModel)
    extra = {"default": built_in} if known else None
    return Field(default, alias=field.alias, description=field.description, json_schema_extra=extra)


def _annotated(field: FieldInfo, *, partly: bool) -> Any:
    inner = _derive(field.annotation, partly=partly)
    return Annotated[inner, *field.metadata] if field.metadata else inner


def _derive(annotation: Any, *, partly: bool) -> Any:
    if annotation is date:
        return IsoDate
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return partial(annotation) if partly else whole(annotation)
    if NoneType in get_args(annotation):
        inner = next(option for option in get_args(annotation) if option is not NoneType)
        return _derive(inner, partly=partly) | None
    if get_origin(annotation) is dict:
        key, value = get_args(annotation)
        entry = _derive(value, partly=False)
        return GenericAlias(dict, (key, entry | None if partly else entry))
    return annotation


def _calendar_date(value: object) -> date:
    """Ours instead of pydantic's, which takes digits for seconds since 1970."""
    if not isinstance(value, str) or not DATE.fullmatch(value):
        raise ValueError("not a date of the form YYYY-MM-DD")
    return date.fromisoformat(value)


IsoDate = Annotated[date, BeforeValidator(_calendar_date)]
ASIDE: dict[str, Any] = {
    "quarantine": (
        whole(Quarantine) | None,
        Field(None, description="Rollouts leave the account alone, until a date."),
    )
}


DIALECT = "http://json-schema.org/draft-07/schema#"
"""The one that the YAML language server knows best; nothing newer is needed."""


def json_schemas() -> Mapping[str, dict[str, Any]]:
    """The schema of each kind of file, by kind."""
    return {kind.value: _schema(kind) for kind in Kind}


def schema_texts() -> Mapping[str, str]:
    """The schemas as files: name and content."""
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in json_schemas().items()
    }


def _schema(kind: Kind) -> dict[str, Any]:
    schema = shape(kind).model_json_schema()
    return {"$schema": DIALECT, **_tidy(schema)}


def _tidy(node: Any) -> Any:
    """`node` without the titles and nulls that pydantic adds, and closed where it leaves a gap."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {
        key: {name: _tidy(inner) for name, inner in value.items()}
        if key in {"properties", "$defs", "patternProperties"}
        else _tidy(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    if "patternProperties" in tidy:
        tidy.setdefault("additionalProperties", False)
    return tidy
