"""What a layer may not say: keys locked further out, and controls decided elsewhere.

A locked key is set by the layer that locks it, or further out, and nowhere else. A control is
decided once, in the file of its service, under the name Security Hub gives it. And not at all once
Security Hub has given it up: it sends no finding of it any more, and AWS refuses a configuration
policy that names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from orchestrator.config import messages
from orchestrator.config.build import hub_controls
from orchestrator.config.checks.references import control_decisions, control_fix, names_nothing
from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.layers import DEPTH, Sources, leaves, settings_of, split
from orchestrator.config.messages import SERVICES, choose, choose_or
from orchestrator.errors import Problem
from orchestrator.model.answered import ANSWERED, LONGEST_LOOK, answered
from orchestrator.model.facts import Mode
from orchestrator.model.hub_controls import came_along, listed
from orchestrator.model.retired import retired
from orchestrator.model.settings import DecisionKind, Settings, Standard, days

SPELLING = {service.lower(): service for service in SERVICES}


def check_controls(sources: Sources) -> Iterator[Problem]:
    """Controls decided twice, in the wrong file, misspelled, or given up by AWS."""
    first: dict[str, Document] = {}
    for document in sources.controls:
        for name in document.mapping("controls"):
            yield from _spelling(document, name)
            yield from _retired(document, name)
            other = first.setdefault(name.lower(), document)
            if other is not document:
                what = f"the control '{name}' is decided in {other.file} already"
                yield _problem(document, name, what, "remove one of the two")


@cache
def _written() -> Mapping[str, str]:
    """How Security Hub writes the ids that it lists, by what they are in small letters."""
    return {each.lower(): each for each in came_along()}


def _spelling(document: Document, name: str) -> Iterator[Problem]:
    written = _written().get(name.lower(), name)
    if written != name:
        fix = f"write '{written}'"
        yield _problem(document, name, f"Security Hub does not write '{name}'", fix)
        return
    service, dot, number = name.partition(".")
    right = SPELLING.get(service.lower())
    if not dot:
        return
    if right is None:
        fix = choose_or(service, SERVICES, "add it to orchestrator/config/messages.py")
        yield _problem(document, name, f"Security Hub has no service '{service}'", fix)
    elif right != service and name not in came_along():
        fix = f"write '{right}.{number}'"
        yield _problem(document, name, f"Security Hub does not write '{name}'", fix)
    if document.file.stem != service.lower():
        fix = f"move it to {document.file.with_name(service.lower())}.yaml"
        yield _problem(document, name, f"the control '{name}' is in the wrong file", fix)


def _retired(document: Document, name: str) -> Iterator[Problem]:
    if given_up := retired(name):
        what = f"Security Hub has no control '{name}' any more: {given_up}"
        yield _problem(document, name, what, f"remove it: {given_up.instead}")


def _problem(document: Document, name: str, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(("controls", name)), "controls", what, fix)


def check_remediations(sources: Sources) -> Iterator[Problem]:
    """`force` and `runbook` where nothing is fixed, and decisions by tag that nothing can keep."""
    for document, path in control_decisions(sources):
        yield from _without_effect(document, path)
        yield from _conditions(document, path)
        yield from _by_tag(document, path)


def _without_effect(document: Document, path: KeyPath) -> Iterator[Problem]:
    rules = document.mapping(*path, "by_tag")
    kinds = {document.text(*path, "by_tag", name, "decision") for name in rules}
    if "remediate" in kinds | {document.text(*path, "decision")}:
        return
    for key in ("force", "runbook", "when", "after"):
        if document.at(*path, key):
            what = "has no effect: nothing here is decided 'remediate'"
            yield _remediation_problem(
                document, (*path, key), what, f"remove '{key}', or decide to remediate"
            )


def _conditions(document: Document, path: KeyPath) -> Iterator[Problem]:
    """Logs that are asked must be those that can answer, and must reach back as far."""
    here = (*path, "when", "unused_for")
    said = document.text(*here)
    if said is None:
        return
    control = path[-1]
    if not answered(str(control)):
        what = f"no log tells who uses what fails {control}"
        yield _remediation_problem(
            document, (*path, "when"), what, f"remove 'when'; logs tell of {', '.join(ANSWERED)}"
        )
    elif days(said) > LONGEST_LOOK:
        what = f"logs are asked for {LONGEST_LOOK} days at most, not for '{said}'"
        yield _remediation_problem(document, here, what, f"write {LONGEST_LOOK}d or less")


def _by_tag(document: Document, path: KeyPath) -> Iterator[Problem]:
    for name in document.mapping(*path, "by_tag"):
        here = (*path, "by_tag", name)
        if document.text(*path, "decision") == "disable":
            what = "has no effect: a control that is off finds nothing"
            yield _remediation_problem(document, here, what, "remove it, or decide to detect")
        elif document.text(*here, "decision") == "disable":
            what = "Security Hub cannot turn a control off for resources with certain tags"
            fix = "use 'detect', or an exception in exceptions.yaml"
            yield _remediation_problem(document, (*here, "decision"), what, fix)


def _remediation_problem(document: Document, path: KeyPath, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(path), dotted(path), what, fix)


REFRESH = "run `orchestrator controls refresh`, which asks Security Hub"


def check_hub_controls(sources: Sources) -> Iterator[Problem]:
    """With local configuration a control is turned off in each standard that has it.

    Naming it to a standard that has it not is an error of Security Hub's; not naming it to one
    that has it leaves it on. So both, controls and standards, must be known.
    """
    own, organization = sources.hub_controls, sources.organization
    if organization is None or (own and not sources.sound(own)):
        return
    if organization.text("organization", "security_hub", "mode") != Mode.LOCAL:
        return
    known = hub_controls(sources)
    off = [
        (document, path)
        for document, path in control_decisions(sources)
        if document.text(*path, "decision") == DecisionKind.DISABLE
    ]
    for document, path in off:
        if path[-1] not in known:
            what = f"which standards have {path[-1]} is not known, so it cannot be turned off"
            yield Problem(document.file, document.line(path), dotted(path), what, REFRESH)
    for document in sources.layers() if off else ():
        for name, on in document.mapping("security_hub", "standards").items():
            if on and name in set(Standard) - listed(known):
                here = ("security_hub", "standards", name)
                what = "which controls it has is not known, so none can be turned off in it"
                yield Problem(document.file, document.line(here), dotted(here), what, REFRESH)


SCOPES = ("accounts", "resources", "tags")


def check_exceptions(sources: Sources) -> Iterator[Problem]:
    """Exceptions from unknown controls, for unknown accounts, or for everything there is."""
    document = sources.exceptions
    if document is None:
        return
    accounts = [account.name for account in sources.accounts]
    for name in document.mapping("exceptions"):
        path = ("exceptions", name)
        yield from _control(document, path, sources)
        for index, pattern in document.texts(*path, "accounts"):
            yield from names_nothing(document, (*path, "accounts", index), pattern, accounts)
        if not any(document.at(*path, scope) for scope in SCOPES):
            what = "would leave every resource of every account alone"
            fix = "name accounts, resources or tags; or decide to disable the control"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)


def _control(document: Document, path: KeyPath, sources: Sources) -> Iterator[Problem]:
    here = (*path, "control")
    control, known = document.text(*here), sources.control_names
    if control is not None and known is not None and control not in known:
        fix = control_fix(control, known, sources)
        what = f"unknown control '{control}'"
        yield Problem(document.file, document.line(here), dotted(here), what, fix)


@dataclass(frozen=True, slots=True)
class Lock:
    """A key that is locked for the layers further in, and where that is written."""

    path: KeyPath
    key: str
    reason: str
    document: Document

    @property
    def where(self) -> str:
        return f"{self.document.file}:{self.document.line(('locked', self.key))}"

    def forbids(self, path: KeyPath, value: Json) -> bool:
        """Whether setting `path` would change what is locked; taking back what holds it would."""
        if path[: len(self.path)] == self.path:
            return True
        return value is None and self.path[: len(path)] == path


def check_locks(sources: Sources) -> Iterator[Problem]:
    """Locks of keys that do not exist, and locked keys that are set all the same."""
    for unit in sources.units:
        if unit.document:
            yield from _strange_locks(unit.document)
            yield from _broken_locks(unit.layer.documents)
    for account in sources.accounts:
        if account.document:
            yield from _broken_locks(account.layer.documents)


def _strange_locks(document: Document) -> Iterator[Problem]:
    for key in document.mapping("locked"):
        path = split(key)
        line = document.line(("locked", key))
        if not path:
            fix = choose(key, messages.all_keys(Settings))
            yield Problem(document.file, line, "locked", f"unknown key '{key}'", fix)
        elif _is_inside_an_entry(path):
            what, fix = f"'{key}' is a part of an entry", "lock the whole entry"
            yield Problem(document.file, line, "locked", what, fix)


def _is_inside_an_entry(path: KeyPath) -> bool:
    depth = DEPTH
    for key in path[:-1]:
        if str(key) not in depth:
            return True
        depth = depth[str(key)]
    return False


def _broken_locks(documents: tuple[Document, ...]) -> Iterator[Problem]:
    """What the innermost of `documents` sets although one further out locks it."""
    *outer, document = documents
    locks = [lock for layer in outer for lock in _locks(layer)]
    told: set[KeyPath] = set()
    for path, value in leaves(settings_of(document)) if locks else ():
        lock = next((lock for lock in locks if lock.forbids(path, value)), None)
        if lock and lock.path not in told and value != {}:
            told.add(lock.path)
            what = f"is locked by {lock.where}: {lock.reason}"
            fix = f"remove the key here, or settle it with the owner of {lock.document.file}"
            yield Problem(document.file, document.line(path), lock.key, what, fix)


def _locks(document: Document) -> Iterator[Lock]:
    for key, reason in document.mapping("locked").items():
        if (path := split(key)) and isinstance(reason, str):
            yield Lock(path, key, reason, document)
