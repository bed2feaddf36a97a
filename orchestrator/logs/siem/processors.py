"""CloudTrail's records to OCSF inside a pipeline: the processors, from the tables of logs/ocsf.

The pipeline does what `to_ocsf` does, as far as its processors go. What they cannot, such as the
owner of each resource, stays in the record's own words below `unmapped`; types of events are left
out, which follow from class and activity.
Source: Data Prepper's documentation, processors copy_values, date, write_json, convert_type,
add_entries and delete_entries, and expression syntax.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestrator.logs.ingest.formats.aws import Origin
from orchestrator.logs.ocsf import fields
from orchestrator.logs.ocsf import fields as activities
from orchestrator.logs.ocsf.classes import (
    ACCOUNT_CHANGE,
    API,
    AUTHENTICATION,
    VERSION,
    classification,
)
from orchestrator.logs.ocsf.fields import Field, Kind

Processor = dict[str, object]
Entry = dict[str, object]

CLASS, CHANGED = f"/class_uid == {AUTHENTICATION}", f"/class_uid == {ACCOUNT_CHANGE}"


def processors() -> list[Processor]:
    """In their order: what kind of event it is, then its fields, then what is left."""
    said = [*_classes(), *_activities(), *constants(fields.CONSTANT, ""), *_status(), *_mfa()]
    copied = [*_copies(fields.FIELDS), *_users(), *_address(), *_unmapped()]
    return [
        {"add_entries": {"entries": said}},
        {"copy_values": {"entries": copied}},
        *_written(),
        *_times(),
        {"convert_type": {"keys": ["/actor/session/is_mfa"], "type": "boolean"}},
        {"delete_entries": {"with_keys": [f"/{name}" for name in (*fields.MAPPED, *fields.KEPT)]}},
    ]


def _classes() -> Iterator[Entry]:
    """The first that holds is taken; class and category are said by number and by name."""
    sign_in = _among("/eventSource", activities.SIGN_IN_SOURCES)
    iam = _among("/eventSource", activities.ACCOUNT_SOURCES)
    for uid, when in (
        (AUTHENTICATION, f"{sign_in} and {_among('/eventName', activities.SIGN_INS)}"),
        (ACCOUNT_CHANGE, f"{iam} and {_among('/eventName', activities.ACCOUNT_CHANGES)}"),
        (API, ""),
    ):
        yield entry("class_uid", uid, when)
    for uid in (AUTHENTICATION, ACCOUNT_CHANGE, API):
        described = classification(uid, activities.OTHER)
        for name in ("class_name", "category_uid", "category_name"):
            yield entry(name, described[name], f"/class_uid == {uid}")


def _activities() -> Iterator[Entry]:
    """In each class, the first that holds."""
    named = {AUTHENTICATION: activities.SIGN_INS, ACCOUNT_CHANGE: activities.ACCOUNT_CHANGES}
    for uid, names in named.items():
        for activity in sorted(set(names.values()) - {activities.OTHER}):
            those = _among("/eventName", [n for n, its in names.items() if its == activity])
            yield entry("activity_id", activity, f"/class_uid == {uid} and {those}")
    for activity, verbs in activities.VERBS.items():
        begins = " or ".join(f'startsWith(/eventName, "{verb}")' for verb in _plain(verbs))
        yield entry("activity_id", activity, f"/class_uid == {API} and ({begins})")
    yield entry("activity_id", activities.OTHER)


def of_aws(origin: Origin) -> Iterator[Entry]:
    """What every log of AWS says that is no CloudTrail record."""
    product: dict[str, object] = {"vendor_name": origin.vendor, "name": origin.name}
    if origin.feature:
        product["feature"] = {"name": origin.feature}
    yield from constants({"metadata": {"version": VERSION, "product": product}}, "")
    yield from constants({"cloud": {"provider": "AWS"}, "severity": "Informational"}, "")
    yield entry("severity_id", 1)


def constants(tree: dict[str, object] | object, above: str) -> Iterator[Entry]:
    assert isinstance(tree, dict)  # noqa: S101
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from constants(value, f"{above}{name}/")
        else:
            yield entry(f"{above}{name}", value)


def _status() -> Iterator[Entry]:
    sign_in = f'/eventSource == "{activities.OUTCOME_SOURCE}"'
    failed = " or ".join(
        f'/{place}/{name} == "{activities.FAILURE}"'
        for name in activities.OUTCOMES
        for place in activities.OUTCOME_PLACES
    )
    for uid, name, when in (
        (2, activities.FAILURE, f"/errorCode != null or ({sign_in} and ({failed}))"),
        (1, "Success", "/status_id == null"),
    ):
        yield entry("status_id", uid, when)
        yield entry("status", name, f"/status_id == {uid}")
    yield entry("severity_id", 1)
    yield entry("severity", "Informational")
    yield entry("metadata.product.feature.name", fields.NO_CATEGORY, "/eventCategory == null")


def _mfa() -> Iterator[Entry]:
    for used, value in (("Yes", True), ("No", False)):
        yield entry("is_mfa", value, f'{CLASS} and {pointer(fields.MFA_USED)} == "{used}"')


def _copies(table: Iterable[Field], above: str = "", when: str = "") -> Iterator[Entry]:
    """A value stays that an earlier source has given."""
    for field in table:
        if field.kind in (Kind.TEXT, Kind.FLAG):
            for source in field.sources:
                several = len(field.sources) > 1
                yield (copy if several else only)(source, f"{above}{field.target}", when)


def _users() -> Iterator[Entry]:
    """Who signed in, and which user or role an account change is about."""
    caller = f"{CLASS} and {pointer(fields.ASSUMED)} == null"
    for field in fields.SIGNED_IN:
        own = field.target in ("type", "account.uid")
        yield from _copies([field], "user.", caller if own else CLASS)
    yield only("eventSource", "service.name", CLASS)
    yield copy(fields.SIGNED_IN_TO, "dst_endpoint.svc_name", CLASS)
    policy = f"{CHANGED} and /activity_id in {{7, 8}}"
    changed: tuple[tuple[str, tuple[str, ...], str], ...] = (
        ("user.name", fields.CHANGED_NAME, CHANGED),
        ("user.uid", fields.CHANGED_ARN, CHANGED),
        ("user.uid_alt", fields.CHANGED_ID, CHANGED),
        ("policy.uid", fields.POLICY_ARN, policy),
        ("policy.name", fields.POLICY_NAME, policy),
    )
    for target, sources, when in changed:
        kind = copy if len(sources) > 1 else only
        yield from (kind(source, target, when) for source in sources)


def _address() -> Iterator[Entry]:
    """The name of a service that called goes elsewhere than an address."""
    service = r'/sourceIPAddress =~ "^.*[g-zG-Z].*$"'
    yield only(fields.ADDRESS, "src_endpoint.ip", f"not ({service})")
    yield only(fields.ADDRESS, "src_endpoint.domain", service)
    yield copy(fields.ADDRESS, "src_endpoint.svc_name", service)
    for source in fields.SERVICE:
        yield copy(source, "src_endpoint.svc_name", f"{pointer(fields.ADDRESS)} == null")


def _written() -> Iterator[Processor]:
    """Whole parameters, as the JSON that they are."""
    for field in fields.FIELDS:
        if field.kind is Kind.JSON:
            source, target = (pointer(path) for path in (field.sources[0], field.target))
            yield {"write_json": {"source": source, "target": target}}


def _times() -> Iterator[Processor]:
    for field in fields.FIELDS:
        if field.kind is Kind.MILLISECONDS:
            match = [{"key": pointer(field.sources[0]), "patterns": ["yyyy-MM-dd'T'HH:mm:ss'Z'"]}]
            yield {
                "date": {
                    "match": match,
                    "destination": pointer(field.target),
                    "output_format": "epoch_milli",
                    "source_timezone": "UTC",
                }
            }


def _unmapped() -> Iterator[Entry]:
    for name in fields.KEPT:
        yield only(name, f"unmapped.{name}")


def entry(path: str, value: object, when: str = "") -> Entry:
    """What is there already stays."""
    said = {"key": pointer(path), "value": value}
    return {**said, "add_when": when} if when else said


def copy(source: str, target: str, when: str = "") -> Entry:
    there = f"{pointer(source)} != null"
    return {
        "from_key": pointer(source),
        "to_key": pointer(target),
        "copy_when": f"{there} and {when}" if when else there,
    }


def only(source: str, target: str, when: str = "") -> Entry:
    """The one source of a target: what is not there is not copied, and none comes after it.

    A pipeline's text is limited, so that nothing is asked that need not be.
    """
    said: Entry = {"from_key": pointer(source), "to_key": pointer(target)}
    return {**said, "copy_when": when} if when else said


def pointer(path: str) -> str:
    return "/" + path.replace(".", "/")


def _among(pointer: str, names: Iterable[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"{pointer} in {{{quoted}}}"


def _plain(verbs: Iterable[str]) -> Iterator[str]:
    """Beginnings of names without the brackets of a pattern: 'Batch[Dd]elete' is two."""
    for verb in verbs:
        before, _, rest = verb.partition("[")
        letters, _, after = rest.partition("]")
        yield from [f"{before}{letter}{after}" for letter in letters] or [verb]
