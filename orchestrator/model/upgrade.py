"""What another version of the product renders differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff

from orchestrator.model.names import StackKey, StackName
from orchestrator.model.plan import Own, Rendering

LOCK_FILE = ".terraform.lock.hcl"
Texts = Mapping[str, str]
"""Files by name."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a version has rendered. `modules` holds a digest for each module that is called."""

    orchestrator: str
    roots: Mapping[str, Texts]
    """By the stack's folder below the build folder."""
    modules: Mapping[str, str]
    module_texts: Mapping[str, Texts]
    """Of those that lie beside the roots."""


@dataclass(frozen=True, slots=True)
class RootClass:
    """Stacks of one kind that change in the same lines, but for their own ids and names."""

    stack: StackName
    members: tuple[StackKey, ...]
    lines: tuple[str, ...]
    """As `diff -U0` has them."""


@dataclass(frozen=True, slots=True)
class ModuleChange:
    """A module that both versions call and that differs: file by file, '3 lines more, 1 less'."""

    name: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """`unchanged` counts the roots that are rendered as before."""

    before: str
    after: str
    roots: tuple[RootClass, ...]
    modules: tuple[ModuleChange, ...]
    unchanged: int

    @property
    def changes(self) -> bool:
        return bool(self.roots or self.modules)


def compared(
    before: Before,
    after: str,
    renderings: Iterable[Rendering],
    modules: Mapping[str, str],
    module_texts: Mapping[str, Texts],
) -> Upgrade:
    """What `after` renders, held against what was there; `modules` by name, with their digests."""
    found: dict[tuple[StackName, tuple[str, ...]], list[StackKey]] = {}
    unchanged = 0
    for rendering in renderings:
        key = rendering.key
        lines = _lines(before.roots.get(key.folder, {}), dict(rendering.files), key)
        if lines:
            found.setdefault((key.stack, lines), []).append(key)
        else:
            unchanged += 1
    roots = (RootClass(at[0], tuple(members), at[1]) for at, members in found.items())
    both = sorted(before.modules.keys() & modules.keys())
    changed = [name for name in both if before.modules[name] != modules[name]]
    return Upgrade(
        before.orchestrator,
        after,
        tuple(sorted(roots, key=lambda each: (-len(each.members), each.stack, each.lines))),
        tuple(
            ModuleChange(name, _files(before.module_texts.get(name, {}), module_texts[name]))
            for name in changed
        ),
        unchanged,
    )


def _lines(old: Texts, new: Texts, key: StackKey) -> tuple[str, ...]:
    own = Own(key.account_id, key.account_name)
    found: list[str] = []
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            before, after = (own.neutral(each.get(name, "")) for each in (old, new))
            found += (name, *_differences(_read(name, before), _read(name, after)))
    return tuple(found)


def _read(name: str, text: str) -> list[str]:
    """Of a lock file the version: its hashes tell a reader nothing."""
    lines = text.splitlines()
    return [line for line in lines if "version" in line] if name == LOCK_FILE else lines


def _differences(old: list[str], new: list[str]) -> list[str]:
    """The lines themselves, without the heads of the diff."""
    lines = list(unified_diff(old, new, lineterm="", n=0))[2:]
    return [f"  {line}" for line in lines if not line.startswith("@@")]


def _files(old: Texts, new: Texts) -> tuple[str, ...]:
    """How much of each file is another; nothing of a module that was called and not kept."""
    found = []
    for name in sorted({*old, *new}) if old else ():
        lines = _differences(old.get(name, "").splitlines(), new.get(name, "").splitlines())
        more = sum(line.startswith("  +") for line in lines)
        if lines:
            found.append(f"{name}: {more} lines more, {len(lines) - more} less")
    return tuple(found)
