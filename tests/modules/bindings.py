"""The schema of AWS provider 6, cut down to what our modules use, from the package index.

No registry of providers is asked: the schema is read from two published Python packages, as data.
`cdktn-provider-aws`, the bindings that CDK Terrain generates from the provider's schema (the
successor of `cdktf-cdktf-provider-aws`), has every argument and block; what the provider calls
deprecated stands in `pulumi-aws`, which is generated from the same provider.

python -m tests.modules.bindings    writes tests/modules/schemas/aws-6.json again (84 MB, a minute)
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tests.modules.deprecations import deprecated

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("schemas") / "aws-6.json"
BINDINGS, MARKS = "cdktn-provider-aws", "pulumi-aws"
USED = re.compile(r'^\s*(resource|data)\s+"(aws_\w+)"', re.MULTILINE)

Block: TypeAlias = dict[str, dict[str, list[object]]]
"""`attributes`: name to [flags, type]; `blocks`: name to [nesting, Block].

The flags are r for required, o for optional, c for computed.
"""


def used(root: Path = ROOT) -> frozenset[tuple[str, str]]:
    """('resource' or 'data', type) of everything in modules/ and terraform/."""
    texts = (
        path.read_text("utf-8")
        for folder in ("modules", "terraform")
        for path in (root / folder).rglob("*")
        if path.name.endswith((".tf", ".tf.j2"))
    )
    return frozenset(found for text in texts for found in USED.findall(text))


CLASS = re.compile(r"^class (\w+) extends [\w.]+ \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
STRUCT = re.compile(r"^function (\w+)ToHclTerraform\(\w+\) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(
    r"^ +(\w+): \{\s+value: (.*),\s+isBlock: (\w+),\s+type: \"(\w+)\",\s+"
    r"storageClassType: \"(\w+)\",$",
    re.MULTILINE,
)
SAID = re.compile(
    r"^ +// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)$(.*?)"
    r"(?=^ +// \w+ - computed:|\Z)",
    re.MULTILINE | re.DOTALL,
)
GETTER = re.compile(r"this\.get(\w+)Attribute\(")
MADE = re.compile(r"new ([\w.]+?)(List|Map|OutputReference)\(this, ")
NESTED = re.compile(r"\b(?!cdktn\b)(\w+)ToHclTerraform")
ITSELF = re.compile(r"^class (\w+) extends cdktn\.Terraform(?:\w+) ", re.MULTILINE)
VERSION = re.compile(r"providerVersion: '([\d.]+)'")

PRIMITIVE = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
READ: Mapping[str, object] = {
    "Boolean": "bool",
    "List": ["list", "string"],
    "Number": "number",
    "NumberList": ["list", "number"],
    "String": "string",
    "StringMap": ["map", "string"],
}


@dataclass(frozen=True, slots=True)
class Code:
    """The generated code of one type: what is written of it, and what is read."""

    structs: Mapping[str, str]
    classes: Mapping[str, str]

    def block(self, written: str, read: str) -> Block:
        flags = {name: (kind, self._read(how)) for name, kind, how in _flags(read)}
        attributes: dict[str, list[object]] = {name: [*said] for name, said in flags.items()}
        blocks: dict[str, list[object]] = {}
        for name, value, is_block, nesting, storage in ENTRY.findall(written):
            if is_block == "false":
                attributes.setdefault(name, ["o", ""])[1] = _type(storage, nesting)
                continue
            nested = self._struct(NESTED.findall(value)[-1])
            if "c" in flags.get(name, ("", ""))[0]:
                attributes[name][1] = [nesting, _object(nested)]
            else:
                attributes.pop(name, None)
                blocks[name] = [nesting, nested]
        return {
            "attributes": dict(sorted(attributes.items())),
            "blocks": dict(sorted(blocks.items())),
        }

    def _read(self, how: str) -> object:
        """The type of what is only read, by how the bindings read it."""
        if getter := GETTER.search(how):
            of = READ.get(getter[1], "dynamic")
            return ["set", "string"] if of == READ["List"] and "Fn.tolist" in how else of
        made = MADE.search(how)
        if not made:
            return "dynamic"
        if made[1] == "cdktn.String" or not (
            reference := self.classes.get(f"{made[1]}OutputReference")
        ):
            return ["map", "string"]
        return ["list", _object(self.block("", reference))]

    def _struct(self, name: str) -> Block:
        reference = f"{name[0].upper()}{name[1:]}OutputReference"
        return self.block(self.structs[name], self.classes.get(reference, ""))


def block(text: str) -> Block:
    """What a file of the bindings says of its type, or of the provider block."""
    (itself,) = ITSELF.findall(text)
    code = Code(dict(STRUCT.findall(text)), dict(CLASS.findall(text)))
    return code.block(code.classes[itself], code.classes[itself])


def _flags(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, flags, and the code that reads it."""
    for name, computed, optional, required, how in SAID.findall(text):
        pairs = (("r", required), ("o", optional), ("c", computed))
        yield name, "".join(flag for flag, is_so in pairs if is_so == "true"), how


