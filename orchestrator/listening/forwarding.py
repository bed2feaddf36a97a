"""Which events an account forwards: the rules of its stack, as modules/drift_events wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.listening import calls
from orchestrator.listening.stacks import TYPES
from orchestrator.model.names import StackName

RULE = "orchestrator-drift"
BUS = "orchestrator-drift"
QUEUE = "orchestrator-drift-events"
LONGEST = 1400
"""Characters of a rule's names and sources. A pattern has 2,048, of which roles need some.

Source: EventBridge user guide, quotas."""

Rules = Mapping[str, Mapping[str, list[str]]]


def rules(stacks: Iterable[StackName]) -> Rules:
    """By name of the rule, the names and sources of the calls it forwards."""
    found: dict[str, dict[str, list[str]]] = {}
    types = frozenset(type_ for stack in stacks for type_ in TYPES[stack])
    current: dict[str, list[str]] = {}
    for service, name in calls.about(types):
        if not current or _length(current) + len(service) + len(name) + 6 > LONGEST:
            current = {"names": [], "sources": []}
            found[f"{RULE}-{len(found) + 1}" if found else RULE] = current
        for key, value in (("names", name), ("sources", service)):
            if value not in current[key]:
                current[key].append(value)
    return found


def _length(rule: Mapping[str, list[str]]) -> int:
    return sum(len(value) + 3 for values in rule.values() for value in values)
