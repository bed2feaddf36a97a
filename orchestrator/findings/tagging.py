"""Tags as AWS lists them, as a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def mapping(
    tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value"
) -> dict[str, str]:
    """Names to values; a tag without a value has the empty one."""
    return {tag[key]: tag.get(value, "") for tag in tags or ()}
