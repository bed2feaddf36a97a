"""What holds for one run from its beginning to its end, whatever group it is at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from threading import Event

from orchestrator.model.standings import Standings
from orchestrator.pipeline.pace import Pacer
from orchestrator.ports import Ports


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rollout keeps to.

    `width` is the most stacks at the same time; None leaves it to the machine. `tolerated` is the
    failure budget of every wave instead of what the waves say. `pause_after` names the group after
    which the run ends. `standings` is what AWS Organizations says of accounts.
    """

    today: date
    width: int | None = None
    tolerated: int | None = None
    stop: Event = field(default_factory=Event)
    abandoned: Event = field(default_factory=Event)
    """Set when what is planned ahead will not be applied any more."""
    run: str = ""
    pause_after: str = ""
    standings: Standings = field(default_factory=Standings)
    accept_moved: bool = False
    """Apply what is written for an account's old OU where AWS has it in another."""

    @property
    def stopping(self) -> bool:
        return self.stop.is_set() or self.abandoned.is_set()


@dataclass(frozen=True, slots=True)
class Course:
    """The ports, the terms, and the pace that all groups of a run share."""

    ports: Ports
    terms: Terms
    pacer: Pacer

    @staticmethod
    def of(ports: Ports, terms: Terms) -> Course:
        return Course(ports, terms, Pacer(ports, terms.width))

    def unless(self, abandoned: Event) -> Course:
        """The same, for what is done ahead and may turn out to be in vain."""
        return replace(self, terms=replace(self.terms, abandoned=abandoned))
