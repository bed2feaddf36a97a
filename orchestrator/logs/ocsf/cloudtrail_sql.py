"""The same mapping as a SELECT for DuckDB, for millions of records.

Everything in it is made from the tables of this package; no value of a record becomes SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from orchestrator.logs.json_path import put
from orchestrator.logs.ocsf import fields
from orchestrator.logs.ocsf import fields as activities
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, API, AUTHENTICATION, ocsf_class
from orchestrator.logs.ocsf.fields import FIELDS, SIGNED_IN, USER, Field, Kind

JSON_SOURCES = frozenset({"requestParameters", "responseElements", *fields.KEPT})

RESOURCES = (
    f"CASE WHEN c = {API} AND r.resources IS NOT NULL THEN list_transform("
    "list_filter(json_transform(r.resources, "
    '\'[{"ARN":"VARCHAR","ARNPrefix":"VARCHAR","type":"VARCHAR","accountId":"VARCHAR"}]\'), '
    "lambda x: x.ARN IS NOT NULL OR x.ARNPrefix IS NOT NULL), "
    "lambda x: {'uid': x.ARN, 'name': x.ARNPrefix, 'type': x.\"type\", "
    "'owner': {'account': {'uid': x.accountId}}}) END"
)


USUAL = frozenset({*fields.MAPPED, *fields.KEPT})
"""Top-level names of records of which each has its own place."""


def names(source: str) -> str:
    """A SELECT of the lists of top-level names that there are in `source`, each once: the names
    with commas between them, and how many they are. DuckDB compares texts faster than lists.
    """
    return f"""SELECT DISTINCT array_to_string(names, ','), len(names)
FROM (SELECT json_keys(json) AS names FROM {source})"""  # noqa: S608  # our own relation


def select(source: str, *, raw: bool = False, usual: bool = False) -> str:
    """A SELECT that turns `source`, a relation with the JSON column `json`, into OCSF rows.

    Rows that are not CloudTrail records have a null in `time`, `metadata.uid`, `api.operation` or
    `api.service.name`. With `raw`, the record itself is in a column of that name. `usual` says
    that no record has a name but those in USUAL, and that `source` has the columns that `typed`
    names, which saves a part of the work.
    """
    inner = _literal(json.dumps(_structures()[1]))
    expressions = {**_columns(), "unmapped": _kept() if usual else _unmapped()}
    prepared = ", ".join(f"{value} AS {name}" for name, value in _prepared().items())
    columns = ",\n  ".join(f'{expression} AS "{name}"' for name, expression in expressions.items())
    return f"""WITH parsed AS (
  {_typed(source) if usual else _transformed(source)}
), known AS (
  SELECT raw, r, json_transform(r."{fields.IDENTITY}", {inner}) AS i, {_class()} AS c FROM parsed
), active AS (
  SELECT raw, r, i, c, {_activity()} AS a, {_failed()} AS failed, {prepared} FROM known
)
SELECT
  {columns}{", raw" if raw else ""}
