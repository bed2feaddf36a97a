"""The files that a pipeline reads, and those to import by hand, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping

from orchestrator.logs.siem.indices import (
    Keeping,
    collection_templates,
    domain_templates,
    retention,
)
from orchestrator.logs.siem.mapping import CLASS_IDS
from orchestrator.logs.siem.objects import ndjson, saved_objects
from orchestrator.logs.siem.processors import processors


def files(keeping: Keeping) -> Mapping[str, str]:
    """Name and text of each. modules/siem_ingestion/objects holds those of the default keeping."""
    return {
        "classes.json": _json(CLASS_IDS),
        "cloudtrail.json": _json(processors()),
        "collection_templates.json": _json(collection_templates()),
        "dashboards.ndjson": ndjson(saved_objects()),
        "domain_templates.json": _json(domain_templates(keeping)),
        "state_management.json": _json(retention(keeping)),
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
