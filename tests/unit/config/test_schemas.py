from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config import json_schemas, schema_texts
from orchestrator.config.documents import Document, Json
from orchestrator.config.files import check_shape
from orchestrator.config.shapes import Kind
from orchestrator.config.yaml import read
from orchestrator.documents import shapes
from tests.unit.config.trees import BASE, MISTAKES, ROOT, SAMPLE


def kind_of(file: Path) -> Kind:
    """Which kind of file `file` is, by its place below the folder that plays account_configs/."""
    if "ous" in file.parts:
        return Kind.OU if file.name == "_ou.yaml" else Kind.ACCOUNT
    if "adopted" in file.parts:
        return Kind.ADOPTED
    return Kind.CONTROLS if "controls" in file.parts else Kind(file.stem)


def readable(folder: Path) -> list[tuple[Document, Kind]]:
    """The files below `folder` that are YAML of some known kind."""
    files = [f for f in sorted(folder.rglob("*.yaml")) if f.name != "organisation.yaml"]
    documents = [(read(file, file.relative_to(ROOT))[0], kind_of(file)) for file in files]
    return [(document, kind) for document, kind in documents if document]


SAMPLES = [*readable(SAMPLE), *readable(BASE)]
CORPUS = [*SAMPLES, *readable(MISTAKES)]


@cache
def validator(kind: Kind) -> jsonschema.Draft7Validator:
    formats = jsonschema.Draft7Validator.FORMAT_CHECKER
    return jsonschema.Draft7Validator(json_schemas()[kind], format_checker=formats)


def accepted_by_schema(value: Json, kind: Kind) -> bool:
    return bool(validator(kind).is_valid(value))


def accepted_by_loader(document: Document, kind: Kind) -> bool:
    return not check_shape(document, kind)


@pytest.mark.parametrize("name", schema_texts())
def test_the_schemas_in_the_repository_are_what_the_loader_means(name: str) -> None:
    committed = (ROOT / "schemas" / name).read_text("utf-8")

    assert committed == schema_texts()[name], "run: orchestrator schema"


def test_no_schema_is_left_over() -> None:
    known = {*schema_texts(), *shapes.schema_texts()}

    assert {file.name for file in (ROOT / "schemas").iterdir()} == known


@pytest.mark.parametrize("kind", Kind)
def test_a_schema_is_one_and_closed(kind: Kind) -> None:
    schema = json_schemas()[kind]

    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert kind.value in schema["required"]


@pytest.mark.parametrize("file", sorted(SAMPLE.rglob("*.yaml")), ids=lambda file: str(file.name))
def test_a_file_tells_the_editor_the_schema_of_its_kind(file: Path) -> None:
    first = file.read_text("utf-8").splitlines()[0]
    schema = ROOT / "schemas" / f"{kind_of(file.relative_to(SAMPLE))}.schema.json"

    path = Path(os.path.relpath(schema, file.parent)).as_posix()
    assert first == f"# yaml-language-server: $schema={path}"


@pytest.mark.parametrize(("document", "kind"), SAMPLES, ids=lambda it: str(getattr(it, "file", it)))
def test_schema_and_loader_accept_what_is_right(document: Document, kind: Kind) -> None:
    assert list(validator(kind).iter_errors(document.value)) == []
    assert accepted_by_loader(document, kind)


@pytest.mark.parametrize(("document", "kind"), CORPUS, ids=lambda it: str(getattr(it, "file", it)))
def test_schema_and_loader_agree_on_every_sample_and_mistake(
    document: Document, kind: Kind
) -> None:
    holes = any(path not in places(document.value) for path in document.lines)

    if not holes:
        assert accepted_by_schema(document.value, kind) == accepted_by_loader(document, kind)


def places(value: Json, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """The paths of everything in `value`."""
    found = {path}
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= places(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found |= places(inner, (*path, index))
    return found


ANY_VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.sampled_from([1.5, "", "no", "S3.1", "shop", "12", "2027-02-30", "2027-01-31", "a" * 70])
    | st.text(max_size=5).filter(lambda text: not text.endswith("\n")),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["S3.1", "team", "enabled", "x", ""]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.sampled_from(SAMPLES), st.data())
def test_schema_and_loader_agree_wherever_a_sample_is_broken(
    sample: tuple[Document, Kind], data: st.DataObject
) -> None:
    document, kind = sample
    value = json.loads(json.dumps(document.value))
    path = data.draw(st.sampled_from(sorted(places(value) - {()}, key=str)))
    new: Any = data.draw(ANY_VALUE)
    put(value, path, new)

    changed = Document(document.file, value, dict.fromkeys(places(value), 1))
    assert accepted_by_schema(value, kind) == accepted_by_loader(changed, kind)


def put(value: Any, path: tuple[str | int, ...], new: Json) -> None:
    """Replace what stands at `path`, or add a key beside it when `new` is a mapping."""
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new
    if isinstance(new, dict) and isinstance(value, dict):
        value |= new
