"""Whether code owns a resource, as its tags tell: then the next plan would put a fix back."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from orchestrator.findings.reading import clean

STACK = "aws:cloudformation:stack-name"
CLOUDFORMATION = "aws:cloudformation:"


def owner(tags: Mapping[str, str], owner_tags: Mapping[str, str]) -> str:
    """What owns it; '' if nothing seems to. The keys of `owner_tags` are in small letters."""
    if STACK in tags:
        return f"the CloudFormation stack '{clean(tags[STACK], 128)}'"
    for key, value in tags.items():
        if key.startswith(CLOUDFORMATION):
            return "a CloudFormation stack"
        pattern = owner_tags.get(key.lower())
        if pattern is not None and fnmatchcase(value, pattern):
            return f"the code that tags it {clean(key, 64)}={clean(value, 64)}"
    return ""
