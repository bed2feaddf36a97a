"""What the sandbox answers and what it refuses, told from its own code, for the reference."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

from botocore import xform_name
from botocore.loaders import Loader
from moto.backend_index import backend_url_patterns
from moto.backends import get_backend
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model

from orchestrator.sandbox import services
from orchestrator.sandbox.refusals.rules import RULES
from orchestrator.sandbox.refusals.shapes import check_of

NAMES: Mapping[str, str] = {"awslambda": "lambda", "ssoadmin": "sso-admin"}
"""botocore's name of a service, where moto's is another and not the same without dashes."""

SOURCE = re.compile(r"Source: (.+?)(?:\n\s*\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing AWS refuses that no model says. `operations` are those it is asked of."""

    says: str
    source: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A service by botocore's name. `constrained` of `operations` are held against their model.

    `about` is what its package here says of itself; '' where it is moto's alone.
    """

    name: str
    operations: tuple[str, ...]
    in_aws: int
    constrained: int = 0
    about: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether anything was added to what moto has."""
        return bool(self.about or self.rules)


def emulated() -> tuple[Service, ...]:
    """Every service with at least one operation that is answered, by name."""
    services.install()
    found = {}
    for name in sorted({name for name, _ in backend_url_patterns}):
        service = _service(name)
        if service and service.operations:
            found[service.name] = service
    return tuple(found[name] for name in sorted(found))


def _service(moto_name: str) -> Service | None:
    name = NAMES.get(moto_name) or _known().get(moto_name.replace("-", ""), "")
    if not name:
        # moto's own helpers, such as its API and the metadata of instances.
        return None
    model, answered = get_service_model(name), _answered(moto_name)
    operations = tuple(each for each in model.operation_names if xform_name(each) in answered)
    about, rules = _about(moto_name), tuple(_rules(RULES.get(name, {})))
    service = Service(name, operations, len(model.operation_names), 0, about, rules)
    if not service.ours:
        return service
    return replace(service, constrained=sum(1 for each in operations if check_of(name, each)))


def _about(moto_name: str) -> str:
    """The docstring of the package that extends the service, as one paragraph."""
    try:
        package = import_module(f"{services.__name__}.{moto_name.replace('-', '')}")
    except ModuleNotFoundError:
        return ""
    return " ".join((inspect.getdoc(package) or "").split())


@cache
def _known() -> Mapping[str, str]:
    """botocore's services by their names without dashes."""
    names = Loader().list_available_services("service-2")
    return {name.replace("-", ""): name for name in names}


def _answered(moto_name: str) -> frozenset[str]:
    """The names of all methods of the classes that a service's paths lead to."""
    backends: Any = get_backend(moto_name)["123456789012"]
    backend = next(backends[place] for place in ("us-east-1", "aws") if place in backends)
    owners = {_owner(handler) for handler in backend.url_paths.values()}
    return frozenset(
        name for owner in owners for name, _ in inspect.getmembers(owner, inspect.isroutine)
    )


def _owner(handler: Callable[..., Any]) -> type:
    bound = getattr(handler, "__self__", None)
    owner = bound if inspect.isclass(bound) else type(bound)
    return owner if issubclass(owner, BaseResponse) else object


def _rules(by_operation: Mapping[str, tuple[Callable[..., Any], ...]]) -> Iterator[Rule]:
    asked: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for operation, rules in by_operation.items():
        for rule in rules:
            text = inspect.getdoc(rule) or ""
            texts[rule.__qualname__] = text
            asked.setdefault(rule.__qualname__, []).append(operation)
    for name, text in texts.items():
        says = text.partition("\n\n" if "\n\n" in text else "\n")[0]
        found = SOURCE.search(text)
        source = " ".join(found[1].split()) if found else ""
        words = SOURCE.sub("", says) if "Source:" in says else says
        yield Rule(" ".join(words.split()), source, tuple(sorted(asked[name])))
