"""The AWS clients of tasks: with the state machine's own role, or the role a task names."""

from __future__ import annotations

import os
import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.models import stepfunctions_parser_backends as stepfunctions_backends
from moto.sts.models import sts_backends

from orchestrator.sandbox.service_access import entry_refusal, on_behalf
from orchestrator.sealed import NO_FILES, sealed

HOST, SERVICE = "aws.test", "states.amazonaws.com"
_SESSION: Any = boto3.Session(botocore_session=sealed(NO_FILES))
_ONE_AT_A_TIME = threading.Lock()


def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    """A client whose calls the sandbox judges by the policies of the task's role."""
    port = os.environ["MOTO_PORT"]
    keys = _keys(state_credentials.role_arn, region)
    with _ONE_AT_A_TIME:  # a session makes clients for one thread at a time
        return _SESSION.client(
            service,
            region_name=region,
            endpoint_url=f"http://{HOST}:{port}",
            config=Config(
                parameter_validation=False,
                proxies={"http": f"http://127.0.0.1:{port}"},
                retries={"total_max_attempts": 1},
            ),
            **keys,
        )


def _keys(role: str, region: str) -> dict[str, str]:
    """Raises ClientError where Step Functions cannot be a state machine's own role.

    Source: AWS Step Functions Developer Guide, "Creating an IAM role for your state machine".
    """
    problem = _refused(role, region)
    if problem:
        code = "AccessDeniedException"
        raise ClientError({"Error": {"Code": code, "Message": problem}}, "AssumeRole")
    session = sts_backends[role.split(":")[4]]["aws"].assume_role(
        region_name=region,
        role_session_name="states",
        role_arn=role,
        policy=None,
        duration=3600,
        external_id=None,
    )
    return {
        "aws_access_key_id": session.access_key_id,
        "aws_secret_access_key": session.secret_access_key,
        "aws_session_token": session.session_token,
    }


def _refused(role: str, region: str) -> str:
    """A role that a task names is for the state machine's own to assume: not asked about here."""
    account_id = role.split(":")[4]
    backend = dict.get(dict.get(stepfunctions_backends, account_id, {}), region)
    machines = list(backend.state_machines) if backend is not None else []
    own = next((machine.arn for machine in machines if machine.roleArn == role), "")
    return entry_refusal(role, SERVICE, on_behalf(SERVICE, own, account_id)) if own else ""
