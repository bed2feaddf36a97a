"""What the remediation role of an account may do: exactly what its decisions need, and no more.

The permissions stand beside each remediation, where its code can be compared with them; here they
are put together for the controls that an account has decided to remediate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.errors import OrchestratorError
from orchestrator.findings.evidence.question import question_of
from orchestrator.findings.evidence.subject import READS
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.remediation import Permission, Remediation
from orchestrator.findings.root_cause import LOOKUP
from orchestrator.findings.sessions import runbook, suffix
from orchestrator.model.organization import Account
from orchestrator.model.settings import ControlDecision, DecisionKind

LONGEST = 6144
"""Characters of a managed policy. Source: IAM User Guide, "IAM and AWS STS quotas"."""
MOST = 10
"""Managed policies of a role, unless AWS has raised it. Source: the same."""
FRAME = len('{"Version":"2012-10-17","Statement":[]}')

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]
Grant = tuple[str, str, str]
"""An action, a resource, and a condition as JSON."""


class TooManyPermissions(OrchestratorError):
    """What an account has decided to remediate does not fit into a role."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An Allow."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions

    @property
    def length(self) -> int:
        """Of the statement in a policy, the comma behind it included."""
        document = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": self.actions,
            "Resource": self.resources,
            "Condition": self.conditions,
        }
        return len(json.dumps(document, separators=(",", ":"))) + 1


def policies(account: Account, role: str = "") -> tuple[tuple[Statement, ...], ...]:
    """The policies of one of the account's remediation roles, each short enough for IAM.

    `role` is '' for the first, '-2' for the second. Raises TooManyPermissions.
    """
    return pack(statements(_permissions(account, role), account.id), account.name)


def remediations(account: Account) -> tuple[Remediation, ...]:
    """Those that some decision of the account lets run, be it by itself or by hand."""
    wanted = {
        remediation.name: remediation
        for control, decision in sorted(account.decisions.items())
        if remediates(decision) and not decision.runbook
        if (remediation := BY_CONTROL.get(control.lower()))
    }
    return tuple(wanted.values())


def remediates(decision: ControlDecision) -> bool:
    """Whether it is decided to remediate, be it for some tags only."""
    kinds = (decision.decision, *(rule.decision for rule in decision.by_tag.values()))
    return DecisionKind.REMEDIATE in kinds


def _permissions(account: Account, role: str) -> tuple[Permission, ...]:
    """Runbooks, and asking who it was, are the first role's."""
    all_of = [(*remediation.reads, *remediation.writes) for remediation in remediations(account)]
    all_of += [(each,) for each in _looks(account)]
    needed = tuple(p for each in all_of if suffix(each) == role for p in each)
    if role:
        return needed
    runbooks = tuple(
        permission
        for decision in account.decisions.values()
        if decision.runbook and remediates(decision)
        for permission in runbook(decision.runbook, decision.parameters)
    )
    return (*needed, *runbooks, *([LOOKUP] if all_of or runbooks else []))


def _looks(account: Account) -> Iterator[Permission]:
    """What it takes to find what logs call a resource whose fix waits for disuse."""
    for control, decision in sorted(account.decisions.items()):
        question = question_of(control)
        if decision.when and remediates(decision) and question:
            yield from READS.get(question.kind, ())


def statements(permissions: Iterable[Permission], account_id: str) -> tuple[Statement, ...]:
    """As few statements as say the same, none of them wider than what it is made of.

    What is allowed on everything anyway is not said again for some resources.
    """
    grants = {grant for permission in permissions for grant in _grants(permission, account_id)}
    everywhere = {(action, condition) for action, what, condition in grants if what == "*"}
    needed = {
        grant
        for grant in grants
        if grant[1] == "*" or not everywhere.intersection({(grant[0], grant[2]), (grant[0], "{}")})
    }
    return _named(_merged(needed))


def _grants(permission: Permission, account_id: str) -> Iterable[Grant]:
    condition = json.dumps(_listed(permission.conditions, account_id), sort_keys=True)
    for action in permission.actions:
        for resource in permission.resources:
            yield action, _placed(resource, account_id), condition


def _listed(conditions: Mapping[str, Mapping[str, object]], account_id: str) -> object:
    """Every value as a list: Terraform wants one type."""
    return {
        operator: {key: _texts(value, account_id) for key, value in keys.items()}
        for operator, keys in conditions.items()
    }


def _texts(value: object, account_id: str) -> list[str]:
    values = list(value) if isinstance(value, list | tuple) else [value]
    return [_placed(_text(each), account_id) for each in values]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _placed(pattern: str, account_id: str) -> str:
    known = {"{partition}": "aws", "{account}": account_id, "{region}": "*"}
    for name, value in known.items():
        pattern = pattern.replace(name, value)
    return pattern


def _merged(grants: set[Grant]) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    """By what is done to the same resources on the same condition, a service at a time."""
    resources: dict[tuple[str, str], set[str]] = {}
    for action, resource, condition in grants:
        resources.setdefault((action, condition), set()).add(resource)
    actions: dict[tuple[str, tuple[str, ...], str], set[str]] = {}
    for (action, condition), found in resources.items():
        service = action.partition(":")[0]
        actions.setdefault((service, tuple(sorted(found)), condition), set()).add(action)
    merged = [
        (tuple(sorted(done)), where, condition) for (_, where, condition), done in actions.items()
    ]
    return sorted(merged)


def _named(
    merged: Iterable[tuple[tuple[str, ...], tuple[str, ...], str]],
) -> tuple[Statement, ...]:
    """The sid is the service, and a number: 'Ec2n1'. Letters and digits are all IAM takes."""
    numbers: dict[str, int] = {}
    made = []
    for actions, resources, condition in merged:
        service = actions[0].partition(":")[0].title().replace("-", "")
        numbers[service] = numbers.get(service, 0) + 1
        sid = f"{service}n{numbers[service]}"
        made.append(Statement(sid, actions, resources, json.loads(condition)))
    return tuple(made)


def pack(made: Iterable[Statement], account: str) -> tuple[tuple[Statement, ...], ...]:
    """In their order, a new policy where one is full: a decision more moves few statements.

    Raises TooManyPermissions.
    """
    packed: list[list[Statement]] = []
    room = 0
    for statement in made:
        if statement.length > room:
            packed.append([])
            room = LONGEST - FRAME
        packed[-1].append(statement)
        room -= statement.length
    if len(packed) > MOST:
        raise TooManyPermissions(
            f"{account}: the remediation role needs {len(packed)} policies, IAM allows {MOST}",
            "let fewer controls be remediated in this account",
        )
    return tuple(map(tuple, packed))