def _type(storage: str, nesting: str) -> object:
    """As Terraform writes types: "string", ["set", "string"], ["map", "string"]."""
    if storage in PRIMITIVE:
        return PRIMITIVE[storage]
    inner = re.fullmatch(r"([a-z]+)(?:List|Map)", storage)
    return [nesting, PRIMITIVE[inner[1]]] if inner else "dynamic"


def _object(of: Block) -> list[object]:
    return ["object", {name: said[1] for name, said in of["attributes"].items()}]


def table(bindings: Path, marks: Path) -> dict[str, object]:
    """All that is known of the types in use. Raises KeyError for a type that is gone."""
    with zipfile.ZipFile(bindings) as wheel:
        (inner,) = (name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
        packed = wheel.read(inner)
    wanted = {_file(kind, name): (kind, name) for kind, name in used()}
    found: dict[tuple[str, str], Block] = {}
    versions: set[str] = set()
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        for member in files:
            if member.name in wanted or member.name == PROVIDER:
                file = files.extractfile(member)
                text = file.read().decode() if file else ""
                found[wanted.get(member.name, ("provider", "aws"))] = block(text)
                versions |= set(VERSION.findall(text))
    if missing := sorted(set(wanted.values()) - set(found)):
        raise KeyError(f"not in provider {versions}: {missing}")
    (version,) = versions
    return {
        "provider": version,
        "from": [_identity(bindings), _identity(marks)],
        "deprecated": deprecated(marks, found),
        "types": {f"{kind} {name}": found[kind, name] for kind, name in sorted(found)},
    }


PROVIDER = "package/lib/provider/index.js"


def _file(kind: str, name: str) -> str:
    short = name.removeprefix("aws_").replace("_", "-")
    return f"package/lib/{'data-aws-' * (kind == 'data')}{short}/index.js"


def _identity(wheel: Path) -> dict[str, str]:
    name, version, *_ = wheel.name.split("-")
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"package": name.replace("_", "-"), "version": version, "sha256": digest}


def written(of: Mapping[str, object]) -> str:
    """The table as JSON, a line for each type, so that a difference is read by type."""
    parts = []
    for key, value in of.items():
        if isinstance(value, Mapping):
            lines = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            parts.append(f"{json.dumps(key)}: {{\n{lines}\n}}")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Fetch the packages, or take the wheels named, and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder]
        wheels = [Path(name) for name in sys.argv[1:]]
        if not wheels:
            subprocess.run([*pip, BINDINGS, MARKS], check=True)
            wheels = sorted(Path(folder).glob("*.whl"))
        bindings, marks = sorted(wheels, key=lambda wheel: wheel.name)
        TABLE.write_text(written(table(bindings, marks)), "utf-8")


if __name__ == "__main__":
    main()
