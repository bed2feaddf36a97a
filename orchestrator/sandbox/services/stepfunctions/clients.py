"""The AWS clients of tasks: with the state machine's own role, or the role a task names."""

from __future__ import annotations

import os
import threading
from typing import Any

import boto3
from botocore.config import Config
from moto.sts.models import sts_backends

from orchestrator.sealed import NO_FILES, sealed

HOST = "aws.test"
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
