"""Setting up a domain or a collection: what is not as it should be is written, the rest is left.

Everything is read back after it was written. An answer that is not as documented ends the setup;
the next run goes on from there.
Source: OpenSearch's documentation, Security, ISM, index template, alias and saved objects APIs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orchestrator.errors import OrchestratorError
from orchestrator.logs.json_path import Tree, at, branch, items
from orchestrator.logs.siem.indices import (
    CLASS_IDS,
    POLICY,
    PREFIX,
    Keeping,
    alias,
    collection_templates,
    domain_templates,
    first_index,
    retention,
)
from orchestrator.logs.siem.objects import ndjson, saved_objects


def holds(there: Tree, wanted: Tree) -> bool:
    """Whether each value of `wanted` is in `there`."""
    found = dict(_flat(there, ""))
    return all(path in found and _same(found[path], value) for path, value in _flat(wanted, ""))


def _flat(tree: Tree, above: str) -> Iterator[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _same(there: object, wanted: object) -> bool:
    if not isinstance(wanted, list):
        return _scalar(there) == _scalar(wanted)
    if not isinstance(there, list) or len(there) != len(wanted):
        return False
    if any(isinstance(each, Mapping) for each in wanted):
        return all(
            isinstance(one, Mapping) and isinstance(two, Mapping) and holds(one, two)
            for one, two in zip(there, wanted, strict=True)
        )
    return sorted(map(_scalar, there)) == sorted(map(_scalar, wanted))


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


Body = dict[str, object]

WRITER, READER = f"{PREFIX}-writer", f"{PREFIX}-reader"

ROLE_BODIES: dict[str, Body] = {
    WRITER: {
        "description": "Writes logs, and nothing else: pipelines.",
        "cluster_permissions": ["cluster:monitor/main", "indices:data/write/bulk*"],
        "index_permissions": [
            {
                "index_patterns": [f"{PREFIX}-*"],
                "allowed_actions": ["index", "indices:admin/get", "indices:data/write/bulk*"],
            }
        ],
    },
    READER: {
        "description": "Searches logs and looks at dashboards: analysts and orchestrator.",
        "cluster_permissions": ["cluster_composite_ops_ro"],
        "index_permissions": [
            {
                "index_patterns": [f"{PREFIX}-*"],
                "allowed_actions": ["read", "indices:admin/mappings/get", "search"],
            }
        ],
        "tenant_permissions": [
            {"tenant_patterns": ["global_tenant"], "allowed_actions": ["kibana_all_read"]}
        ],
    },
}


def mapping(arns: tuple[str, ...]) -> Body:
    """Which IAM roles have a role of the domain."""
    return {"backend_roles": sorted(arns)}


ROLES, MAPPINGS = "_plugins/_security/api/roles", "_plugins/_security/api/rolesmapping"
ISM = "_plugins/_ism"
IMPORT = "_dashboards/api/saved_objects/_import?overwrite=true"


class Target(Protocol):
    """A domain or a collection. Raises AwsDenied where it is out of reach or refuses the caller."""

    def call(self, method: str, path: str, body: Tree | None = None) -> tuple[int, Tree]:
        """The answer's status and document."""

    def upload(self, path: str, name: str, text: str) -> tuple[int, Tree]:
        """Hand over a file, as a browser would."""


