"""A plan as checkov understands it best.

checkov ties a bucket's public access block to the bucket by the references in the plan's
configuration. `each.value`, where `for_each` goes over the buckets themselves, is a reference it
does not follow, and so it reports a bucket that is closed as open. Here `each.value` is preceded by
what `for_each` goes over; checkov finds the right instance by its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

READ = ("format_version", "terraform_version", "planned_values", "resource_changes")
"""What checkov reads besides the configuration; the state before the plan is half the file."""


def readable(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a plan that checkov reads, with references it can follow. Changes `plan`."""
    for resource in _resources(plan.get("configuration", {}).get("root_module", {})):
        source = resource.get("for_each_expression", {}).get("references", [])
        for references in _references(resource.get("expressions", {})):
            if any(name.startswith("each.value") for name in references):
                references[:0] = source
    return {name: plan[name] for name in (*READ, "configuration") if name in plan}


def _resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for call in module.get("module_calls", {}).values():
        yield from _resources(call.get("module", {}))


def _references(expression: object) -> Iterator[list[str]]:
    if isinstance(expression, list):
        for item in expression:
            yield from _references(item)
    elif isinstance(expression, dict):
        if isinstance(expression.get("references"), list):
            yield expression["references"]
        else:
            for item in expression.values():
                yield from _references(item)
