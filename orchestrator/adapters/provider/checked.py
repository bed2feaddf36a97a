"""What of a provider's configuration its own check can depend on.

The check takes half a second, because the provider looks through all its schemas each time, and
its outcome is the same for every account: they differ in names and numbers only. Terraform does
not use the configuration that comes back, only the complaints.
"""

from __future__ import annotations

import hashlib
import re

import msgpack

from orchestrator.adapters.provider.keys import Config, unpack

ACCOUNT_ID = re.compile(r"\d{12}")


def shape(packed: bytes) -> str:
    """SHA-256 of a configuration without what tells accounts apart and any check would pass."""
    config = unpack(packed)
    for name, like in (("profile", _profile), ("allowed_account_ids", _accounts)):
        config[name] = like(config.get(name))
    config["default_tags"] = _default_tags(config.get("default_tags"))
    return hashlib.sha256(msgpack.packb(config)).hexdigest()


def _profile(value: object) -> object:
    return "a profile" if isinstance(value, str) and value else value


def _accounts(value: object) -> object:
    if isinstance(value, list) and value and all(map(_is_account, value)):
        return "accounts"
    return value


def _is_account(value: object) -> bool:
    return isinstance(value, str) and ACCOUNT_ID.fullmatch(value) is not None


def _default_tags(value: object) -> object:
    """Tags of known texts are the provider's to pass on, and AWS's to judge."""
    if not isinstance(value, list):
        return value
    return [_tags(block) if isinstance(block, dict) else block for block in value]


def _tags(block: Config) -> Config:
    tags = block.get("tags")
    known = isinstance(tags, dict) and all(isinstance(text, str) for text in tags.values())
    return {**block, "tags": "texts"} if known else block
