"""An account that is asked for is IN_PROGRESS before it is there, or has FAILED.

Source: AWS Organizations API Reference, CreateAccountStatus: State, FailureReason; there is no
AccountId before it has succeeded.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from moto.organizations import utils

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json

ANY_OTHER = "INTERNAL_FAILURE"


def create_account(original: Callable[[Any], str], self: Any, moved: Callable[[str], None]) -> str:
    """A new account, once it is there, is what services make of accounts below the root."""
    backend = self.organizations_backend
    request: Json = {
        "Id": utils.make_random_create_account_status_id(),
        "AccountName": self.request_params["AccountName"],
        "State": "IN_PROGRESS",
        "RequestedTimestamp": time.time(),
    }
    _requests(backend)[request["Id"]] = request

    def end() -> None:
        reason = DELAYS.failed("account", request["AccountName"])
        request["CompletedTimestamp"] = time.time()
        if reason:
            request["State"] = "FAILED"
            request["FailureReason"] = reason if reason.isupper() else ANY_OTHER
            return
        made = json.loads(original(self))["CreateAccountStatus"]["AccountId"]
        backend.get_account_by_id(made).create_account_status_id = request["Id"]
        request.update(State="SUCCEEDED", AccountId=made)
        moved(made)

    DELAYS.later("account", end)
    return json.dumps({"CreateAccountStatus": request})


def describe_create_account_status(original: Callable[[Any], str], self: Any) -> str:
    wanted = self.request_params["CreateAccountRequestId"]
    found = _requests(self.organizations_backend).get(wanted)
    return json.dumps({"CreateAccountStatus": found}) if found else original(self)


def list_create_account_status(original: Callable[[Any], str], self: Any) -> str:
    """moto knows those that have come to an account."""
    answer = json.loads(original(self))
    states = self.request_params.get("States") or ("IN_PROGRESS", "FAILED")
    requests = _requests(self.organizations_backend).values()
    others = [r for r in requests if r["State"] in states and r["State"] != "SUCCEEDED"]
    answer["CreateAccountStatuses"] = [*others, *answer["CreateAccountStatuses"]]
    return json.dumps(answer)


def _requests(backend: Any) -> dict[str, Json]:
    found: dict[str, Json] = backend.__dict__.setdefault("requests", {})
    return found
