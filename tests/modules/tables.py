"""The tables of inputs and outputs in the modules' READMEs, from variables.tf and outputs.tf.

python -m tests.modules.tables    writes them again
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).parents[2] / "modules"

BLOCK = re.compile(
    r'^(?P<kind>variable|output) "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL
)
DESCRIPTION = re.compile(r'^  description = "(?P<text>(?:[^"\\]|\\.)*)"$', re.MULTILINE)
TYPE = re.compile(
    r"^  type\s+= (?P<first>\S.*)$(?:\n(?:    .*\n)*^  (?P<last>\S.*)$)?", re.MULTILINE
)
DEFAULT = re.compile(r"^  default\s+= (?P<first>\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable or an output; `default` is None where one must be given."""

    name: str
    description: str
    type: str = ""
    default: str | None = None


def main() -> None:
    """Bring the tables of every README up to date."""
    for module in modules():
        readme = module / "README.md"
        readme.write_text(with_tables(readme.read_text("utf-8"), module), "utf-8")


def modules() -> list[Path]:
    """The folder of every module."""
    return sorted(path.parent for path in MODULES.glob("*/versions.tf"))


def with_tables(readme: str, module: Path) -> str:
    """`readme` with the sections Inputs and Outputs as the module declares them."""
    inputs = "\n".join(_inputs(declared(module / "variables.tf", "variable")))
    outputs = "\n".join(_outputs(declared(module / "outputs.tf", "output")))
    return _section(_section(readme, "Inputs", inputs), "Outputs", outputs)


def declared(file: Path, kind: str) -> list[Declared]:
    """The blocks of a kind, in the order of the file."""
    found = (match for match in BLOCK.finditer(file.read_text("utf-8")) if match["kind"] == kind)
    return [_declared(match["name"], match["body"]) for match in found]


def _declared(name: str, body: str) -> Declared:
    return Declared(name, _description(body), _type(body), _default(body))


def _inputs(variables: list[Declared]) -> Iterator[str]:
    yield "| name | what | type | default |"
    yield "|---|---|---|---|"
    for variable in variables:
        default = "required" if variable.default is None else f"`{variable.default}`"
        yield f"| `{variable.name}` | {variable.description} | `{variable.type}` | {default} |"


def _outputs(outputs: list[Declared]) -> Iterator[str]:
    if not outputs:
        yield "None."
        return
    yield "| name | what |"
    yield "|---|---|"
    for output in outputs:
        yield f"| `{output.name}` | {output.description} |"


def _section(readme: str, title: str, text: str) -> str:
    pattern = re.compile(rf"^## {title}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if not pattern.search(readme):
        raise ValueError(f"the README has no section '{title}'")
    return pattern.sub(lambda _: f"## {title}\n\n{text}\n\n", readme)


def _description(body: str) -> str:
    match = DESCRIPTION.search(body)
    return match["text"].replace('\\"', '"').replace("|", "\\|") if match else ""


def _type(body: str) -> str:
    match = TYPE.search(body)
    if not match:
        return ""
    return match["first"] + (f" … {match['last']}" if _open(match["first"]) else "")


def _default(body: str) -> str | None:
    match = DEFAULT.search(body)
    if not match:
        return None
    return "{ … }" if match["first"] == "{" else match["first"]


def _open(text: str) -> bool:
    """Whether a block goes on in the next line."""
    return text.endswith("{")


if __name__ == "__main__":
    main()
