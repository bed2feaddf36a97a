"""As much of OpenSearch's search as our requests use, over documents and a template's mapping.

Written from OpenSearch's documentation: query DSL (bool, term, terms, range, exists, match_phrase,
match_all, wildcard),
mapping types (keyword with ignore_above, text with the standard analyzer, ip, date, boolean, long,
objects that are not enabled, multi-fields), sort and search_after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

WORD = re.compile(r"\w(?:\w|(?<=[^\W\d_])[.':](?=[^\W\d_])|(?<=\d)[.',;](?=\d))*", re.UNICODE)
"""The standard analyzer's words, in small letters: a dot, quote or colon joins two letters, a dot,
quote, comma or semicolon two digits. Source: Unicode Standard Annex 29, word boundaries.
"""


class Index:
    def __init__(self, mapping: Mapping[str, Any], documents: Sequence[Mapping[str, Any]]) -> None:
        self._mapping, self._documents = mapping, documents

    def search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a `_search`."""
        paths = [(path, order) for each in body["sort"] for path, order in each.items()]
        assert all(order == "asc" for _, order in paths)
        found = [each for each in self._documents if self._holds(body["query"], each)]
        keyed: list[tuple[list[Any], int]] = [
            ([at(each, path) for path, _ in paths], n) for n, each in enumerate(found)
        ]
        keyed.sort()
        after = body.get("search_after")
        hits = [
            {"_source": json.loads(json.dumps(found[n])), "sort": key}
            for key, n in keyed
            if after is None or key > after
        ]
        return {"hits": {"hits": hits[: body["size"]]}}

    def _holds(self, query: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
        ((kind, inner),) = query.items()
        asked: Any
        if kind in ("bool", "match_all"):
            return kind == "match_all" or self._bool(inner, document)
        path, asked = (inner["field"], None) if kind == "exists" else next(iter(inner.items()))
        values = list(self._values(path, document))
        match kind:
            case "exists":
                return bool(values)
            case "terms":
                return any(self._equal(path, value, each) for value in values for each in asked)
            case "term":
                return any(self._equal(path, value, asked) for value in values)
            case "range":
                return any(asked["gte"] <= value < asked["lt"] for value in values)
            case "wildcard":
                assert self.kind(path)["type"] == "keyword"
                assert asked["case_insensitive"] is True
                return any(_wildcard(asked["value"]).fullmatch(str(value)) for value in values)
            case "match_phrase":
                return any(_phrase(words(str(asked)), words(str(value))) for value in values)
        raise AssertionError(f"{kind} is not asked by us")

    def _bool(self, query: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
        assert set(query) <= {"filter", "should", "must_not", "minimum_should_match"}
        should = [self._holds(each, document) for each in query.get("should", [])]
        return (
            all(self._holds(each, document) for each in query.get("filter", []))
            and not any(self._holds(each, document) for each in query.get("must_not", []))
            and sum(should) >= query.get("minimum_should_match", 0)
        )

    def kind(self, path: str) -> Mapping[str, Any]:
        """How a field is mapped; nothing for one that is not, or below an object not enabled."""
        found: Mapping[str, Any] = {"properties": self._mapping}
        for name in path.split("."):
            inner = found.get("properties", {}) | found.get("fields", {})
            if found.get("enabled") is False or name not in inner:
                return {}
            found = inner[name]
        return {} if found.get("enabled") is False else found

    def _values(self, path: str, document: Mapping[str, Any]) -> Iterator[object]:
        kind = self.kind(path)
        if not kind:
            return
        parent, _, last = path.rpartition(".")
        own = parent if parent and last in self.kind(parent).get("fields", {}) else path
        for value in every(document, own):
            if kind.get("type") == "keyword" and len(str(value)) > kind.get("ignore_above", 10**9):
                continue
            yield value

    def _equal(self, path: str, value: object, asked: object) -> bool:
        kind = self.kind(path).get("type")
        if kind == "ip":
            return ip_address(str(value)) in ip_network(str(asked))
        assert kind in {"keyword", "long", "boolean", "date", "integer"}, f"{path} is {kind}"
        return value == asked


def at(document: object, path: str) -> object:
    return next(every(document, path), None)


def every(document: object, path: str) -> Iterator[object]:
    """The values at a path; of a list, those of each entry. A null is no value."""
    if isinstance(document, list):
        for each in document:
            yield from every(each, path)
    elif not path:
        if document is not None:
            yield document
    elif isinstance(document, Mapping):
        if path in document:  # a name with dots in it, as a flat map has them
            yield from every(document[path], "")
            return
        name, _, rest = path.partition(".")
        yield from every(document.get(name), rest)


def words(value: str) -> list[str]:
    return WORD.findall(value.lower())


WILDCARD = re.compile(r"\\(.)|(\*)|(\?)|(.)", re.DOTALL)


def _wildcard(pattern: str) -> re.Pattern[str]:
    """`*` is any text, `?` one character, and a backslash makes the next one plain."""
    said = "".join(
        ".*" if many else "." if one else re.escape(escaped or plain)
        for escaped, many, one, plain in WILDCARD.findall(pattern)
    )
    return re.compile(said, re.IGNORECASE | re.DOTALL)


def _phrase(asked: Sequence[str], there: Sequence[str]) -> bool:
    return any(
        there[n : n + len(asked)] == list(asked) for n in range(len(there) - len(asked) + 1)
    ) and bool(asked)