FROM active"""  # noqa: S608  # made of this module's literals


def _transformed(source: str) -> str:
    """The record as a structure, out of a text."""
    outer = _literal(json.dumps(_structures()[0]))
    return f"SELECT json AS raw, json_transform(json, {outer}) AS r FROM {source}"  # noqa: S608  # our own


def _typed(source: str) -> str:
    """The same of a relation whose columns are typed already."""
    return f"SELECT NULL AS raw, r FROM {source} AS r"  # noqa: S608  # our own


def typed() -> str:
    """The columns that `read_json` is to make of records, as it wants them written."""
    kinds = (f"{_literal(name)}: {_literal(str(kind))}" for name, kind in _structures()[0].items())
    return f"{{{', '.join(kinds)}}}"


def _structures() -> tuple[dict[str, object], dict[str, object]]:
    """What `json_transform` takes out of a record, and out of the identity in it."""
    record: dict[str, object] = dict.fromkeys(sorted(JSON_SOURCES), "JSON")
    identity: dict[str, object] = {}
    for path in (*(s for field in FIELDS for s in field.sources), fields.ADDRESS):
        top, _, rest = path.partition(".")
        if top == fields.IDENTITY:
            put(identity, rest, "VARCHAR")
        elif top not in JSON_SOURCES:
            record[top] = "VARCHAR"
    return record, identity


def _columns() -> dict[str, str]:
    tree: dict[str, object] = {}
    for field in FIELDS:
        put(tree, field.target, _expression(field))
    _constants(tree, fields.CONSTANT)
    put(tree, "api.request.uid", f"coalesce({_path('requestID')}, '')")
    feature = f"coalesce({_path('eventCategory')}, {_literal(fields.NO_CATEGORY)})"
    put(tree, "metadata.product.feature.name", feature)
    service = _first(fields.SERVICE)
    tree["src_endpoint"] = {
        "ip": "CASE WHEN is_ip THEN address END",
        "domain": "CASE WHEN NOT is_ip THEN nullif(address, '') END",
        "svc_name": f"CASE WHEN NOT is_ip THEN coalesce(nullif(address, ''), {service}) END",
        "uid": _path("vpcEndpointId"),
    }
    put(tree, "actor.user.name", "who")
    invoked = f"CASE WHEN i IS NULL THEN {service}"
    put(tree, "actor.invoked_by", f"{invoked} ELSE {_path(fields.IDENTITY + '.invokedBy')} END")
    columns = {**_classification(), **_status()}
    columns |= {name: _struct(value) for name, value in tree.items()}
    columns["resources"] = "resources"
    columns |= _of_class()
    columns["observables"] = _observables()
    return columns


def _prepared() -> dict[str, str]:
    """Expressions that several columns are made of, by the name that they have in them."""
    address = _path(fields.ADDRESS)
    named = {AUTHENTICATION: _signed_in_name(), ACCOUNT_CHANGE: _changed_name()}
    return {
        "address": address,
        "is_ip": f"regexp_matches(coalesce({address}, ''), {_literal(fields.IP)})",
        "who": _named(USER, "i IS NOT NULL"),
        "user_name": _case("c", named),
        "resources": RESOURCES,
    }


def _observables() -> str:
    """A list of those that are there; none is null, as OCSF has it."""
    values = {
        "actor.user.name": "who",
        "user.name": "user_name",
        "src_endpoint.ip": "CASE WHEN is_ip THEN address END",
        "src_endpoint.domain": "CASE WHEN NOT is_ip THEN address END",
    }
    single = ", ".join(
        f"CASE WHEN nullif({values[path]}, '') IS NOT NULL "
        f"THEN {_observable(path, kind, number, values[path])} END"
        for path, kind, number in fields.OBSERVABLES
    )
    path, kind, number = fields.OBSERVED_RESOURCE
    found = f"list_filter([{single}], lambda o: o IS NOT NULL)"
    listed = (
        f"list_transform(list_filter(resources, lambda x: nullif(x.uid, '') IS NOT NULL), "
        f"lambda x: {_observable(path, kind, number, 'x.uid')})"
    )
    return f"CASE WHEN resources IS NULL THEN {found} ELSE list_concat({found}, {listed}) END"


def _observable(path: str, kind: str, number: int, value: str) -> str:
    return (
        f"{{'name': {_literal(path)}, 'type': {_literal(kind)}, 'type_id': {number}, "
        f"'value': {value}}}"
    )


def _kept() -> str:
    """What has no place, put together from the names that are usual."""
    kept = ", ".join(f'\',"{name}":\' || r."{name}"' for name in fields.KEPT)
    return f"concat('{{', substr(concat({kept}), 2), '}}')"  # concat leaves nulls out


def _unmapped() -> str:
    """The same; if a record has another name, the record without what is mapped. That is right for
    every record, and takes three times as long.
    """
    names = "|".join((*fields.MAPPED, *fields.KEPT))
    joined = "array_to_string(json_keys(raw), ',')"
    # A name that has a comma in it is not two.
    each = f"len(string_split({joined}, ',')) = len(json_keys(raw))"
    usual = f"regexp_full_match({joined}, '(({names})(,|$))*') AND {each}"
    patch = _literal(json.dumps(dict.fromkeys(fields.MAPPED)))
    whole = f"CAST(json_merge_patch(raw, {patch}::JSON) AS VARCHAR)"
    return f"CASE WHEN {usual} THEN {_kept()} ELSE {whole} END"


def _named(user: Sequence[Field], condition: str) -> str:
    """A user's name, and 'unknown' where there is neither ARN, name nor account."""
    of = {field.target: _expression(field) for field in user}
    known = f"coalesce({of['uid']}, {of['account.uid']})"
    unnamed = f"CASE WHEN {condition} AND {known} IS NULL THEN {_literal(fields.UNNAMED)} END"
    return f"coalesce({of['name']}, {unnamed})"


