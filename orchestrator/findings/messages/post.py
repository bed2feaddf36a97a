"""The office that messages go through: is the team to be told, now or with others, and how."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from orchestrator.findings.finding import Finding
from orchestrator.findings.matrix import Matrix, Team
from orchestrator.findings.messages.digesting import Digests
from orchestrator.findings.messages.message import Message, witnessed
from orchestrator.findings.messages.sending import Sender
from orchestrator.findings.messages.writing import write, write_digest
from orchestrator.findings.witness import Nobody, Witness


class Office:
    """Sends what a team wants to hear."""

    def __init__(
        self, matrix: Matrix, digests: Digests, sender: Sender, witness: Witness | None = None
    ) -> None:
        self._matrix = matrix
        self._digests = digests
        self._sender = sender
        self._witness = witness or Nobody()

    def tell(
        self, message: Message, finding: Finding, now: datetime, *, always: bool
    ) -> Iterator[str]:
        """What went wrong on the way. `always`: something was changed, so no filter holds."""
        team = self._matrix.teams.get(message.team)
        if team is None:
            yield f"there is no team '{message.team}' to tell"
        elif (always or wants(team, finding)) and self._digests.first(message, now):
            told = witnessed(message, self._witness.saw(finding))
            yield from self._sender.send(team, write(told, team.language))

    def flush(self, now: datetime) -> Iterator[str]:
        """Send the digests that are due; what went wrong."""
        for first, rest, count, since in self._digests.due(now):
            team = self._matrix.teams.get(first.team)
            if team:
                written = write_digest(first, rest, count, since, team.language)
                yield from self._sender.send(team, written)


def wants(team: Team, finding: Finding) -> bool:
    """Whether the team's filters let the finding through."""
    if finding.severity < team.severity:
        return False
    return not team.services or finding.service in team.services
