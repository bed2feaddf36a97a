"""The field's words: docs/glossary.md has them. Here are the words that gave way to them.

What is left of the old words is listed, and each list can only get shorter: an entry that is no
longer needed is an error as well.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "orchestrator"

INSTEAD: Mapping[str, str] = {
    "adoption": "import, scaffold",
    "ails": "unhealthy",
    "beating": "heartbeat",
    "befores": "before-state",
    "carrying": "reviewed plan",
    "census": "inventory",
    "claiming": "lease",
    "companions": "child processes",
    "course": "run context",
    "culprit": "root-cause call",
    "desk": "run context",
    "doors": "sessions",
    "ground": "toolchain",
    "happening": "drift event",
    "hearing": "drift event",
    "inspector": "conformance",
    "keyring": "credential cache",
    "leaving": "offboarding",
    "ledger": "coverage",
    "likeness": "normalization",
    "listening": "drift event",
    "lot": "batch",
    "newcomers": "auto-enable",
    "noting": "event log",
    "notices": "drift notification",
    "pace": "concurrency",
    "parted": "quarantine",
    "reception": "listener",
    "remains": "offboarding",
    "ruling": "decision",
    "seats": "slots",
    "setting_aside": "quarantine",
    "settling": "parameters",
    "sight": "import",
    "surroundings": "environment",
    "suspicion": "suspect",
    "tell": "emit",
    "telling": "emit",
    "terms": "options",
    "told": "emit, publish",
    "trees": "JSON path",
    "way_in": "session",
    "wire": "codec",
    "witness": "actor",
    "working": "pool",
}
"""A word that no stranger could guess → what AWS, Terraform or incident responders say."""

OF_OTHERS: Mapping[str, str] = {
    "findings/services/inspector.py": "Amazon Inspector",
    "logs/lake/opensearch.py": "the terms aggregation of OpenSearch",
    "logs/siem/objects.py": "the terms aggregation of OpenSearch",
}
"""Files in which such a word is another project's name for a thing."""

LEFT: Mapping[str, str] = {
    "accounts/events.py": "told",
    "adapters/aws/conformance/account.py": "told",
    "adapters/aws/conformance/checks.py": "told",
    "adapters/aws/conformance/security.py": "told",
    "adapters/aws/credential_cache.py": "told",
    "adapters/aws/session.py": "tell told",
    "adapters/aws/transport.py": "told",
    "adapters/tickets.py": "told",
    "adapters/workers/records.py": "told",
    "config/checks/layers.py": "told",
    "config/loading.py": "told",
    "config/messages.py": "telling",
    "demo/story.py": "told",
    "documents/shapes.py": "ground",
    "drift/notifications.py": "told",
    "render/routing.py": "told",
    "render/templates.py": "told",
    "sandbox/control_scan.py": "told",
    "sandbox/data_access.py": "told",
    "sandbox/encryption.py": "leaving",
    "sandbox/handover.py": "told",
    "sandbox/refusals/rules/stepfunctions.py": "told",
    "sandbox/services/account.py": "told",
    "sandbox/services/s3.py": "told",
    "sandbox/trail/delivery.py": "working",
    "wiring/workers.py": "settling",
}
"""File → the old words that its names still have."""

TWICE: frozenset[tuple[str, str]] = frozenset(
    {
        ("model", "Baseline"),
        ("model", "Standing"),
    }
)
"""Package and class: two classes of that name are in it."""

NOUNS = frozenset(
    {
        *("autoscaling", "dynamodb_scaling", "query_logging", "logging", "messaging", "monitoring"),
        *("finding", "forwarding", "mapping", "offboarding", "paging", "routing", "vending"),
        *("everything"),
    }
)
"""Nouns, and AWS's own names of features, that only end like a participle."""

PARTICIPLES: frozenset[str] = frozenset(
    {
        "config/loading.py",
        "stages/planning.py",
    }
)


def words(name: str) -> frozenset[str]:
    """'RulingEngine' and 'the_way_in' in parts: {'ruling', 'engine'}, {'the', 'way', 'in', …}."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")
    parts = snake.split("_")
    pairs = ["_".join(pair) for pair in itertools.pairwise(parts)]
    return frozenset({*parts, *pairs, *(part.removesuffix("s") for part in parts)})


def names(code: str) -> Iterator[str]:
    """What the code itself names: functions, classes, arguments, variables, attributes."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def files() -> Mapping[str, Path]:
    return {
        str(file.relative_to(PACKAGE)): file
        for file in sorted(PACKAGE.rglob("*.py"))
        if not file.stem.endswith("_pb2")
    }


def old_words(path: str, code: str) -> str:
    """Those of `INSTEAD` that the file's own path or its names have."""
    own = [*Path(path).with_suffix("").parts, *names(code)]
    return " ".join(sorted({word for name in own for word in words(name)} & set(INSTEAD)))


def test_names_are_the_fields_words() -> None:
    found = {path: old_words(path, file.read_text("utf-8")) for path, file in files().items()}
    found = {path: old for path, old in found.items() if old and path not in OF_OTHERS}

    assert found == LEFT, "see INSTEAD for the word; take what is no longer needed out of LEFT"


@pytest.mark.parametrize("path", OF_OTHERS)
def test_a_word_of_others_is_excused_only_where_it_stands(path: str) -> None:
    assert old_words(path, (PACKAGE / path).read_text("utf-8"))


@pytest.mark.parametrize(
    "code",
    ["class RulingEngine: ...", "def _ruling(): ...", "def f(ruling): ...", "x.rulings = 1"],
)
def test_a_word_is_found_in_every_name_that_the_code_makes(code: str) -> None:
    assert old_words("model/names.py", code) == "ruling"


def test_a_word_is_found_in_the_name_of_a_file() -> None:
    assert old_words("adapters/doors/way_in.py", "") == "doors way_in"
    assert old_words("model/names.py", "curlings = other.ruling") == ""


def test_no_package_has_two_classes_of_one_name() -> None:
    count = Counter(
        (str(Path(path).parent), node.name)
        for path, file in files().items()
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )

    assert {place for place, number in count.items() if number > 1} == TWICE


def test_modules_are_named_by_nouns() -> None:
    found = {path for path, file in files().items() if file.stem.endswith("ing")}

    assert {path for path in found if Path(path).stem not in NOUNS} == PARTICIPLES
