"""Which stacks a command is about: one grammar for every command.

Pure: a text to an expression (grammar), its words to the stacks they mean (words), and the whole to
a selection (here). Everything must be asked for: nothing means everything but 'all'. What is not in
the organization itself, earlier runs and git's history, is asked of `Records`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce

from orchestrator.accounts.selection.grammar import (
    ALL,
    All,
    And,
    Atom,
    Expression,
    Miss,
    Not,
    Or,
    mistake,
    parse,
)
from orchestrator.accounts.selection.words import Records, World, meant
from orchestrator.errors import NothingSelected, UsageError
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization


def unbounded(expression: Expression) -> Expression | None:
    """The part that means everything else without saying from what, None if there is none.

    `web !orders` has one: words side by side mean 'or', so it would be nearly everything.
    """
    if not _open(expression):
        return None
    if isinstance(expression, Or):
        return next(part for part in expression.parts if _open(part))
    return expression


def _open(expression: Expression) -> bool:
    """Whether a stack that nobody has named would be in it."""
    match expression:
        case All() | Atom():
            return False
        case Not(inner):
            return not _open(inner)
        case And(parts):
            return all(map(_open, parts))
        case Or(parts):
            return any(map(_open, parts))


Stacks = frozenset[StackKey]
COUNTED = 6


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected: stacks, in the order of the organization's.

    `gone` are stacks that a run or a revision names and the organization has no more.
    """

    stacks: tuple[StackKey, ...]
    gone: tuple[StackKey, ...] = ()


def select(
    text: str, organization: Organization, stacks: tuple[StackKey, ...], records: Records
) -> Selection:
    """The stacks, out of `stacks`, that `text` means.

    Raises UsageError if it is not a selection, names something that is not there, or means nothing.
    """
    expression = parse(text)
    if everything := unbounded(expression):
        what = "this would mean everything else"
        fix = f"say from what to take it away: 'NAME and not …', or '{ALL} and not …'"
        raise mistake(text, everything.place, what, fix)
    evaluation = _Evaluation(text, World(organization, stacks, records))
    found = evaluation.of(expression)
    if evaluation.missed:
        raise evaluation.mistake()
    if not found:
        raise NothingSelected("the selection is empty", evaluation.counts())
    chosen = tuple(key for key in stacks if key in found)
    return Selection(chosen, tuple(sorted(evaluation.gone)))


@dataclass(slots=True)
class _Evaluation:
    text: str
    world: World
    gone: set[StackKey] = field(default_factory=set)
    seen: dict[Atom, Stacks] = field(default_factory=dict)
    missed: dict[Atom, Miss] = field(default_factory=dict)

    def of(self, expression: Expression) -> Stacks:
        match expression:
            case All():
                return self.world.universe
            case Atom():
                return self._atom(expression)
            case Not(inner):
                return self.world.universe - self.of(inner)
            case And(parts):
                return reduce(frozenset.intersection, map(self.of, parts))
            case Or(parts):
                return reduce(frozenset.union, map(self.of, parts))

    def counts(self) -> str:
        """How many stacks each word means, so that the one too narrow is seen."""
        shown = [f"{self._said(atom)} {len(found)}" for atom, found in self.seen.items()]
        if not shown:
            return "name something that is left"
        more = ", …" if len(shown) > COUNTED else ""
        return f"look at what each word alone selects: {', '.join(shown[:COUNTED])}{more}"

    def mistake(self) -> UsageError:
        """The first word that means nothing, and which others do not."""
        (atom, miss), *others = self.missed.items()
        names = [self._said(other) for other, _ in others[:COUNTED]]
        more = f"; nor are there {', '.join(names)}" if names else ""
        return mistake(self.text, atom.place, f"{miss.what}{more}", miss.fix)

    def _said(self, atom: Atom) -> str:
        return f"'{self.text[atom.place.start : atom.place.end]}'"

    def _atom(self, atom: Atom) -> Stacks:
        found = meant(self.world, atom.kind, atom.value)
        if isinstance(found, Miss):
            self.missed[atom] = found
            return frozenset()
        self.seen[atom] = found.stacks
        self.gone |= found.gone
        return found.stacks


__all__ = ["Records", "Selection", "select"]
