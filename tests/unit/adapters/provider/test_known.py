from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.adapters.provider.messages_pb2 import Diagnostic, IdentitySchemas, Schemas
from orchestrator.adapters.provider.schema import IDENTITIES, Known

WHOLE = Schemas(
    resources={"aws_a": b"a", "aws_b": b"b"},
    data_sources={"aws_a": b"da", "aws_c": b"dc"},
    ephemeral_resources={"aws_d": b"d"},
    list_resources={"aws_a": b"la", "aws_b": b"lb"},
    actions={"aws_e": b"e"},
).SerializeToString() + bytes([0x32, 2, 0x10, 1])
"""With a field that the gateway has no name for: the server's capabilities, number 6."""


def known(cache: Path) -> Known:
    return Known(cache, "h1:hash")


def test_the_schema_is_cut_down_to_the_types_wanted_and_nothing_else_is_lost(
    tmp_path: Path,
) -> None:
    known(tmp_path).learn_schema(WHOLE)

    cut = known(tmp_path).schema(frozenset({"aws_a", "aws_d", "aws_is_no_type"}))

    assert cut is not None
    schemas = Schemas.FromString(cut)
    assert dict(schemas.resources) == {"aws_a": b"a"}
    assert dict(schemas.data_sources) == {"aws_a": b"da"}
    assert dict(schemas.ephemeral_resources) == {"aws_d": b"d"}
    assert dict(schemas.list_resources) == {"aws_a": b"la"}
    assert not schemas.actions
    assert bytes([0x32, 2, 0x10, 1]) in cut
    assert known(tmp_path).schema(None) == WHOLE


def test_an_answer_with_an_error_is_not_kept(tmp_path: Path) -> None:
    error = Diagnostic(severity=Diagnostic.ERROR, summary="no")
    failed = Schemas(resources={"aws_a": b"a"}, diagnostics=[error])
    one = known(tmp_path)

    one.learn_schema(failed.SerializeToString())

    assert one.schema(None) is None


def test_identity_schemas_with_an_error_are_not_kept_either(tmp_path: Path) -> None:
    error = Diagnostic(severity=Diagnostic.ERROR, summary="no")
    one = known(tmp_path)

    one.learn_answer(IDENTITIES, IdentitySchemas(diagnostics=[error]).SerializeToString())

    assert one.answer(IDENTITIES) is None


@pytest.mark.parametrize("damage", [b"", b"0" * 64 + b"other", b"short"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    known(tmp_path).learn_schema(WHOLE)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(damage)

    assert known(tmp_path).schema(None) is None


def test_what_is_known_of_one_package_says_nothing_of_another(tmp_path: Path) -> None:
    known(tmp_path).learn_good("shape")

    assert known(tmp_path).good("shape")
    assert not known(tmp_path).good("other")
    assert not Known(tmp_path, "h1:other").good("shape")


def test_a_cache_that_cannot_be_written_is_only_slower(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    one = known(tmp_path / "file")

    one.learn_answer("GetMetadata", b"answer")

    assert one.answer("GetMetadata") == b"answer"
