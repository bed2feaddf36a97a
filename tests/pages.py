"""An HTML page as Python's own parser reads it, and what no page of ours may do."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser

Attributes = dict[str, str | None]


class Page(HTMLParser):
    """`tags` in order with their attributes; `sources` are script and style elements' contents."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.sources: list[tuple[str, str]] = []
        self._in = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        self._in = tag in ("script", "style")
        if self._in:
            self.sources.append((values.get("type") or tag, ""))

    def handle_data(self, data: str) -> None:
        if self._in:
            kind, text = self.sources[-1]
            self.sources[-1] = (kind, text + data)

    def handle_endtag(self, tag: str) -> None:
        self._in = False

    @property
    def counts(self) -> Counter[str]:
        return Counter(tag for tag, _ in self.tags)

    @property
    def policy(self) -> str:
        """The Content-Security-Policy."""
        return next(
            str(values["content"])
            for tag, values in self.tags
            if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy"
        )

    @property
    def links(self) -> tuple[str, ...]:
        """Where somebody who follows them leaves the page."""
        found = (values.get("href") or "" for tag, values in self.tags if tag == "a")
        return tuple(each for each in found if not each.startswith("#"))

    def document(self, id_: str) -> str:
        """The JSON that the page carries under this id."""
        kinds = [values.get("id") for tag, values in self.tags if tag in ("script", "style")]
        return dict(zip(kinds, (text for _, text in self.sources), strict=True))[id_]


def on_its_own(text: str) -> Page:
    """The page, which runs nothing but what its policy allows by hash, and loads nothing."""
    page = Page(text)
    allowed = set(re.findall(r"'(sha256-[^']+)'", page.policy))
    used = [text for kind, text in page.sources if kind in ("script", "style")]
    assert allowed == {_hash(each) for each in used}
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy
    for tag, values in page.tags:
        assert tag not in ("link", "iframe", "object", "embed", "img", "form", "base")
        assert not {"src", "srcset", "style"} & values.keys()
        assert not [name for name in values if name.startswith("on")]
        assert "href" not in values or tag == "a"
    assert all(each.startswith("https://") or ":" not in each for each in page.links)
    return page


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
