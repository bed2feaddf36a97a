"""The account of the plan that is being looked at: checkov shows a check only the resource."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_account: ContextVar[str] = ContextVar("account", default="")


@contextmanager
def about(account: str) -> Iterator[None]:
    """Let checks know whose plan it is, for as long as the context lasts."""
    token = _account.set(account)
    try:
        yield
    finally:
        _account.reset(token)


def account() -> str:
    """The twelve digits, or '' when checkov was started by hand: then every account is foreign."""
    return _account.get()