def _signed_in_name() -> str:
    return _named(SIGNED_IN, "true")


def _changed_name() -> str:
    return f"coalesce(nullif({_first(fields.CHANGED_NAME)}, ''), {_literal(fields.UNNAMED)})"


def _classification() -> dict[str, str]:
    classes = [ocsf_class(uid) for uid in (API, AUTHENTICATION, ACCOUNT_CHANGE)]
    by_class = {
        "category_uid": {c.uid: str(c.category_uid) for c in classes},
        "category_name": {c.uid: _literal(c.category_name) for c in classes},
        "class_name": {c.uid: _literal(c.name) for c in classes},
    }
    names = {c.uid: _case("a", {k: _literal(v) for k, v in c.activities.items()}) for c in classes}
    activity_name = _case("c", names)
    class_name = _case("c", by_class["class_name"])
    return {
        "activity_id": "a",
        "activity_name": activity_name,
        "category_uid": _case("c", by_class["category_uid"]),
        "category_name": _case("c", by_class["category_name"]),
        "class_uid": "c",
        "class_name": class_name,
        "type_uid": "CAST(c AS BIGINT) * 100 + a",
        "type_name": f"{class_name} || ': ' || {activity_name}",
    }


def _status() -> dict[str, str]:
    return {
        "severity_id": "1",
        "severity": "'Informational'",
        "status_id": "CASE WHEN failed THEN 2 ELSE 1 END",
        "status": f"CASE WHEN failed THEN {_literal(fields.FAILURE)} ELSE 'Success' END",
    }


def _failed() -> str:
    outcomes = " ".join(
        f"WHEN {_literal(name)} THEN {_first([f'{p}.{name}' for p in fields.OUTCOME_PLACES])}"
        for name in fields.OUTCOMES
    )
    said = f"CASE r.eventName {outcomes} END = {_literal(fields.FAILURE)}"
    of_sign_in = f"r.eventSource = {_literal(fields.OUTCOME_SOURCE)}"
    return f"(r.errorCode IS NOT NULL OR coalesce(CASE WHEN {of_sign_in} THEN {said} END, false))"


def _of_class() -> dict[str, str]:
    """Columns that only sign-ins and account changes have."""
    user: dict[str, object] = {}
    for field in SIGNED_IN:
        own = field.target in ("type", "account.uid")
        value = _expression(field)
        caller = f"CASE WHEN {_path(fields.ASSUMED)} IS NULL THEN {value} END"
        put(user, field.target, caller if own else value)
    user["name"] = "user_name"
    changed: dict[str, object] = {
        "type": "NULL::VARCHAR",
        "uid": f"nullif({_first(fields.CHANGED_ARN)}, '')",
        "uid_alt": f"nullif({_first(fields.CHANGED_ID)}, '')",
        "name": "user_name",
        "account": {"uid": "NULL::VARCHAR"},
    }
    users = {AUTHENTICATION: _struct(user), ACCOUNT_CHANGE: _struct(changed)}
    policy: dict[str, object] = {
        "uid": f"nullif({_first(fields.POLICY_ARN)}, '')",
        "name": f"nullif({_first(fields.POLICY_NAME)}, '')",
    }
    used = _path(fields.MFA_USED)
    mfa = f"CASE {used} WHEN 'Yes' THEN true WHEN 'No' THEN false END"
    service = f"{{'name': {_path('eventSource')}}}"
    target = f"{{'svc_name': nullif({_path(fields.SIGNED_IN_TO)}, '')}}"
    return {
        "user": _case("c", users),
        "policy": f"CASE WHEN c = {ACCOUNT_CHANGE} AND a IN (7, 8) THEN {_struct(policy)} END",
        "is_mfa": f"CASE WHEN c = {AUTHENTICATION} THEN {mfa} END",
        "service": f"CASE WHEN c = {AUTHENTICATION} THEN {service} END",
        "dst_endpoint": f"CASE WHEN c = {AUTHENTICATION} THEN {target} END",
    }


