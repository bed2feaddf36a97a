"""An AWS as `certify` asks it: the management account, and one member entered by its entry role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import UsageError

Asked = tuple[str, str, object]
"""Error code, message, content."""


class CertifiedAws:
    """Raises UsageError where the organization is not the one that was named as disposable."""

    def __init__(
        self,
        environment: Mapping[str, str],
        region: str,
        disposable: str,
        member: str,
        entry_role: str,
    ) -> None:
        self._management = AwsSession(environment, region)
        self._region, self._member_id, self._entry_role = region, member, entry_role
        organization = self._management.call("organizations", "DescribeOrganization")
        self._organization: Mapping[str, str] = organization["Organization"]
        self._check(disposable)

    def _check(self, disposable: str) -> None:
        found = self._organization
        if found["Id"] != disposable:
            raise UsageError(
                f"these credentials are of organization {found['Id']}, not {disposable}",
                "name an organization that may be thrown away, and use its credentials",
            )
        if self._management.identity().account != found["MasterAccountId"]:
            raise UsageError(
                "these credentials are not of the management account",
                f"use an administrator's of {found['MasterAccountId']}",
            )
        if self._member_id == found["MasterAccountId"]:
            raise UsageError(
                f"{self._member_id} is the management account",
                "name a member account of which nothing is of value",
            )

    def names(self) -> Mapping[str, str]:
        return {
            "management": self._organization["MasterAccountId"],
            "member": self._member_id,
            "organization": self._organization["Id"],
            "region": self._region,
        }

    @cached_property
    def _member(self) -> AwsSession:
        arn = f"arn:aws:iam::{self._member_id}:role/{self._entry_role}"
        keys = self._management.assume(arn, "certify")
        return self._management.acting_as(keys, self._member_id, self._entry_role)

    def ask(
        self, in_member: bool, service: str, operation: str, region: str, parameters: Any
    ) -> Asked:
        """One request; a refusal is an answer."""
        session = self._member if in_member else self._management
        try:
            answer = session.call(service, operation, region, **parameters)
        except Refused as refusal:
            return refusal.code, refusal.reason.removeprefix(f"{refusal.code}: "), None
        return "", "", _content(answer)


def _content(answer: dict[str, Any]) -> object:
    """Without what belongs to the transport; a stream is read."""
    content = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    return _read(content, lambda stream: stream.read())


def _read(value: Any, read: Callable[[Any], bytes]) -> Any:
    if isinstance(value, dict):
        return {key: _read(each, read) for key, each in value.items()}
    if isinstance(value, list):
        return [_read(each, read) for each in value]
    return read(value) if hasattr(value, "read") else value
