"""What the provider calls deprecated, as the bindings of Pulumi pass it on."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ELSEWHERE = {
    "aws_cloudtrail": "cloudtrail/trail",
    "aws_config_configuration_aggregator": "cfg/configurationAggregator",
    "aws_config_configuration_recorder": "cfg/recorder",
    "aws_config_configuration_recorder_status": "cfg/recorderStatus",
    "aws_config_delivery_channel": "cfg/deliveryChannel",
    "aws_flow_log": "ec2/flowLog",
    "aws_osis_pipeline": "opensearchingest/pipeline",
    "aws_security_group": "ec2/securityGroup",
}
"""Types that Pulumi calls by another name than Terraform."""

TOKEN = re.compile(r"""['"]aws:(\w+/\w+):(\w+)['"]""")
NESTED = re.compile(r"^class (\w+)\b(.*?)(?=^class |\Z)", re.MULTILINE | re.DOTALL)
MARK = re.compile(r'@_utilities\.deprecated\(""".*?"""\)\n +def (\w+)\(', re.DOTALL)


def deprecated(wheel: Path, types: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """'resource aws_x' to the paths of its arguments that are deprecated, as 'rule.prefix'.

    Raises KeyError for a type that is not found, which would else have no marks at all.
    """
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith(".py") and not name.endswith("__init__.py")
        }
    tokens = {
        token.replace("/", "").lower(): (file, name)
        for file, text in texts.items()
        for token, name in TOKEN.findall(text)
    }
    found = {}
    blocks: Mapping[tuple[str, str], Any] = types if isinstance(types, Mapping) else {}
    for kind, name in sorted(types):
        if kind == "provider":
            continue
        file, own = tokens[_token(kind, name)]
        folder = file.rpartition("/")[0]
        marks = [
            *_top(texts[file], blocks[kind, name]),
            *_nested(texts.get(f"{folder}/outputs.py", ""), own, blocks[kind, name]),
        ]
        if marks:
            found[f"{kind} {name}"] = sorted(set(marks))
    return found


def _token(kind: str, name: str) -> str:
    if name in ELSEWHERE:
        return ELSEWHERE[name].replace("/", "").lower()
    service, _, rest = name.removeprefix("aws_").partition("_")
    if kind == "resource":
        return f"{service}{rest}".replace("_", "")
    return f"{service if rest else 'index'}get{rest or service}".replace("_", "")


def _top(text: str, block: Any) -> Iterator[str]:
    yield from _named(MARK.findall(text), block)


def _nested(text: str, own: str, block: Any) -> Iterator[str]:
    marks = {name: MARK.findall(body) for name, body in NESTED.findall(text)}
    for path, nested in _blocks(block, ()):
        name = own + "".join(part.title().replace("_", "") for part in path)
        for mark in _named(marks.get(name, []), nested):
            yield ".".join((*path, mark))


def _blocks(block: Any, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, (_, nested) in block["blocks"].items():
        yield (*above, name), nested
        yield from _blocks(nested, (*above, name))


def _named(marks: Iterable[str], block: Any) -> Iterator[str]:
    """Pulumi has lists in the plural."""
    names = {*block["attributes"], *block["blocks"]}
    for mark in marks:
        cut = (
            mark,
            mark.removesuffix("s"),
            mark.removesuffix("es"),
            f"{mark.removesuffix('ies')}y",
        )
        yield next(name for name in cut if name in names)
