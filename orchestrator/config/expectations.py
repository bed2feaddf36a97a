"""What a key may hold, in the words of a message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel

from orchestrator.config.documents import KeyPath

MAPPING = "a mapping"
SIMPLE = {str: "text", int: "a whole number", bool: "true or false", date: "a date"}


def at(annotation: Any, path: KeyPath) -> Any:
    """The type that stands at `path` below `annotation`; None if nothing can."""
    annotation = bare(annotation)
    if not path:
        return annotation
    if is_model(annotation):
        fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
        field = fields.get(str(path[0]))
        return at(field.annotation, path[1:]) if field else None
    arguments = get_args(annotation)
    return at(arguments[-1], path[1:]) if get_origin(annotation) in {dict, list} else None


def bare(annotation: Any) -> Any:
    """`annotation` without constraints, and without the None of a key that may be left out."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        rest = [bare(option) for option in get_args(annotation) if option is not NoneType]
        return rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007  built at run time
    return annotation


def is_model(annotation: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def keys(annotation: Any) -> list[str]:
    """The keys of a mapping with a fixed set of them; none for any other type."""
    if not is_model(annotation):
        return []
    return [field.alias or name for name, field in annotation.model_fields.items()]


def all_keys(annotation: Any, outer: str = "") -> Iterator[str]:
    """Every key with a fixed name, those of inner mappings included, dotted."""
    for key in keys(annotation):
        yield f"{outer}{key}"
        yield from all_keys(at(annotation, (key,)), f"{outer}{key}.")


def described(annotation: Any) -> str:
    """`annotation` in words: 'text', 'a list of text', 'one of disable, detect, remediate'."""
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    if is_model(annotation) or get_origin(annotation) is dict:
        return MAPPING
    if get_origin(annotation) is list:
        return f"a list of {described(bare(get_args(annotation)[0]))}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return f"one of {', '.join(str(member.value) for member in annotation)}"
    *options, last = (described(option) for option in get_args(annotation))
    return f"{', '.join(options)} or {last}"
