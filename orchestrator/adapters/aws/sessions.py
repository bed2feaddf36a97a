"""The sessions port: temporary keys in a private file, for as long as a stage needs them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from orchestrator.adapters.aws import state
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.state import last_good
from orchestrator.adapters.private_folders import private_folder
from orchestrator.errors import StateDamaged
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.ports import Entry, Purpose

STATE = "state"
"""The profile of Terraform's backend. An account's profile is called by its id."""

OTHERS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
"""Other ways to credentials, some of which come before profiles. None reaches Terraform."""


class AwsSessions:
    """Lets Terraform into accounts, one stack and one purpose at a time.

    `base` is what Terraform needs besides credentials.
    """

    def __init__(
        self, credential_cache: CredentialCache, organization: Organization, base: Mapping[str, str]
    ) -> None:
        self._credential_cache, self._organization, self._base = (
            credential_cache,
            organization,
            base,
        )
        self._bucket = organization.facts.state.bucket
        self._region = organization.facts.home_region

    @contextmanager
    def open(self, key: StackKey, purpose: Purpose) -> Iterator[Entry]:
        """Profiles for the account and its state; three accounts' for the bootstrap."""
        with private_folder() as folder:
            _write(folder / "config", "")
            _write(folder / "credentials", _profiles(self._keys(key, purpose)))
            yield Entry(self._environment(folder), self._role(key, purpose))

    def has_state(self, key: StackKey) -> bool:
        return state.exists(self._reader(key), self._bucket, key)

    def state_of(self, key: StackKey) -> str:
        with self._repairable(key):
            return state.identity(self._reader(key), self._bucket, key)

    def roles_made(self, key: StackKey) -> bool:
        with self._repairable(key):
            return state.has_roles(self._reader(key), self._bucket, key)

    @contextmanager
    def _repairable(self, key: StackKey) -> Iterator[None]:
        """What is not a state is an error, with what brings the state back."""
        try:
            yield
        except StateDamaged as damaged:
            fix = last_good(lambda: self._credential_cache.caller, self._bucket, key)
            raise StateDamaged(damaged.where, damaged.size, fix) from damaged

    def _keys(self, key: StackKey, purpose: Purpose) -> Mapping[str, Credentials]:
        if key.stack is StackName.BOOTSTRAP:
            return self._bootstrap_keys()
        write = purpose is not Purpose.PLAN
        narrowed = state.policy(self._bucket, key, self._region, write=write)
        return {
            key.account_id: self._credential_cache.keys(key.account_id, purpose),
            STATE: self._credential_cache.start_keys(narrowed),
        }

    def _bootstrap_keys(self) -> Mapping[str, Credentials]:
        """Without the runner role, which the bootstrap makes."""
        organization = self._organization
        special = (organization.management, organization.security, organization.log_archive)
        profiles = {str(a.id): self._credential_cache.keys_by_caller(a.id) for a in special}
        return profiles | {STATE: self._credential_cache.caller.credentials()}

    def _role(self, key: StackKey, purpose: Purpose) -> str:
        if key.stack is StackName.BOOTSTRAP:
            purpose = Purpose.ENTRY
        return self._credential_cache.role(key.account_id, purpose)

    def _reader(self, key: StackKey) -> AwsSession:
        if key.stack is StackName.BOOTSTRAP:
            return self._credential_cache.caller
        return self._credential_cache.start()

    def _environment(self, folder: Path) -> dict[str, str]:
        kept = {name: value for name, value in self._base.items() if name not in OTHERS}
        return {
            **kept,
            "AWS_CONFIG_FILE": str(folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        }


class StateReader:
    """Reads states as they lie in their bucket, with keys for one of them at a time."""

    def __init__(self, credential_cache: CredentialCache, organization: Organization) -> None:
        self._credential_cache, self._facts = credential_cache, organization.facts
        self._management = organization.management.id

    def read(self, key: StackKey) -> bytes:
        """Raises AwsDenied, also when there is none."""
        bucket = self._facts.state.bucket
        narrowed = state.policy(bucket, key, self._facts.home_region, write=False)
        keys, role = self._credential_cache.start_keys(narrowed), self._credential_cache.start_role
        session = self._credential_cache.caller.acting_as(keys, self._management, role)
        return state.read(session, bucket, key)


def _profiles(keys: Mapping[str, Credentials]) -> str:
    return "\n".join(_profile(name, held) for name, held in keys.items())


def _profile(name: str, held: Credentials) -> str:
    lines = [
        f"[{name}]",
        f"aws_access_key_id = {held.access_key}",
        f"aws_secret_access_key = {held.secret_key}",
    ]
    if held.token:
        lines.append(f"aws_session_token = {held.token}")
    return "\n".join([*lines, ""])


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
