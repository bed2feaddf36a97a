"""What is known of a call, and which calls are about a resource type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from orchestrator.model.call_table import CALLS, Calls
from orchestrator.model.drift import DriftEvent
from orchestrator.model.names import StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.resource_types import TYPES

GLOBAL = frozenset({"iam.amazonaws.com", "organizations.amazonaws.com"})
"""Their resources are in no region, and their events in us-east-1.

Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"."""

EVERYWHERE = frozenset({"aws_s3_account_public_access_block"})
"""Of an account and no region, though the event is in the region that was asked."""


def find(service: str, name: str) -> Calls | None:
    """What is known of an event; None for one that is not in the table."""
    return next((each for each in CALLS.get(service, ()) if name in each.names), None)


def about(types: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Event source and name of every call that is about some of these types, in order."""
    for service, groups in CALLS.items():
        names = {name for each in groups if types & set(each.types) for name in each.names}
        yield from ((service, name) for name in sorted(names))


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
    for service, name in about(types):
        if not current or _length(current) + len(service) + len(name) + 6 > LONGEST:
            current = {"names": [], "sources": []}
            found[f"{RULE}-{len(found) + 1}" if found else RULE] = current
        for key, value in (("names", name), ("sources", service)):
            if value not in current[key]:
                current[key].append(value)
    return found


def _length(rule: Mapping[str, list[str]]) -> int:
    return sum(len(value) + 3 for values in rule.values() for value in values)


FUNCTION = "orchestrator-findings"
"""The role of the function that findings go to, which lives in the security account."""


def own_roles(organization: Organization, account: Account) -> tuple[str, ...]:
    """Their ARNs. The entry role is none of them: people use it, too."""
    facts = organization.facts
    names = [facts.access.apply_role]
    if facts.remediation.enabled:
        names.append(facts.remediation.role)
        names += [FUNCTION] if account.id == organization.security.id else []
    return tuple(sorted(f"arn:aws:iam::{account.id}:role/{name}" for name in names))


def may_be_ours(call: DriftEvent, organization: Organization) -> bool:
    """Whether it looks like the entry role in a run of ours, which makes and changes the roles.

    Anybody who may be that role can call a session so: a reason to look later, when the run has
    written its state, and none not to look.
    """
    entry = f"arn:aws:iam::{call.account}:role/{organization.facts.access.entry_role}"
    return call.issuer == entry and call.through.rpartition("/")[2].startswith("orchestrator-")
