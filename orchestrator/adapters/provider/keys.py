"""A run's credentials, put into the provider's configuration in place of a profile.

So they are neither in a process's environment nor in Terraform's memory, and end with the lease.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgpack

Config = dict[str, object]


@dataclass(frozen=True, slots=True)
class Keys:
    """Printing them shows nothing of what they are."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str = field(repr=False)


class Lacking(ValueError):
    """A configuration for which the run has no credentials."""


def of_run(env: Mapping[str, str]) -> Mapping[str, Keys]:
    """The profiles of the run's credentials file; '' is what its environment holds itself."""
    parser = configparser.RawConfigParser()
    if file := env.get("AWS_SHARED_CREDENTIALS_FILE"):
        parser.read(Path(file), "utf-8")
    found = {name: _keys(parser[name]) for name in parser.sections()}
    if env.get("AWS_ACCESS_KEY_ID") and env.get("AWS_SECRET_ACCESS_KEY"):
        found[""] = Keys(
            env["AWS_ACCESS_KEY_ID"],
            env["AWS_SECRET_ACCESS_KEY"],
            env.get("AWS_SESSION_TOKEN", ""),
        )
    return {name: keys for name, keys in found.items() if keys.access_key and keys.secret_key}


def _keys(section: Mapping[str, str]) -> Keys:
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    return Keys(*(section.get(name, "") for name in names))


def unpack(packed: bytes) -> Config:
    """A configuration as a mapping. Unknown values stay what they are, an extension type."""
    config: object = msgpack.unpackb(packed, raw=False, strict_map_key=False)
    if not isinstance(config, dict):
        raise Lacking("the provider's configuration is not a mapping")
    return config


def fill(packed: bytes, run: Mapping[str, Keys]) -> bytes:
    """The configuration with keys instead of its profile. Raises Lacking."""
    config = unpack(packed)
    if config.get("access_key") is not None:
        return packed
    profile = config.get("profile") or ""
    if not isinstance(profile, str) or profile not in run:
        what = f"profile '{profile}'" if profile else "a provider without a profile"
        raise Lacking(f"the run has no credentials for {what}")
    keys = run[profile]
    config |= {
        "profile": None,
        "access_key": keys.access_key,
        "secret_key": keys.secret_key,
        "token": keys.token or None,
    }
    return bytes(msgpack.packb(config))
