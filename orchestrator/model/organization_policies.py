"""Policies of AWS Organizations for Security Hub: documents, attachments, what they come to.

Two types: SECURITYHUB_POLICY turns the unified Security Hub on and off, SECURITYHUB_CSPM_POLICY
governs Security Hub CSPM: where it is on, its standards, its controls and their parameters.
Source: AWS Organizations User Guide, "Security Hub policy syntax and examples" and "Security Hub
CSPM policy syntax and examples"; API Reference, PolicyType.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from orchestrator.model.policy_inheritance import ASSIGN, Document


class PolicyType(StrEnum):
    CSPM = "SECURITYHUB_CSPM_POLICY"
    HUB = "SECURITYHUB_POLICY"


HUB, CSPM = "securityhub", "securityhub_cspm"
ENABLEMENT, ENABLE, DISABLE = "cspm_enablement", "enable_in_regions", "disable_in_regions"
CONFIGURATION, DEFAULT = "cspm_configuration", "default"
STANDARDS, OFF, PARAMETERS = "enabled_standards", "disabled_controls", "control_parameters"
"""That `cspm_enablement` has the two lists is AWS's word, and so is that a default configuration
has standards, controls and parameters. By which keys it has them we have not seen written down:
CSPM, CONFIGURATION, DEFAULT, STANDARDS, OFF and PARAMETERS are assumed. Organizations checks a
document when a policy is made of it, which is before anything is attached or detached.
"""

FILE = "organization_policies.json"
"""In the rendered folder of the stack that has them."""

ALL_SUPPORTED = "ALL_SUPPORTED"

MOST_CHARACTERS, MOST_POLICIES, MOST_ATTACHED = 10_000, 1_000, 10
"""Of a document, of a type in an organization, of a type at an entity.
Source: AWS Organizations User Guide, "Quotas and service limits for AWS Organizations".
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """A document under a name. Never changed: another document has another name."""

    name: str
    type: PolicyType
    content: str

    @staticmethod
    def of(name: str, kind: PolicyType, document: Document) -> Policy:
        content = json.dumps(document, separators=(",", ":"), sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()[:8]
        return Policy(f"{PREFIXES[kind]}{name}-{digest}", kind, content)

    @property
    def label(self) -> str:
        """What it is called whatever it says."""
        return self.name.rpartition("-")[0]

    @property
    def document(self) -> Any:
        return json.loads(self.content)


PREFIXES: Mapping[PolicyType, str] = {
    PolicyType.CSPM: "orchestrator-cspm-",
    PolicyType.HUB: "orchestrator-hub-",
}
"""How the names of policies begin that are ours; others are left alone."""


@dataclass(frozen=True, slots=True, order=True)
class Attachment:
    """A policy at a root, an OU or an account."""

    target: str
    policy: str


@dataclass(frozen=True, slots=True)
class Unified:
    """Who administers the unified hub, and which regions' findings come to its home region."""

    administrator: str
    home: str
    linked: tuple[str, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        return (self.home, *self.linked)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """All policies of these types, and where they are. Of a target, in the order attached."""

    policies: tuple[Policy, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unified: Unified | None = None

    def named(self) -> Mapping[str, Policy]:
        return {policy.name: policy for policy in self.policies}

    def at(self, target: str, kind: PolicyType) -> tuple[Policy, ...]:
        known = self.named()
        held = (known[a.policy] for a in self.attachments if a.target == target)
        return tuple(policy for policy in held if policy.type is kind)

    def levels(self, path: Iterable[str], kind: PolicyType) -> list[list[Document]]:
        """The documents on the way from the root, as `effective` takes them."""
        return [[policy.document for policy in self.at(target, kind)] for target in path]

    @property
    def types(self) -> tuple[PolicyType, ...]:
        return tuple(sorted({policy.type for policy in self.policies}))


def to_json(policies: PolicySet) -> str:
    """As it is rendered, with the documents readable."""
    named = {p.name: {"type": p.type, "document": p.document} for p in policies.policies}
    placed = [{"target": a.target, "policy": a.policy} for a in policies.attachments]
    document: dict[str, object] = {"version": 1, "policies": named, "attachments": placed}
    if unified := policies.unified:
        document["unified"] = {
            "administrator": unified.administrator,
            "home": unified.home,
            "linked": list(unified.linked),
        }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def from_json(text: str) -> PolicySet:
    """Raises ValueError, KeyError or TypeError for anything that `to_json` has not written."""
    if not text:
        return PolicySet()
    document = json.loads(text)
    if document["version"] != 1:
        raise ValueError(f"version {document['version']} is not known here")
    policies = tuple(
        Policy(
            name,
            PolicyType(said["type"]),
            json.dumps(said["document"], separators=(",", ":"), sort_keys=True),
        )
        for name, said in document["policies"].items()
    )
    placed = document["attachments"]
    said = document.get("unified")
    unified = said and Unified(said["administrator"], said["home"], tuple(said["linked"]))
    return PolicySet(policies, tuple(Attachment(a["target"], a["policy"]) for a in placed), unified)


@dataclass(frozen=True, slots=True)
class HubSettings:
    """What an account or OU is to have, or has, in every region that a policy governs."""

    on: frozenset[str] = frozenset()
    """Regions in which Security Hub is enabled."""
    off: frozenset[str] = frozenset()
    """Regions in which it is disabled. What is in neither is not governed."""
    standards: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    """Controls."""
    parameters: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def governs(self, region: str) -> bool | None:
        """Whether it is on there; None where a policy says nothing. `off` has the last word."""
        if region in self.off or ALL_SUPPORTED in self.off:
            return False
        return True if region in self.on or ALL_SUPPORTED in self.on else None


def _regions(settings: HubSettings) -> dict[str, object]:
    return {
        ENABLE: {ASSIGN: sorted(settings.on)},
        DISABLE: {ASSIGN: sorted(settings.off)},
    }


def hub_document(settings: HubSettings) -> Document:
    return {HUB: _regions(settings)}


def cspm_document(settings: HubSettings) -> Document:
    """Whole, so that it says the same wherever it is attached; without a configuration where
    Security Hub is on nowhere.
    """
    configured: dict[str, object] = {ENABLEMENT: _regions(settings)}
    if settings.on:
        configured[CONFIGURATION] = {
            DEFAULT: {
                STANDARDS: {ASSIGN: sorted(settings.standards)},
                OFF: {ASSIGN: sorted(settings.disabled)},
                PARAMETERS: {
                    control: {name: {ASSIGN: value} for name, value in sorted(given.items())}
                    for control, given in sorted(settings.parameters.items())
                },
            }
        }
    return {CSPM: configured}


def settings_of(document: Document, region: str = "") -> HubSettings:
    """What an effective document says, with the override of `region` where it has one.

    An override replaces the default configuration; it is not merged with it.
    Source: AWS Security Hub User Guide, "How declarative policies work in Security Hub CSPM".
    """
    whole: Any = document
    if HUB in whole:
        return HubSettings(*_lists(whole[HUB]))
    governed = whole.get(CSPM, {})
    on, off = _lists(governed.get(ENABLEMENT, {}))
    if not on:
        return HubSettings(off=off)  # what a parent has configured says nothing then
    configurations = governed.get(CONFIGURATION, {})
    said = configurations.get(region) or configurations.get(DEFAULT) or {}
    return HubSettings(
        on,
        off,
        frozenset(said.get(STANDARDS) or ()),
        frozenset(said.get(OFF) or ()),
        said.get(PARAMETERS) or {},
    )


def _lists(said: Any) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(said.get(ENABLE) or ()), frozenset(said.get(DISABLE) or ())


DOCUMENTS = {PolicyType.CSPM: cspm_document, PolicyType.HUB: hub_document}


def losses(before: HubSettings | None, after: HubSettings, regions: Sequence[str]) -> list[str]:
    """What is covered before and not after, or reset, as 'region: what'; nothing if it was never.

    A policy governs a region completely: a standard it does not name is disabled, and a parameter
    it does not name gets its default value back.
    Source: AWS Security Hub User Guide, "Reviewing a declarative policy's impact before you apply
    it in Security Hub CSPM".
    """
    found: list[str] = []
    for region in regions:
        if before is None or not before.governs(region) or after.governs(region) is None:
            continue
        if after.governs(region) is False:
            found.append(f"{region}: Security Hub is disabled")
            continue
        gone = sorted(before.standards - after.standards)
        found += [f"{region}: standard {each} is disabled" for each in gone]
        newly = sorted(after.disabled - before.disabled)
        found += [f"{region}: control {each} is disabled" for each in newly]
        found += [f"{region}: {each} is reset" for each in _reset(before, after)]
    return found


def _reset(before: HubSettings, after: HubSettings) -> list[str]:
    return [
        f"parameter {name} of {control}"
        for control, given in sorted(before.parameters.items())
        for name in sorted(given)
        if name not in after.parameters.get(control, {})
    ]
