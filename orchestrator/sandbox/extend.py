"""How moto is extended from outside its package: substitute a class, add a service, amend a method.

A service of ours has what moto's have: backend, responses, errors, `url_bases`, `url_paths`. moto
looks for the last two in the module of the backend's class. State belongs in the backend's own
attributes, one backend per account and region: `/moto-api/reset` wipes those and nothing else.

Everything here leans on moto's internals, which is why pyproject pins moto to one release.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.model import ServiceModel as BotocoreServiceModel
from botocore.utils import instance_cache
from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel, ServiceModel
from moto.core.responses import ActionContext, ActionResult, BaseResponse
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

if TYPE_CHECKING:

    class Backend:
        """What every backend of moto offers; moto itself is untyped for us."""

        region_name: str
        account_id: str
        partition: str

        def __init__(self, region_name: str, account_id: str) -> None: ...
        def reset(self) -> None: ...

    class Responses:
        """What every response class of moto offers to its actions."""

        region: str
        current_account: str
        access_key: str
        body: str
        uri_match: dict[str, Any]
        params: dict[str, Any]
        querystring: dict[str, list[str]]
        headers: Mapping[str, str]
        automated_parameter_parsing: bool

        def __init__(self, service_name: str | None = None) -> None: ...
        @classmethod
        def dispatch(cls, *args: object, **kwargs: object) -> Answer: ...

else:
    Backend, Responses = BaseBackend, BaseResponse

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], str]
Dispatch = Callable[..., Any]
Operation = TypeVar("Operation", bound=Callable[..., Any])

NOT_IMPLEMENTED = "SandboxNotImplemented"


class AwsError(ServiceException):  # type: ignore[misc]
    """An error as AWS names it; the HTTP status comes from the service's model, else 400.

    Made from a message, where the class has a `code`, or from a code and a message.
    """

    code: str
    message: str

    def __init__(self, *code_and_message: str) -> None:
        super().__init__(*code_and_message)


class ConflictException(AwsError):
    code = "ConflictException"


class InvalidParameterValue(AwsError):
    code = "InvalidParameterValue"


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"


class ValidationException(AwsError):
    code = "ValidationException"


class ParsedResponses(Responses):
    """Actions that find their parameters, typed by the service's model, in `self.params`."""

    service = ""

    def __init__(self) -> None:
        super().__init__(service_name=self.service)
        self.automated_parameter_parsing = True


def operation(function: Operation) -> Operation:
    """Mark a method `(params) -> answer` of a backend's part as an operation of the service."""
    function.is_operation = True  # type: ignore[attr-defined]
    return function


def operations_of(
    responses: type[Responses], backends: BackendDict[Any], parts: Mapping[str, type]
) -> None:
    """Give `responses` an action for each operation of the backend's parts, by attribute name."""
    for part, owner in parts.items():
        for name, member in vars(owner).items():
            if getattr(member, "is_operation", False):
                setattr(responses, name, _action(backends, part, name))


def _action(backends: BackendDict[Any], part: str, name: str) -> Callable[[Any], Any]:
    def action(self: Any) -> Any:
        if not self.automated_parameter_parsing:
            self.parse_parameters(self.normalized_request)
        backend = backends[self.current_account][self.region]
        return result(getattr(getattr(backend, part), name)(self.params))

    action.__name__ = name
    return action


def page(items: Sequence[Any], params: Json, key: str, limit: int = 100) -> Json:
    """One page of `items` under `key`, and the token of the next where there is one."""
    start, size = int(params.get("NextToken") or 0), int(params.get("MaxResults") or limit)
    answer: Json = {key: list(items[start : start + size])}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return answer


def result(value: Mapping[str, Any] | None = None) -> Any:
    """What an action returns; the service's model says how it is written."""
    return ActionResult(dict(value or {}))


def every_path(dispatch: Dispatch) -> dict[str, Dispatch]:
    """The `url_paths` of a service whose operations are found by its model, not by their path.

    So a call nobody wrote reaches `call_action` and gets a named error, not a page of HTML.
    """
    return {"{0}/$": dispatch, "{0}/(?P<path>.+)$": dispatch}


def substitute(backends: BackendDict[Any], backend: type) -> None:
    """Let a service of moto work with our backend class, also for modules that hold `backends`."""
    if backends.backend is not backend:
        _find_urls(backend)
        backends.backend = backend
        backends.clear()


def add_service(name: str, host: str, backends: BackendDict[Any]) -> None:
    """Tell moto of a service it does not have. `host` is a pattern such as `https?://x\\.(.+)\\.…`."""
    if any(known == name for known, _ in backend_index.backend_url_patterns):
        return
    _find_urls(backends.backend)
    module = ModuleType(f"moto.{name}")
    setattr(module, f"{name}_backends", backends)
    sys.modules[module.__name__] = module
    backend_index.backend_url_patterns.append((name, re.compile(host)))


def _find_urls(backend: type) -> None:
    """moto would look for a module `urls` beside one called `models`."""
    backend._url_module = sys.modules[backend.__module__]  # type: ignore[attr-defined]


def amend(owner: type, name: str, change: Callable[..., Any]) -> None:
    """Replace a method or property of moto by `change(original, self, …)`, but once only."""
    original = owner.__dict__[name]
    getter: Callable[..., Any] = getattr(original, "fget", original)
    if getattr(getter, "amended_by", None) is change:
        return

    @functools.wraps(getter)
    def amended(self: Any, *args: Any, **kwargs: Any) -> Any:
        return change(getter, self, *args, **kwargs)

    amended.amended_by = change  # type: ignore[attr-defined]
    setattr(owner, name, property(amended) if isinstance(original, property) else amended)


def not_implemented(service: str, operation: str) -> AwsError:
    """The error for a call the sandbox does not know. Not a 5xx: SDKs would repeat it 25 times."""
    return AwsError(NOT_IMPLEMENTED, f"the sandbox does not implement {service}:{operation}")


def error_answer(service: str, operation: str, error: AwsError) -> Answer:
    """`error` in the service's own protocol, also where moto has no code for the service."""
    model = get_service_model(service)
    known = operation in model.operation_names
    operation_model = model.operation_model(operation) if known else OperationModel({}, model)
    serializer = get_serializer_class(model.service_name, model.protocol)
    context = ActionContext(model, operation_model, serializer, None)
    answer: Answer = ActionResult(error).execute_result(context)
    return answer


def keep_operations_apart() -> None:
    """Let moto remember an operation's model under a name only when it is moto's own.

    moto's method asks botocore's of the same name, and both remember their answer under one key of
    one cache: between the two, another thread would be given botocore's, which moto cannot use.
    """
    ServiceModel.operation_model = _operation_model


@instance_cache
def _operation_model(self: Any, operation_name: str) -> Any:
    plain = BotocoreServiceModel.operation_model.__wrapped__(self, operation_name)  # type: ignore[attr-defined]
    return OperationModel(plain._operation_model, self, operation_name)


def name_missing_calls() -> None:
    """Answer a call that moto does not implement, or cannot even route, with `NOT_IMPLEMENTED`."""
    amend(BaseResponse, "call_action", _call_action)


def _call_action(original: Callable[..., Any], self: Any) -> Any:
    try:
        answer = original(self)
    except NotImplementedError:
        answer = None
    if answer is not None and (answer[0] != 404 or answer[2]):
        return answer
    service = self.boto3_service_name
    operation = self._get_action() or f"{self.method} {self.path}"
    return error_answer(service, operation, not_implemented(service, operation))
