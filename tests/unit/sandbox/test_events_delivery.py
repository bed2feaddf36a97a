"""Event patterns and what stands in arrays."""

from __future__ import annotations

from typing import Any

import pytest
from moto.events.models import EventPattern

from orchestrator.sandbox.services.events.delivery import matches_event

SEVERE_S3 = {"detail": {"findings": {"Id": ["S3.1"], "Severity": {"Label": ["HIGH"]}}}}


def matches(pattern: dict[str, Any], *findings: dict[str, Any]) -> bool:
    event = {"detail": {"findings": list(findings)}}
    return matches_event(lambda *_: False, EventPattern("", pattern), event)


def finding(identifier: str, label: str) -> dict[str, Any]:
    return {"Id": identifier, "Severity": {"Label": label}}


def test_two_fields_of_an_element_must_match_in_one_element() -> None:
    assert matches(SEVERE_S3, finding("EC2.1", "LOW"), finding("S3.1", "HIGH"))
    assert not matches(SEVERE_S3, finding("S3.1", "LOW"), finding("EC2.1", "HIGH"))


@pytest.mark.parametrize(("wanted", "expected"), [(True, False), (False, True)])
def test_a_field_that_no_element_has_does_not_exist(wanted: bool, expected: bool) -> None:
    pattern = {"detail": {"findings": {"Note": [{"exists": wanted}]}}}

    assert matches(pattern, finding("S3.1", "LOW")) is expected


def test_a_list_of_values_matches_by_one_of_them() -> None:
    pattern = {"detail": {"findings": {"Types": ["b"]}}}

    assert matches(pattern, {"Types": ["a", "b"]})
    assert not matches(pattern, {"Types": ["a"]}, {"Types": []})


def test_a_choice_of_fields_is_made_within_an_element() -> None:
    pattern = {
        "detail": {"findings": {"$or": [{"Id": ["S3.1"]}, {"Severity": {"Label": ["LOW"]}}]}}
    }

    assert matches(pattern, finding("EC2.1", "LOW"))
    assert not matches(pattern, finding("EC2.1", "HIGH"))
