"""Clients for moto that remember every call, and answer or refuse some in moto's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import moto.backends
from botocore.exceptions import ClientError
from botocore.session import Session
from botocore.validate import validate_parameters
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.model_instances import reset_model_data
from moto.utilities.utils import PARTITION_NAMES

from orchestrator.findings.answers import keep_unmodelled
from orchestrator.findings.remediation import Place
from orchestrator.logs.event import Event, event
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.sandbox.operations import PREFIXES
from orchestrator.sandbox.trail import shapes
from orchestrator.sandbox.trail.record import of_bucket
from tests.cloudtrail import record
from tests.unit.findings.services import permissions

PLACE = Place("123456789012", "eu-west-1")
"""moto's account."""

Overlay = Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Mapping[str, Any]]]
"""Service and operation → the answer to its parameters. It is checked against AWS's shapes."""


@dataclass(frozen=True)
class Asked:
    """A call with its parameters; `model` is botocore's of the operation."""

    model: Any
    parameters: Mapping[str, Any]

    def on_record(self) -> Event:
        """As the lake has it from CloudTrail, if AWS wrote it there as the sandbox does."""
        service = self.model.service_model
        name, signed = service.service_name, service.signing_name
        shown = shapes.written(name, self.model.input_shape, self.parameters)
        call = record(
            shapes.event(name, self.model.name),
            shapes.source(name, PREFIXES.get(signed, signed)),
            recipientAccountId=PLACE.account,
            requestParameters=of_bucket(shown, {}) if name == "s3" else shown,
        )
        return event(to_ocsf(call))


@dataclass
class RecordingAws:
    """The `Aws` of a remediation. Calls of boto3's own (waiters, paginators) count as well.

    A call belongs to the one that was asked for a client last.
    """

    overlay: Overlay = field(default_factory=dict)
    denied: frozenset[tuple[str, str]] = frozenset()
    calls: list[tuple[str, str]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    needed: set[str] = field(default_factory=set)
    """The IAM actions of all calls."""

    def __call__(self, service: str, region: str | None = None) -> Any:
        ASKED[:] = [self]
        return client_of(service, region or PLACE.region)

    @contextmanager
    def watching(self) -> Iterator[RecordingAws]:
        """What is called inside is remembered apart."""
        part = RecordingAws(self.overlay, self.denied)
        yield part
        self.calls += part.calls
        self.asked += part.asked
        self.needed |= part.needed

    def remember(self, params: dict[str, Any], model: Any, context: dict[str, Any]) -> None:
        service = model.service_model
        context["asked"] = deepcopy(params)
        self.calls.append((service.service_name, model.name))
        self.asked.append(Asked(model, context["asked"]))
        self.needed |= permissions.actions(
            service.service_name, service.signing_name, model.name, params
        )

    def heard(self, parsed: Any, model: Any) -> None:
        """What comes back from AWS, to be changed by those who stand for another AWS."""

    def answer(self, model: Any, context: dict[str, Any]) -> Any:
        call = (model.service_model.service_name, model.name)
        if call in self.denied:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "denied"}}, model.name)
        if call not in self.overlay:
            return None
        answer = self.overlay[call](context["asked"])
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": {}}


ASKED: list[RecordingAws] = []
"""The one that was asked last."""


@contextmanager
def emulated(config: Mapping[str, Any] | None = None) -> Iterator[None]:
    """An empty account in moto, which is on for all of these tests: see conftest.py.

    To start moto for each test registers its thousand addresses anew, and to stop it makes each
    backend once more, only to forget it.
    """
    usual = deepcopy(default_user_config)
    for partition in {*PARTITION_NAMES} - {"aws"}:  # without AWS's policies, even if asked for
        moto.backends.get_backend("iam")[PLACE.account][partition]
    default_user_config.update(config or {})
    try:
        yield
    finally:
        default_user_config.update(usual)
        BackendDict.reset()
        reset_model_data()


@cache
def session() -> boto3.Session:
    """One for all clients, so that a service's model is read once for all regions."""
    core = Session()
    keep_unmodelled(core)
    return boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", botocore_session=core)


@cache
def client_of(service: str, region: str) -> Any:
    """One for all tests, as making one takes a quarter of a second."""
    client = session().client(service, region_name=region)  # type: ignore[call-overload]
    client.meta.events.register("before-parameter-build", _remember)
    client.meta.events.register("before-call", _answer)
    client.meta.events.register("after-call", _heard)
    return client


def _remember(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    ASKED[0].remember(params, model, context)


def _answer(model: Any, context: dict[str, Any], **_: Any) -> Any:
    return ASKED[0].answer(model, context)


def _heard(parsed: Any, model: Any, **_: Any) -> None:
    ASKED[0].heard(parsed, model)


def missing(code: str, operation: str = "") -> ClientError:
    """What an overlay raises where there is no such resource."""
    return ClientError({"Error": {"Code": code, "Message": "not found"}}, operation)