def _first(paths: Sequence[str]) -> str:
    """The first of some values that is there."""
    found = [_path(path) for path in paths]
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def _class() -> str:
    sign_in = _among("r.eventName", activities.SIGN_INS)
    sources = _among("r.eventSource", activities.SIGN_IN_SOURCES)
    account_sources = _among("r.eventSource", activities.ACCOUNT_SOURCES)
    account = _among("r.eventName", activities.ACCOUNT_CHANGES)
    return (
        f"CASE WHEN {sources} AND {sign_in} THEN {AUTHENTICATION} "
        f"WHEN {account_sources} AND {account} "
        f"THEN {ACCOUNT_CHANGE} ELSE {API} END"
    )


def _activity() -> str:
    sign_ins = {_literal(n): str(a) for n, a in activities.SIGN_INS.items()}
    changes = {_literal(n): str(a) for n, a in activities.ACCOUNT_CHANGES.items()}
    verbs = " ".join(
        f"WHEN regexp_matches(r.eventName, {_literal(pattern)}) THEN {activity}"
        for activity, pattern in activities.PATTERNS.items()
    )
    return (
        f"CASE c WHEN {AUTHENTICATION} THEN {_case('r.eventName', sign_ins)} "
        f"WHEN {ACCOUNT_CHANGE} THEN {_case('r.eventName', changes)} "
        f"ELSE CASE {verbs} ELSE {activities.OTHER} END END"
    )


def _expression(field: Field) -> str:
    value = _first(field.sources)
    if field.kind is Kind.MILLISECONDS:
        return f"epoch_ms(try_cast({value} AS TIMESTAMPTZ))"
    if field.kind is Kind.FLAG:
        return f"CASE lower({value}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if field.kind is Kind.JSON:
        return f"nullif(CAST({value} AS VARCHAR), 'null')"
    return value


def _path(source: str) -> str:
    """The value at a path of the record: a field of a structure, or a text inside of JSON."""
    top, *rest = source.split(".")
    if top == fields.IDENTITY:
        return ".".join(["i", *(f'"{name}"' for name in rest)])
    if top in JSON_SOURCES and rest:
        return f"r.{top}->>'$.{'.'.join(rest)}'"
    return ".".join(["r", *(f'"{name}"' for name in (top, *rest))])


def _struct(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_literal(str(k))}: {_struct(v)}" for k, v in value.items())
        return f"{{{inner}}}"
    return str(value)


def _constants(tree: dict[str, object], constant: Mapping[str, object]) -> None:
    for name, value in constant.items():
        if isinstance(value, Mapping):
            inner = tree.setdefault(name, {})
            assert isinstance(inner, dict)  # noqa: S101
            _constants(inner, value)
        elif isinstance(value, list):
            tree[name] = f"[{', '.join(_literal(str(each)) for each in value)}]"
        else:
            tree[name] = _literal(str(value))


def _case(what: str, arms: Mapping[int, str] | Mapping[str, str]) -> str:
    return f"CASE {what} {' '.join(f'WHEN {k} THEN {v}' for k, v in arms.items())} END"


def _among(what: str, names: Iterable[str]) -> str:
    return f"{what} IN ({', '.join(map(_literal, names))})"


def _literal(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'"
