"""AWS Security Hub: how long, how many, and of which names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules
from orchestrator.sandbox.services.securityhub.part import NAMESPACES

INVALID = "InvalidInputException"
ACTION_ID = re.compile(r"[A-Za-z0-9]{1,20}")
POLICY_NAME = re.compile(r"[A-Za-z0-9\-.!*/]{1,128}")
WORKFLOW = ("NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED")
VERIFICATION = ("UNKNOWN", "TRUE_POSITIVE", "FALSE_POSITIVE", "BENIGN_POSITIVE")
LABELS = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
FILTER_VALUES = 20


def _refused(text: str) -> Refused:
    return Refused(INVALID, f"Invalid parameter: {text}")


def updates(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, BatchUpdateFindings."""
    yield from _count(asked, "FindingIdentifiers", 1, 100)
    note = asked.params.get("Note")
    if note is not None and not 1 <= len(note.get("Text") or "") <= 512:
        yield _refused("Note.Text must have 1 to 512 characters")
    if note is not None and not note.get("UpdatedBy"):
        yield _refused("Note.UpdatedBy is required")
    if len(asked.params.get("UserDefinedFields") or {}) > 50:
        yield _refused("UserDefinedFields can hold up to 50 pairs")
    yield from _one_of((asked.params.get("Workflow") or {}).get("Status"), WORKFLOW, "Workflow")
    yield from _one_of(asked.params.get("VerificationState"), VERIFICATION, "VerificationState")
    yield from _one_of((asked.params.get("Severity") or {}).get("Label"), LABELS, "Severity.Label")
    for name in ("Confidence", "Criticality"):
        value = asked.params.get(name)
        if value is not None and not 0 <= value <= 100:
            yield _refused(f"{name} must be between 0 and 100")
    for kind in asked.params.get("Types") or []:
        if kind.partition("/")[0] not in NAMESPACES:
            yield _refused(f"Types: '{kind}' has no known namespace")


def _one_of(value: Any, known: tuple[str, ...], name: str) -> Iterator[Refused]:
    if value is not None and value not in known:
        yield _refused(f"{name} '{value}' is not one of {', '.join(known)}")


def imported(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, BatchImportFindings: at most 100 of 240 KB each."""
    yield from _count(asked, "Findings", 1, 100)


def filters(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, AwsSecurityFindingFilters: 20 values an attribute."""
    for name, values in (asked.params.get("Filters") or {}).items():
        if isinstance(values, list) and len(values) > FILTER_VALUES:
            yield _refused(f"{name} can have up to {FILTER_VALUES} values")


def controls(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "SecurityControlIds", 1, 100)


def associations(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "StandardsControlAssociationUpdates", 1, 100)


def looked_up(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "StandardsControlAssociationIds", 1, 100)


def standards(asked: Asked) -> Iterator[Refused]:
    yield from _count(asked, "StandardsSubscriptionRequests", 1, 25)


def _count(asked: Asked, name: str, low: int, high: int) -> Iterator[Refused]:
    if not low <= len(asked.params.get(name) or []) <= high:
        yield _refused(f"{name} must hold between {low} and {high} items")


def action_target(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, CreateActionTarget."""
    if not 1 <= len(asked.text("Name")) <= 20:
        yield _refused("Name can contain up to 20 characters")
    if asked.operation == "CreateActionTarget" and not ACTION_ID.fullmatch(asked.text("Id")):
        yield _refused("Id can contain up to 20 alphanumeric characters")


def policy_name(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, CreateConfigurationPolicy, "Name"."""
    if not POLICY_NAME.fullmatch(asked.text("Name")):
        text = "Name can contain alphanumeric characters and -, ., !, *, / and has up to 128"
        yield _refused(text)


def reason(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, UpdateSecurityControl, "LastUpdateReason"."""
    if not asked.params.get("Parameters"):
        yield _refused("Parameters must name at least one parameter")


def rule_order(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Security Hub API Reference, CreateAutomationRule."""
    note = next(
        (
            change
            for action in asked.params.get("Actions") or []
            if (change := (action.get("FindingFieldsUpdate") or {}).get("Note")) is not None
        ),
        None,
    )
    if note is not None and len(note.get("Text") or "") > 512:
        yield _refused("Note.Text must have 1 to 512 characters")
    if len(asked.text("RuleName")) > 256:
        yield _refused("RuleName has up to 256 characters")


RULES: Rules = {
    "BatchUpdateFindings": (updates,),
    "BatchImportFindings": (imported,),
    "GetFindings": (filters,),
    "CreateInsight": (filters,),
    "UpdateInsight": (filters,),
    "BatchGetSecurityControls": (controls,),
    "BatchUpdateStandardsControlAssociations": (associations,),
    "BatchGetStandardsControlAssociations": (looked_up,),
    "BatchEnableStandards": (standards,),
    "CreateActionTarget": (action_target,),
    "CreateConfigurationPolicy": (policy_name,),
    "UpdateSecurityControl": (reason,),
    "CreateAutomationRule": (rule_order,),
}
