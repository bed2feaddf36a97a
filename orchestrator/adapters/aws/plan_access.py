"""What a session may do in the state bucket for stored plans: one thing, with one run's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.refusal import Refused
from orchestrator.errors import UsageError
from orchestrator.model.organization import Organization

PREFIX = "plans/"
RUN = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
LISTS, READS, WRITES, REMOVES = "", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
USES = {READS: ["kms:Decrypt"], WRITES: ["kms:Encrypt", "kms:GenerateDataKey"]}
BOOTSTRAP = "run 'orchestrator bootstrap' again, so that the roles there may keep stored plans"


class Access:
    """The bucket as the role we start as sees it, narrowed to what is at `prefix`."""

    def __init__(
        self, keyring: Keyring, organization: Organization, prefix: str, action: str = LISTS
    ) -> None:
        facts = organization.facts
        self._bucket, self._prefix = facts.state.bucket, prefix
        keys = keyring.start_keys(policy(self._bucket, prefix, facts.home_region, action))
        management = organization.management.id
        self._session = keyring.caller.acting_as(keys, management, keyring.start_role)

    def names(self) -> tuple[str, ...]:
        """What is there, without the prefix. Raises AwsDenied."""
        return tuple(
            str(item["Key"]).removeprefix(self._prefix)
            for item in self._listed("Contents", Prefix=self._prefix)
        )

    def folders(self) -> tuple[str, ...]:
        """What is there up to the next '/'. Raises AwsDenied."""
        found = self._listed("CommonPrefixes", Prefix=self._prefix, Delimiter="/")
        return tuple(str(item["Prefix"]).removeprefix(self._prefix)[:-1] for item in found)

    def call(self, operation: str, name: str, **parameters: Any) -> None:
        """One request about one object. Raises AwsDenied."""
        key = f"{self._prefix}{name}"
        with _explained():
            self._session.call("s3", operation, Bucket=self._bucket, Key=key, **parameters)

    def read(self, name: str) -> bytes:
        """The content of one object. Raises AwsDenied."""
        with _explained():
            return self._session.read(self._bucket, f"{self._prefix}{name}")

    def _listed(self, what: str, **where: Any) -> list[dict[str, object]]:
        with _explained():
            return self._session.pages("s3", "ListObjectsV2", what, Bucket=self._bucket, **where)


def policy(bucket: str, prefix: str, region: str, action: str = LISTS) -> str:
    """A session policy to list what is at `prefix`, and to do one thing with it."""
    arn = f"arn:aws:s3:::{bucket}"
    held = {"StringEquals": {"s3:prefix": prefix}}
    via = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn, "Condition": held}
    ]
    if action:
        objects = f"{arn}/{prefix}*" if prefix.endswith("/") else f"{arn}/{prefix}"
        statements.append({"Effect": "Allow", "Action": action, "Resource": objects})
    if uses := USES.get(action):
        statements.append({"Effect": "Allow", "Action": uses, "Resource": "*", "Condition": via})
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def prefix_of(run: str) -> str:
    """Where a run's plans are. Raises UsageError for what is no id."""
    return f"{PREFIX}{checked(run)}/"


def checked(run: str) -> str:
    """The id, if it is one: it becomes part of a policy, where '*' would be everything."""
    if not RUN.fullmatch(run):
        raise UsageError(f"'{run}' is not the id of a run", "see them: orchestrator runs")
    return run


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.code == "AccessDenied":
            refusal.fix = BOOTSTRAP
        raise
