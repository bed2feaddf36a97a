"""Two judgements of one resource: the remediation's own check, and the sandbox's evaluator."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.findings.remediation import Aws, Remediation, Status, Target, Value
from orchestrator.sandbox.checks import evaluate
from orchestrator.sandbox.checks.answers import Reader, Scope
from orchestrator.sandbox.checks.rule import Outcome

SAME = {
    Status.PASSES: Outcome.PASSED,
    Status.FAILS: Outcome.FAILED,
    Status.UNCLEAR: Outcome.NOT_AVAILABLE,
    Status.GONE: None,
}

ARCHIVED: Mapping[str, str] = {
    "ECS.5": "a newer revision takes its place: the latest active one alone is judged",
    "SecretsManager.3": "a secret that is marked for deletion is listed no more",
}
"""Controls whose fix ends the finding by taking the resource out of sight, and how."""


def decided(remediation: Remediation, parameters: Mapping[str, Value]) -> dict[str, Value]:
    """Those that Security Hub knows, by its names."""
    names = {name: p.control for name, p in remediation.parameters.items() if p.control}
    return {names[name]: value for name, value in parameters.items() if name in names}


def second(remediation: Remediation, target: Target, aws: Aws) -> tuple[Outcome | None, str]:
    """What the evaluator says of the target, and its words; None where it sees no such resource.

    The target's parameters are those that were decided, without defaults: each side has its own.
    Global resources are looked at as in the home region.
    """
    given = decided(remediation, target.parameters)
    place = target.place
    scope = Scope(place.account, place.region, place.region, place.partition)
    verdicts = evaluate(target.control, Reader(scope, aws), given)
    found = [each for each in verdicts if each.resource == target.arn]
    if not found:
        return None, f"it sees {[each.resource for each in verdicts]}"
    (verdict,) = found
    if verdict.kind not in (remediation.resource_type, *remediation.also):
        return None, f"it calls this {verdict.kind}"
    return verdict.outcome, verdict.reason


def hold(status: Status, remediation: Remediation, target: Target, aws: Aws) -> None:
    """The two say the same. `status` is what the remediation has said."""
    said, words = second(remediation, target, aws)
    archived = said is None and status is Status.PASSES and target.control in ARCHIVED
    assert archived or said is SAME[status], (
        f"{target.control} {target.arn}: the check says {status}, the evaluator {said}: {words}"
    )