class NotAsDocumented(OrchestratorError):
    """The answer of the target is not as documented."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the target is to hold. `writers` and `readers` are ARNs of roles."""

    serverless: bool
    keeping: Keeping = field(default_factory=Keeping)
    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """`how` is 'same', 'made' or 'changed'; 'missing' or 'differs' where nothing was written."""

    what: str
    how: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document at a path, and where in the answer about it it stands."""

    path: str
    body: Tree
    within: str
    """`list.key` of its one entry, or `*` for the one value under any name."""


def set_up(target: Target, plan: Plan, *, write: bool = True) -> Iterator[Done]:
    """Bring `target` to hold `plan`, a step at a time; without `write` only say what differs."""
    for wanted in _documents(plan):
        yield _document(target, wanted, write)
    if not plan.serverless:
        yield _retention(target, plan.keeping, write)
        yield from (_alias(target, uid, write) for uid in CLASS_IDS)
    if write:
        yield _dashboards(target)


def _documents(plan: Plan) -> Iterator[Wanted]:
    if plan.serverless:
        templates = collection_templates()
    else:
        templates = domain_templates(plan.keeping)
        for name, body in ROLE_BODIES.items():
            yield Wanted(f"{ROLES}/{name}", body, "*")
        for name, arns in ((WRITER, plan.writers), (READER, plan.readers)):
            if arns:
                yield Wanted(f"{MAPPINGS}/{name}", mapping(arns), "*")
    for path, body in templates.items():
        kind = path.partition("/")[0].strip("_")
        yield Wanted(path, body, f"{kind}s.{kind}")


def _document(target: Target, wanted: Wanted, write: bool) -> Done:
    status, answer = target.call("GET", wanted.path)
    there = _found("GET", wanted.path, status, answer)
    if there and holds(_inner(answer, wanted.within), wanted.body):
        return Done(wanted.path, "same")
    if not write:
        return Done(wanted.path, "differs" if there else "missing")
    _accepted("PUT", wanted.path, *target.call("PUT", wanted.path, wanted.body))
    status, answer = target.call("GET", wanted.path)
    if status != 200 or not holds(_inner(answer, wanted.within), wanted.body):
        raise _unexpected("GET", wanted.path, status, answer)
    return Done(wanted.path, "changed" if there else "made")


def _retention(target: Target, keeping: Keeping, write: bool) -> Done:
    """The policy, and then that the indices that are there follow the new one."""
    path, body = f"{ISM}/policies/{POLICY}", retention(keeping)
    status, answer = target.call("GET", path)
    there = _found("GET", path, status, answer)
    if there and holds(answer, body):
        return Done(path, "same")
    if not write:
        return Done(path, "differs" if there else "missing")
    if not there:
        _accepted("PUT", path, *target.call("PUT", path, body))
        return Done(path, "made")
    number, term = at(answer, "_seq_no"), at(answer, "_primary_term")
    seen = f"{path}?if_seq_no={number}&if_primary_term={term}"
    _accepted("PUT", path, *target.call("PUT", seen, body))
    follow = f"{ISM}/change_policy/{PREFIX}-*"
    status, answer = target.call("POST", follow, {"policy_id": POLICY})
    if status != 200 or at(answer, "failures") is not False:
        raise _unexpected("POST", follow, status, answer)
    return Done(path, "changed")


def _alias(target: Target, uid: int, write: bool) -> Done:
    """An index that a pipeline has made under the alias's name is an error: nothing rolls it."""
    name = alias(uid)
    status, answer = target.call("GET", f"_alias/{name}")
    if _found("GET", f"_alias/{name}", status, answer):
        return Done(f"_alias/{name}", "same")
    if not write:
        return Done(f"_alias/{name}", "missing")
    index, body = first_index(uid)
    _accepted("PUT", index, *target.call("PUT", index, body))
    return Done(f"_alias/{name}", "made")


def _dashboards(target: Target) -> Done:
    """Imported over what is there: an import says nothing of what was the same."""
    objects = saved_objects()
    status, answer = target.upload(IMPORT, "dashboards.ndjson", ndjson(objects))
    if status != 200 or not at(answer, "success") or at(answer, "successCount") != len(objects):
        raise _unexpected("POST", IMPORT, status, answer)
    return Done(f"{len(objects)} saved objects of dashboards", "changed")


def _found(method: str, path: str, status: int, answer: Tree) -> bool:
    if status not in (200, 404):
        raise _unexpected(method, path, status, answer)
    return status == 200


def _accepted(method: str, path: str, status: int, answer: Tree) -> None:
    if status not in (200, 201):
        raise _unexpected(method, path, status, answer)


def _inner(answer: Tree, within: str) -> Tree:
    if within == "*":
        values = list(answer.values())
        return branch({"one": values[0]}, "one") if len(values) == 1 else {}
    outer, _, inner = within.partition(".")
    listed = items(answer, outer)
    return branch(listed[0], inner) if len(listed) == 1 else {}


def _unexpected(method: str, path: str, status: int, answer: Tree) -> NotAsDocumented:
    return NotAsDocumented(
        f"{method} {path}: {status}: {str(dict(answer))[:300]}",
        "see what the target says; run the command again when that is mended: it goes on from here",
    )
