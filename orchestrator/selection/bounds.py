"""Everything must be asked for: a selection may not be 'all that is not …' without saying 'all'."""

from __future__ import annotations

from orchestrator.selection.expression import All, And, Atom, Expression, Not, Or


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
