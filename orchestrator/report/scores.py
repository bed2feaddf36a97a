"""Security scores, by AWS's definition: of the controls with data, how many have passed.

For several accounts together a control has passed only if it has in each of them. What could not be
evaluated counts as not passed. Source: AWS Security Hub User Guide, "Calculating security scores".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from orchestrator.model.names import ControlId
from orchestrator.model.organization import Account
from orchestrator.model.points import Score
from orchestrator.report.standing import Standings, Status, Statuses, worse


def score(statuses: Iterable[Status]) -> Score:
    seen = Counter(statuses)
    return Score(seen[Status.PASSED], seen[Status.FAILED], seen[Status.UNKNOWN])


def together(several: Iterable[Statuses]) -> Score:
    """The score of some accounts as one."""
    combined: dict[ControlId, Status] = {}
    for statuses in several:
        for control, status in statuses.items():
            combined[control] = worse(status, combined.get(control, status))
    return score(combined.values())


def by(
    what: Callable[[Account], str], accounts: Iterable[Account], standings: Standings
) -> Mapping[str, Score]:
    """Scores by something of the accounts', in order of its name."""
    groups: dict[str, list[Statuses]] = {}
    for account in accounts:
        groups.setdefault(what(account), []).append(standings.statuses.get(account.id, {}))
    return {name: together(groups[name]) for name in sorted(groups)}
