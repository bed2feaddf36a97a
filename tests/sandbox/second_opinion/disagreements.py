"""Why the two judges differ, where they do: each kind by name, with what AWS's documents say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict

from tests.sandbox.second_opinion.cases import OURS, SESSION, Case


def _statements(case: Case) -> list[str]:
    found = [*case.identity, case.boundary, case.session, case.resource_policy]
    levels = [*case.service_control, *case.resource_control]
    found += [policy for level in levels for policy in level]
    return [json.dumps(one) for document in found if document for one in document["Statement"]]


def _optional_any(case: Case) -> bool:
    return any("ForAnyValue:" in s and "IfExists" in s for s in _statements(case))


def _unresolved(case: Case) -> bool:
    return any('"NotResource"' in s and "${aws:" in s for s in _statements(case))


def _account_left_out(case: Case) -> bool:
    own = (f'"{OURS}"', f'"arn:aws:iam::{OURS}:root"')
    return any('"NotPrincipal"' in s and any(o in s for o in own) for s in _statements(case))


def _unresolved_negation(case: Case) -> bool:
    return any("Not" in s and "${aws:" in s.partition('"Condition"')[2] for s in _statements(case))


def _everybody_in_bounds(case: Case) -> bool:
    policy = json.dumps(case.resource_policy)
    return case.boundary is not None and ('"Principal": "*"' in policy or '"AWS": "*"' in policy)


def _of_two_kinds(case: Case) -> bool:
    six = ":" in str(case.context["aws:SourceIp"])
    return six and any("NotIpAddress" in s for s in _statements(case))


def _session_named(case: Case) -> bool:
    policy = json.dumps(case.resource_policy)
    return case.session is not None and f'"{SESSION}"' in policy


KINDS: Mapping[str, Callable[[Case], bool]] = {
    # "If the key is not present, evaluate the condition element as true": we take it at its word;
    # the other lets ForAnyValue, which wants one value that matches, stand above it.
    "ForAnyValue with IfExists, of a key that is absent": _optional_any,
    # What cannot be resolved matches nothing; whether a NotResource then holds no document says.
    # We decide against the caller: an Allow does not count, a Deny does.
    "a variable without a value in a NotResource": _unresolved,
    # "Permissions granted directly to a session are not limited by an implicit deny in a session
    # policy": we let the resource's policy be enough; the other asks the session policy too.
    "a session policy, and a resource's policy that names the session": _session_named,
    # The same of a negated condition: we decide against the caller.
    "a variable without a value in a negated condition": _unresolved_negation,
    # NotPrincipal wants account, role and session named; which of them is enough is not said. We
    # take an account's id and its root for the same, as the documents do.
    "an account in a NotPrincipal": _account_left_out,
    # A boundary limits what a role is granted as a role; whether it limits what everybody is
    # granted no document says. We let it.
    "a resource's policy that lets everybody in, and a boundary": _everybody_in_bounds,
    # An address of IPv6 is not in a range of IPv4, so NotIpAddress holds.
    "an address of IPv6 against a range of IPv4": _of_two_kinds,
}


def kind_of(case: Case) -> str:
    """The name of the kind; a whole case where there is none."""
    found = next((name for name, holds in KINDS.items() if holds(case)), None)
    return found or f"unexplained: {json.dumps(asdict(case))}"
