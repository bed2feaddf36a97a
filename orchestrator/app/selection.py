"""The words of a command line to the stacks they mean; `affected` is one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator import wiring
from orchestrator.accounts.affected import Comparison, between
from orchestrator.accounts.selection import Selection, select
from orchestrator.app.project import Project
from orchestrator.model import dates
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.run import Outcome
from orchestrator.render import stacks_of


def compared(project: Project, revisions: str) -> Comparison:
    """What the revisions of this checkout change."""
    history = wiring.history(project.root, project.environ)
    return between(revisions, history, project.root, dates.today())


@dataclass(frozen=True, slots=True)
class Recorded:
    """See selection.Records: the runs of this work folder, and the history of this checkout."""

    project: Project

    def runs(self) -> tuple[str, ...]:
        return wiring.runs(self.project.runs).runs()

    def outcomes(self, run: str) -> Mapping[StackKey, Outcome]:
        return wiring.runs(self.project.runs).outcomes(run)

    def affected(self, revisions: str) -> frozenset[StackKey]:

        return compared(self.project, revisions).keys


def chosen(
    project: Project, organization: Organization, words: Sequence[str]
) -> tuple[StackKey, ...]:
    """The stacks that `words` select, in the order of the organization's.

    What a run or a revision names and the configuration has no more is said, never selected.
    """
    return read(project, organization, words).stacks


def read(project: Project, organization: Organization, words: Sequence[str]) -> Selection:
    """The same, with what is left out; words side by side mean 'or'."""
    selection = select(" ".join(words), organization, stacks_of(organization), Recorded(project))
    for key in selection.gone:
        project.say(f"left out: {key} ({key.account_name}) is not configured any more")
    return selection
