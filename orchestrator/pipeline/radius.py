"""May one run reach so many accounts? Pure, and asked before anything is started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.model.facts import BlastRadius
from orchestrator.model.names import AccountId, OuPath, StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.run import Outcome

CAME_TO = frozenset(
    {Outcome.UNCHANGED, Outcome.APPLIED, Outcome.PARTLY, Outcome.UNVERIFIED, Outcome.FAILED}
)
"""Outcomes of stacks that an apply really came to."""


def exceeded(
    organization: Organization, keys: Sequence[StackKey], last: Mapping[StackKey, Outcome]
) -> tuple[str, ...]:
    """Every limit of the blast radius that an apply of `keys` would exceed.

    `last` is what became of the last apply; empty where none is known, which is never taken for a
    large one.
    """
    limits = organization.facts.blast_radius
    reached = frozenset(key.account_id for key in keys)
    before = len({key.account_id for key, outcome in last.items() if outcome in CAME_TO})
    return (
        *_too_many(len(reached), limits),
        *_too_much_of_an_ou(organization, reached, limits),
        *_grown(len(reached), before, limits),
    )


def _too_many(reached: int, limits: BlastRadius) -> Iterator[str]:
    if limits.accounts and reached > limits.accounts:
        yield f"reaches {reached} accounts, organization.blast_radius.accounts is {limits.accounts}"


def _too_much_of_an_ou(
    organization: Organization, reached: frozenset[AccountId], limits: BlastRadius
) -> Iterator[str]:
    if len(reached) <= limits.small:
        return
    for unit in organization.units:
        members = [a.id for a in organization.accounts if unit.path and _below(a.ou, unit.path)]
        inside = len(reached.intersection(members))
        if inside * 100 > limits.ou_share * len(members):
            yield (
                f"reaches {inside} of {len(members)} accounts of '{unit.path}', "
                f"organization.blast_radius.ou_share is {limits.ou_share} %"
            )


def _below(ou: OuPath, above: OuPath) -> bool:
    return ou == above or ou.startswith(f"{above}/")


def _grown(reached: int, before: int, limits: BlastRadius) -> Iterator[str]:
    most = limits.growth * max(before, limits.small)
    if limits.growth and reached > most:
        last = f"the last apply reached {before}" if before else "no earlier apply is known"
        yield (
            f"reaches {reached} accounts and {last}: more than {most}, "
            f"organization.blast_radius.growth is {limits.growth}"
        )
