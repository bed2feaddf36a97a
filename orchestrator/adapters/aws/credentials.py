"""Temporary keys as a value, and the credentials that the caller came with.

These are looked for as AWS's own tools do, but in a mapping. botocore's chain reads the process
environment. Here the links that do so are replaced by ones that read the mapping: static keys, web
identity (OIDC in CI, EKS), container credentials. The links that read files (profiles, SSO,
processes) are told which files and which profile. What remains of the process environment: HOME,
and within a profile `credential_source = Environment` and the proxies by which SSO and a profile's
role are asked for.
"""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from getpass import getpass

from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleProvider,
    AssumeRoleWithWebIdentityCredentialFetcher,
    AssumeRoleWithWebIdentityProvider,
    ContainerProvider,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
    EnvProvider,
    InstanceMetadataProvider,
    create_credential_resolver,
)
from botocore.session import Session
from botocore.utils import FileWebIdentityTokenLoader

from orchestrator.adapters.aws.missing_credentials import PROFILES, NoTerminal
from orchestrator.adapters.aws.transport import only_of_aws, transport
from orchestrator.sealed import sealed


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys that AWS gave for a while. Printing them shows which, never what they are.

    `expires` is None for keys whose end is not known: those the caller came with.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: datetime | None = None


EARLY = timedelta(minutes=10)
"""Keys that end sooner are no longer handed out: an apply may take as long."""

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


class Kept:
    """Threads that want the same keys wait for the first; those that want others do not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[Hashable, Credentials] = {}
        self._locks: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def fresh(self, name: Hashable, ask: Callable[[], Credentials]) -> Credentials:
        """What was kept under `name`, or what `ask` gives. A refusal is not kept."""
        with self._guard:
            lock = self._locks[name]
        with lock:
            kept = self._keys.get(name)
            if kept is None or (kept.expires and kept.expires - EARLY <= self._clock()):
                kept = self._keys[name] = ask()
            return kept


LEGACY = {"ec2-credentials-file", "boto-config"}
"""Links of the time before profiles; they read the process environment."""


def ambient(environment: Mapping[str, str], region: str) -> Session:
    """A botocore session whose credentials come from `environment` and what it points to."""
    session = bare(environment, region)
    profile = next(filter(None, map(environment.get, PROFILES)), None)
    if profile:
        session.set_config_variable("profile", profile)
    found = create_credential_resolver(session, region_name=region).providers
    for link in found:
        if isinstance(link, AssumeRoleProvider):
            link._prompter = _code  # type: ignore[attr-defined]  # the resolver takes none
    web = _WebIdentity(session, environment, region)
    static = EnvProvider(environ=environment)
    others = [link for link in map(web.instead_of, found) if _wanted(link, environment)]
    chain = CredentialResolver([static, web, *others])
    session.register_component("credential_provider", chain)
    return session


def _code(prompt: str) -> str:
    """An MFA code. Raises NoTerminal where no person can be asked, such as in CI."""
    if not sys.stdin.isatty():
        raise NoTerminal(prompt)
    return getpass(prompt)


def bare(environment: Mapping[str, str], region: str) -> Session:
    """A botocore session that takes its settings from `environment`, without credentials."""
    # A caller who brings keys does not need a profile; botocore would look for it all the same.
    session = sealed({k: v for k, v in environment.items() if k not in PROFILES})
    session.set_config_variable("region", region)
    session.register("before-parse", only_of_aws)
    return session


def _wanted(link: CredentialProvider, environment: Mapping[str, str]) -> bool:
    if isinstance(link, InstanceMetadataProvider):
        return environment.get("AWS_EC2_METADATA_DISABLED", "").lower() != "true"
    return link.METHOD not in {EnvProvider.METHOD, *LEGACY}


class _WebIdentity(CredentialProvider):
    """A role for a token in a file, as named by variables of the mapping."""

    METHOD = "web-identity-of-mapping"

    def __init__(self, session: Session, environment: Mapping[str, str], region: str) -> None:
        super().__init__()
        self._session, self._environment, self._region = session, environment, region

    def load(self) -> DeferredRefreshableCredentials | None:
        token_file = self._environment.get("AWS_WEB_IDENTITY_TOKEN_FILE")
        role = self._environment.get("AWS_ROLE_ARN")
        if not token_file or not role:
            return None
        name = self._environment.get("AWS_ROLE_SESSION_NAME", "orchestrator")
        fetcher = AssumeRoleWithWebIdentityCredentialFetcher(
            client_creator=self._client,
            web_identity_token_loader=FileWebIdentityTokenLoader(token_file),
            role_arn=role,
            extra_args={"RoleSessionName": name},
        )
        return DeferredRefreshableCredentials(
            method=self.METHOD, refresh_using=fetcher.fetch_credentials
        )

    def instead_of(self, link: CredentialProvider) -> CredentialProvider:
        """The link that does the work of `link` without the process environment."""
        if isinstance(link, ContainerProvider):
            return ContainerProvider(environ=dict(self._environment))
        if isinstance(link, AssumeRoleWithWebIdentityProvider):
            return AssumeRoleWithWebIdentityProvider(
                load_config=lambda: self._session.full_config,
                client_creator=self._client,
                profile_name=self._session.get_config_variable("profile") or "default",
                disable_env_vars=True,
            )
        return link

    def _client(self, service: str, config: Config | None = None) -> BaseClient:
        travel = transport(self._environment, service, self._region)
        travel["config"] = travel["config"].merge(config) if config else travel["config"]
        return self._session.create_client(service, self._region, **travel)
