"""The one place where clients are made and AWS is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.client import BaseClient
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from orchestrator.adapters.aws.credentials import Credentials, ambient, bare
from orchestrator.adapters.aws.missing_credentials import EXPECTED, source
from orchestrator.adapters.aws.transport import (
    NotFromAws,
    refused,
    transport,
    without_credentials,
)

CALLER = "the caller's own credentials"
LARGEST = 512 * 1024 * 1024
"""Bytes of an object. The state of 400 resources has two million."""


class TooLarge(BotoCoreError):
    """What lies in a bucket is not what we have put there."""

    fmt = "'{key}' has {size} bytes; the limit is {limit}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS says we are."""

    account: str
    arn: str


class AwsSession:
    """AWS as one principal sees it: the caller, or a role in an account.

    Everything is taken from `environment`, never from the process: credentials, endpoint, proxies,
    certificates. Threads may share a session: making a client is not safe in botocore and is done
    by one at a time, using it is safe. `hear` is told every error code, also of requests that
    botocore tries again.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        region: str,
        hear: Callable[[str], None] = lambda _code: None,
    ) -> None:
        self._environment, self._region, self._hear = environment, region, hear
        self._credentials = _static(environment)
        self._account, self._role = "unknown", CALLER
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], BaseClient] = {}
        make = bare if self._credentials else ambient
        self._source = source(environment)
        with self._coming():
            self._botocore = make(environment, region)

    def acting_as(self, credentials: Credentials, account: str, role: str) -> AwsSession:
        """The same way to AWS for another principal; what botocore has read is read once."""
        other = copy(self)
        other._credentials, other._account, other._role = credentials, account, role
        other._clients = {}
        return other

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        """One request. Raises Refused, an AwsDenied, for anything that goes wrong with it."""
        with self._naming(f"{service}:{operation}"):
            return getattr(self._client(service, region), xform_name(operation))(**parameters)

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        """All items under `key`, over every page."""
        pages = self.each_page(service, operation, region, **parameters)
        return [item for page in pages for item in page.get(key, [])]

    def each_page(
        self, service: str, operation: str, region: str = "", **parameters: object
    ) -> Iterator[Any]:
        """One page after the other, for more than is to be kept at once."""
        with self._naming(f"{service}:{operation}"):
            client = self._client(service, region)
            yield from client.get_paginator(xform_name(operation)).paginate(**parameters)

    def read(self, bucket: str, key: str, version: str = "") -> bytes:
        """The contents of an S3 object, of an older version of it where one is named.

        Also raises Refused for one that is larger than anything of ours.
        """
        which = {"VersionId": version} if version else {}
        with self._naming("s3:GetObject"):
            response = self._client("s3", "").get_object(Bucket=bucket, Key=key, **which)
            if response["ContentLength"] > LARGEST:
                raise TooLarge(key=key, size=response["ContentLength"], limit=LARGEST)
            body: bytes = response["Body"].read()
            return body

    def identity(self) -> Identity:
        caller = self.call("sts", "GetCallerIdentity")
        return Identity(caller["Account"], caller["Arn"])

    def credentials(self) -> Credentials:
        """The keys themselves, as they are now. Raises Refused when there are none."""
        if self._credentials:
            return self._credentials
        with self._lock:
            frozen = self._fresh()
        return Credentials(frozen.access_key or "", frozen.secret_key or "", frozen.token or "")

    def assume(
        self,
        role_arn: str,
        session_name: str,
        external_id: str = "",
        policy: str = "",
        duration: int = 3600,
    ) -> Credentials:
        """Temporary keys of a role, for `duration` seconds, narrowed by a session policy.

        A role that assumes a role gets an hour at most. Source: STS API Reference, AssumeRole.
        """
        wanted = {"ExternalId": external_id, "Policy": policy}
        with self._naming(f"sts:AssumeRole {role_arn}", account=role_arn.split(":")[4]):
            given = self._client("sts", "").assume_role(
                RoleArn=role_arn,
                RoleSessionName=session_name,
                DurationSeconds=duration,
                **{name: text for name, text in wanted.items() if text},
            )["Credentials"]
        return Credentials(
            given["AccessKeyId"],
            given["SecretAccessKey"],
            given["SessionToken"],
            given["Expiration"],
        )

    def _client(self, service: str, region: str) -> Any:
        where = (service, region or self._region)
        with self._lock:
            if not self._credentials:
                self._fresh()
            if where not in self._clients:
                self._clients[where] = self._made(*where)
            return self._clients[where]

    def _made(self, service: str, region: str) -> BaseClient:
        keys = self._credentials
        client = self._botocore.create_client(
            service,
            region_name=region,
            aws_access_key_id=keys.access_key if keys else None,
            aws_secret_access_key=keys.secret_key if keys else None,
            aws_session_token=(keys.token or None) if keys else None,
            **transport(self._environment, service, region),
        )
        client.meta.events.register("needs-retry.*", self._tell)
        return client

    def _tell(self, response: tuple[object, Any] | None = None, **_: object) -> None:
        if response and (code := response[1].get("Error", {}).get("Code")):
            self._hear(str(code))

    def _fresh(self) -> ReadOnlyCredentials:
        """The caller's keys, asked for or renewed where that is due: here, so that what goes wrong
        with it is told from what AWS says to the request itself.
        """
        with self._coming():
            found = self._botocore.get_credentials()
            if found is None:
                raise NoCredentialsError
            return found.get_frozen_credentials()

    @contextmanager
    def _coming(self) -> Iterator[None]:
        try:
            yield
        except EXPECTED as error:
            raise without_credentials(self._account, self._role, error, self._source) from error

    @contextmanager
    def _naming(self, call: str, account: str = "") -> Iterator[None]:
        """Turn what botocore raises into a refusal that names account, role and call."""
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            told = refused(account or self._account, self._role, call, error, self._source)
            raise told from error
        except ResponseParserError as error:
            strange = NotFromAws(what="it cannot be read")
            told = refused(account or self._account, self._role, call, strange, self._source)
            raise told from error


def _static(environment: Mapping[str, str]) -> Credentials | None:
    access, secret = (
        environment.get(name, "") for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    )
    if not access or not secret:
        return None
    return Credentials(access, secret, environment.get("AWS_SESSION_TOKEN", ""))
