"""The provider lock file, as far as we need to know it.

Source: Terraform documentation, Dependency Lock File.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.adapters.terraform.version import Version

NAME = ".terraform.lock.hcl"
PROVIDER = "registry.terraform.io/hashicorp/aws"
BLOCK = re.compile(r'provider "([^"]+)" \{\n(.*?)\n\}', re.DOTALL)
VERSION = re.compile(r'^\s*version\s*=\s*"([^"]+)"', re.MULTILINE)
HASH = re.compile(r'"((?:h1|zh):[^"]+)"')


@dataclass(frozen=True, slots=True)
class Locked:
    """The one version of a provider that may be used.

    `zh` hashes are of the packages as released, `h1` of their contents: an unpacked mirror can
    only be checked against the latter.
    """

    version: Version
    hashes: frozenset[str]


def read(text: str, provider: str = PROVIDER) -> Locked | None:
    """What the lock file says of `provider`; None when it does not lock it."""
    for address, body in BLOCK.findall(text):
        version = VERSION.search(body)
        parsed = Version.parse(version[1]) if version else None
        if address == provider and parsed:
            return Locked(parsed, frozenset(HASH.findall(body)))
    return None
