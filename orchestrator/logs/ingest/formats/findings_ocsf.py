"""A finding that is OCSF already, as Security Hub gives it, in the attributes of OCSF 1.1.

Security Hub writes newer versions: what 1.1, or the lake, has no attribute for is in `unmapped`.
Source: AWS Security Hub user guide, "Findings in Security Hub" (OCSF).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.asff import OBSERVED
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.json_path import Tree, as_text, at, branch, items, put, text
from orchestrator.logs.ocsf.classes import COLUMNS, COMPLIANCE, DETECTION, VULNERABILITY
from orchestrator.logs.ocsf.columns import FLAG, INTEGER, LONG, NUMBER

OWN = frozenset(
    (
        *("activity_id", "activity_name", "category_uid", "category_name", "class_uid"),
        *("class_name", "type_uid", "type_name", "time", "time_dt", "severity", "severity_id"),
    )
)
"""What the frame of the event says anew."""


def event(finding: Tree, context: Context) -> Ocsf:
    class_uid, stamp = at(finding, "class_uid"), at(finding, "time")
    if class_uid not in (VULNERABILITY, COMPLIANCE, DETECTION):
        raise Unparsed("a finding of a class that OCSF 1.1 does not have")
    assert isinstance(class_uid, int)  # noqa: S101
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        raise Unparsed("a finding without a time")
    activity = at(finding, "activity_id")
    product = branch(finding, "metadata.product")
    origin = aws.Origin(
        text(product, "name") or "Security Hub", vendor=text(product, "vendor_name") or "AWS"
    )
    known = activity if isinstance(activity, int) and activity in (0, 1, 2, 3) else 99
    frame = aws.frame(class_uid, known, aws.moment(stamp), origin, context)
    level = at(finding, "severity_id")
    grade = level if isinstance(level, int) and 0 <= level < len(aws.SEVERITIES) else 0
    frame |= {"severity_id": grade, "severity": aws.SEVERITIES[grade]}
    kept, rest = _fitting(_of_class(finding, class_uid), _columns(class_uid))
    metadata = {**branch(kept, "metadata"), **branch(frame, "metadata")}
    metadata["product"] = {**branch(kept, "metadata.product"), **branch(frame, "metadata.product")}
    metadata["log_version"] = text(finding, "metadata.version")
    cloud = {"provider": "AWS", **branch(kept, "cloud")}
    found: Ocsf = {
        **frame,
        **{name: value for name, value in kept.items() if name not in OWN},
        "metadata": aws.said(**metadata),
        "cloud": cloud,
    }
    if class_uid == DETECTION:
        found.setdefault("action_id", 0)
    aws.unmapped(found, aws.without(rest, *OWN, "observables"))
    aws.observe(found, OBSERVED)
    return found


def _of_class(finding: Tree, class_uid: int) -> Tree:
    """1.1 has one resource where later versions have a list."""
    listed = items(finding, "resources")
    if class_uid == DETECTION or not listed:
        return finding
    rest = {"resources": list(listed[1:])} if len(listed) > 1 else {}
    return {**aws.without(finding, "resources"), "resource": listed[0], **rest}


@cache
def _columns(class_uid: int) -> Mapping[str, object]:
    tree: dict[str, object] = {}
    for path, kind in COLUMNS[class_uid].items():
        put(tree, path, kind)
    return {**tree, "unmapped": {}}


def _fitting(tree: Tree, columns: Mapping[str, object]) -> tuple[Ocsf, Ocsf]:
    """What has a column of its type, and all else."""
    kept: Ocsf = {}
    rest: Ocsf = {}
    for name, value in tree.items():
        if f"{name}[]" in columns and isinstance(value, list):
            kept[name], left = _listed(value, columns[f"{name}[]"])
            rest |= aws.said(**{name: left})
            continue
        kind = columns.get(name)
        if isinstance(kind, Mapping) and isinstance(value, Mapping):
            inner, left_inner = _fitting(value, kind)
            kept |= aws.said(**{name: inner})
            rest |= aws.said(**{name: left_inner})
        elif isinstance(kind, str) and (typed := _typed(value, kind)) is not None:
            kept[name] = typed
        else:
            rest[name] = value
    return kept, rest


def _listed(values: list[object], columns: object) -> tuple[list[Ocsf], list[Ocsf]]:
    assert isinstance(columns, Mapping)  # noqa: S101
    pairs = [_fitting(each, columns) for each in values if isinstance(each, Mapping)]
    left = [rest for _, rest in pairs]
    return [kept for kept, _ in pairs if kept], left if any(left) else []


def _typed(value: object, kind: str) -> object:
    """The value if the column takes it, or None."""
    if value is None:
        return None
    if kind.endswith("[]"):
        inner = kind.removesuffix("[]")
        listed = value if isinstance(value, list) else [value]
        found = [_typed(each, inner) for each in listed]
        return None if None in found else found
    if kind == FLAG:
        return value if isinstance(value, bool) else None
    if kind in (INTEGER, LONG):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return value if whole else None
    if kind == NUMBER:
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return as_text(value)
