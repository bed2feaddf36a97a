"""A folder's lakes, whichever there are in it, as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from orchestrator.logs.lake.objects import Objects, sources
from orchestrator.logs.lake.parquet import ParquetLake
from orchestrator.logs.lake.question import Answer, Lake, NoLake, Question, answer
from orchestrator.logs.lake.raw import RawLake


class BothLakes:
    """Several lakes asked one after the other; an event that is in two of them counts once."""

    def __init__(self, lakes: Sequence[Lake]) -> None:
        self._lakes = tuple(lakes)

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(limit for lake in self._lakes for limit in lake.limits)

    def ask(self, question: Question) -> Answer:
        answers = [lake.ask(question) for lake in self._lakes]
        both = answer((event for each in answers for event in each.events), question)
        return Answer(both.events, both.more or any(each.more for each in answers))

    def count(self, question: Question) -> Mapping[str, int]:
        found = self.ask(question)
        return Counter(each.name for each in found.events)


def opened(objects: Objects, where: str) -> Lake:
    """The lake in `objects`: Parquet in Security Lake's layout, CloudTrail's files, or both.

    Raises NoLake, naming `where`, when there is neither.
    """
    lakes: list[Lake] = []
    if sources(objects):
        lakes.append(ParquetLake(objects))
    if any("AWSLogs" in objects.folders(top) for top in ("", *_below(objects))):
        lakes.append(RawLake(objects))
    if not lakes:
        raise NoLake(
            f"{where}: no lake: neither aws/ nor ext/ as Security Lake has them, nor AWSLogs/",
            "name the folder above them, or make one: orchestrator logs ingest FILES --lake FOLDER",
        )
    return lakes[0] if len(lakes) == 1 else BothLakes(lakes)


def _below(objects: Objects) -> list[str]:
    return [f"{name}/" for name in objects.folders("")]
