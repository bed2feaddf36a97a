"""pydantic's errors as problems: where, what, and what to do, in the user's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.patterns import PATTERNS
from orchestrator.errors import Problem

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


SHOWN = 5


def nearest(wrong: str, known: Iterable[str]) -> list[str]:
    """The names most like `wrong`, best first; capital letters make no difference."""
    folded = {name.lower(): name for name in known}
    if same := folded.get(wrong.lower()):
        return [same]
    return [folded[match] for match in get_close_matches(wrong.lower(), folded, n=3, cutoff=0.7)]


def choose(wrong: str, known: Iterable[str]) -> str:
    """A way out of the unknown name `wrong`: those like it, or else the first few there are."""
    names = list(known)
    suggestions = nearest(wrong, names)
    if len(suggestions) == 1:
        return f"did you mean '{suggestions[0]}'?"
    if suggestions:
        return f"did you mean one of {', '.join(suggestions)}?"
    if not names:
        return "remove it"
    more = ", …" if len(names) > SHOWN else ""
    return f"choose one of {', '.join(names[:SHOWN])}{more}"


def choose_or(wrong: str, known: Iterable[str], otherwise: str) -> str:
    """The same, with another way out."""
    fix = choose(wrong, known)
    return f"{fix} If not, {otherwise}" if fix.endswith("?") else f"{fix} or {otherwise}"


NAMES = (
    "Account ACM Amplify APIGateway AppConfig AppFlow AppRunner AppSync Athena AutoScaling "
    "Backup Batch CloudFormation CloudFront CloudTrail CloudWatch CodeArtifact "
    "CodeBuild CodeGuruProfiler CodeGuruReviewer Cognito Config Connect DataFirehose DataSync "
    "Detective DMS DocumentDB DynamoDB EC2 ECR ECS EFS EKS ElastiCache ElasticBeanstalk ELB EMR "
    "ES EventBridge FraudDetector FSx GlobalAccelerator Glue GuardDuty IAM Inspector IoT "
    "IoTEvents IoTSiteWise IoTTwinMaker IoTWireless IVS Keyspaces Kinesis KMS Lambda Macie MQ MSK "
    "Neptune NetworkFirewall Opensearch PCA RDS Redshift RedshiftServerless Route53 S3 SageMaker "
    "SecretsManager ServiceCatalog SES SNS SQS SSM StepFunctions Transfer WAF WorkSpaces"
)
SERVICES = tuple(NAMES.split())


KEY = "[key]"
"""How pydantic marks an error in the key of a mapping, at the end of its path."""

Words = tuple[str, str]


def problems(document: Document, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """What is wrong with the shape of `document`, one problem for each place."""
    found: dict[KeyPath, Problem] = {}
    for details in sorted(error.errors(include_url=False), key=_least_telling):
        path = _place(document, details)
        if details["type"] == "missing":
            _note_missing(document, model, path, found)
        elif path not in found:
            what, fix = _words(document, model, path, details)
            about_key = details["type"] == "extra_forbidden" or details["loc"][-1] == KEY
            key = dotted(path[:-1] if about_key else path)
            found[path] = Problem(document.file, document.line(path), key, what, fix)
    return list(found.values())


def _least_telling(details: ErrorDetails) -> bool:
    """Of the ways in which a value is not what it might be, a pattern says what was meant."""
    return details["type"] != "string_pattern_mismatch"


def _place(document: Document, details: ErrorDetails) -> KeyPath:
    """The path of the error: pydantic adds the branch of a union, or '[key]', at its end."""
    path = details["loc"]
    if details["type"] == "missing":
        return path
    while path and path not in document.lines:
        path = path[:-1]
    return path


def _note_missing(
    document: Document, model: type[BaseModel], path: KeyPath, found: dict[KeyPath, Problem]
) -> None:
    if path in document.lines:
        return  # its value could not be read, which was said already
    expected = described(at(model, path))
    what, fix = f"the key '{path[-1]}' is missing", f"add '{path[-1]}' with {expected}"
    found[path] = Problem(document.file, document.line(path), dotted(path[:-1]), what, fix)


def _words(
    document: Document, model: type[BaseModel], path: KeyPath, details: ErrorDetails
) -> Words:
    value = document.at(*path)
    kind = details["type"]
    if details["loc"][-1:] == (KEY,):
        return _wrong_key(str(path[-1]), details)
    if kind == "extra_forbidden":
        known = keys(at(model, path[:-1]))
        return f"unknown key '{path[-1]}'", choose(str(path[-1]), known)
    if kind in WORDS:
        return WORDS[kind](value, details.get("ctx", {}))
    expected = at(model, path)
    if isinstance(expected, type) and issubclass(expected, Enum) and isinstance(value, str):
        names = [str(member.value) for member in expected]
        return f"'{value}' is not one of {', '.join(names)}", choose(value, names)
    return _wrong_type(value, expected)


def _wrong_key(key: str, details: ErrorDetails) -> Words:
    context = details.get("ctx", {})
    if details["type"] == "enum":
        names = [name.strip("'") for name in context["expected"].replace(" or ", ", ").split(", ")]
        return f"unknown key '{key}'", choose(key, names)
    return WORDS[details["type"]](key, context)


def _pattern(value: Json, context: dict[str, Any]) -> Words:
    what, fix = PATTERNS[context["pattern"]]
    return f"'{value}' is not {what}", fix


WORDS: dict[str, Callable[[Json, dict[str, Any]], Words]] = {
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda value, context: (
        f"'{value}' is too short",
        f"say it in at least {context['min_length']} characters",
    ),
    "string_too_long": lambda value, context: (
        f"'{str(value)[:20]}…' is {len(str(value))} characters long",
        f"use at most {context['max_length']}",
    ),
    "greater_than_equal": lambda value, context: (
        f"{value} is too small",
        f"use {context['ge']} or more",
    ),
    "less_than_equal": lambda value, context: (
        f"{value} is too large",
        f"use {context['le']} or less",
    ),
    "value_error": lambda value, _: _no_date(value),
}


def _no_date(value: Json) -> Words:
    return f"{shown(value)} is not a date", "write it as year-month-day: 2026-12-31"


def _wrong_type(value: Json, expected: Any) -> Words:
    is_what = "null" if value is None else f"{shown(value)} is {_kind(value)}"
    what = f"{is_what}, expected {described(expected)}"
    return what, _remedy(value, expected) or f"write {described(expected)}"


def _remedy(value: Json, expected: Any) -> str:  # noqa: PLR0911  one for each case
    """What to do where that is not said best by what is expected."""
    if value is None:
        return "give it a value, or remove the key"
    if expected is str and isinstance(value, (int, float)):
        return f'put it in quotes: "{str(value).lower()}"'
    if expected is bool:
        return "write true or false, without quotes"
    if expected is int and isinstance(value, str) and value.isdecimal():
        return "remove the quotes"
    if expected == list[str] and isinstance(value, str):
        return f"write a list: [{value}]"
    if described(expected) == MAPPING:
        return "write lines of the form 'key: value' below it"
    return ""


def shown(value: Json) -> str:
    """`value` short enough for a message; text in quotes."""
    if isinstance(value, (dict, list)):
        return "this"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a mapping" if isinstance(value, dict) else "a list"
