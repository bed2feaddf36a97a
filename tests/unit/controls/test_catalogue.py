from __future__ import annotations

import json
from dataclasses import replace

from orchestrator.controls.catalogue import LACKING, catalogue
from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS
from orchestrator.findings.remediation import Risk
from orchestrator.model.retired import RETIRED
from orchestrator.sandbox.services.securityhub.catalogue import CONTROLS
from orchestrator.views import controls as views
from tests.unit.findings.a_world import CLOSING


def test_every_control_of_the_registry_is_listed_once_with_its_permissions() -> None:
    entries = catalogue(REMEDIATIONS, LACKING)

    assert sorted(entry.control.lower() for entry in entries) == sorted(BY_CONTROL)
    assert all(entry.actions for entry in entries)
    assert {entry.control for entry in entries if entry.lacking} == set(LACKING)


def test_what_is_destructive_is_by_hand_whatever_it_says_of_itself() -> None:
    (entry,) = catalogue([replace(CLOSING, risk=Risk.DESTRUCTIVE)], {})

    assert entry.by_hand == "it cannot be taken back"


def test_a_text_of_a_remediation_is_no_markup() -> None:
    entries = catalogue([replace(CLOSING, effect="Closes | <b>it</b>.")], {"S3.8": "a *call*"})
    page = views.coverage_markdown(entries)

    assert "Closes \\| &lt;b&gt;it&lt;/b&gt;" in page.replace("\\.", ".")
    assert "a \\*call\\*" in page
    assert json.loads(views.coverage_json(entries))["controls"][0]["lacking"] == "a *call*"
    assert views.coverage(entries).endswith(
        "0 run from end to end in the sandbox; 1 with logs that say who uses the resource"
    )


def test_a_control_is_one_that_security_hub_has_or_is_said_to_be_retired() -> None:
    entries = catalogue(REMEDIATIONS, LACKING)
    live = {entry.control for entry in entries if not entry.retired}

    assert live <= set(CONTROLS)
    assert {control.lower() for control in CONTROLS} & set(RETIRED) == set()


def test_a_retired_control_is_told_apart_and_not_counted() -> None:
    entries = catalogue([replace(CLOSING, controls=("S3.4",)), CLOSING], {})

    assert "retired" in views.coverage(entries).splitlines()[0]
    assert views.coverage(entries).endswith("; 1 more that AWS has retired")
    assert "- Retired: AWS retired it in 2024" in views.coverage_markdown(entries)
    assert json.loads(views.coverage_json(entries))["controls"][0]["retired"]
