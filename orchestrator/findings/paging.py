"""Lists that AWS answers in pages, where boto3 has no paginator for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def by_token(
    call: Callable[..., Any], key: str, name: str = "NextToken", **arguments: Any
) -> Iterator[Any]:
    """Everything under `key`, page after page; a page may be empty and still announce a next.

    `name` is what the service calls the token.
    """
    following: dict[str, Any] = {}
    while True:
        page = call(**arguments, **following)
        yield from page.get(key, ())
        if not page.get(name):
            return
        following = {name: page[name]}
