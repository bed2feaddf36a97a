"""A rule in Sigma as a test of an event. pySigma reads the rule; what it found is compiled here.

Source: Sigma specification 2.1, rules, modifiers and correlation rules; pySigma's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml
from sigma.collection import SigmaCollection
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionItem,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationRule,
    SigmaCorrelationType,
)
from sigma.correlations import SigmaCorrelationConditionOperator as Operator
from sigma.exceptions import SigmaConditionError, SigmaError
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaType,
    SpecialChars,
)

from orchestrator.errors import Problem
from orchestrator.logs.json_path import Tree, strings
from orchestrator.logs.rules.record import FIELDS, as_word, values

Test = Callable[[Tree], bool]
Word = Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class Count:
    """How many events make a match: `least` of a group within a time; of `distinct`, its values."""

    least: int
    within: timedelta
    group: tuple[str, ...]
    distinct: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, and what it is told by in findings. `calls` are names of the only calls it can match;
    () where it may match any.
    """

    uid: str
    title: str
    description: str
    level: str
    tags: tuple[str, ...]
    file: str
    test: Test
    calls: tuple[str, ...]
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The rules of files, and what is wrong with the others."""

    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]


class Unsupported(ValueError):
    """A rule asks for what cannot be asked here. `word` stands in the line that does."""

    def __init__(self, what: str, fix: str, word: str = "") -> None:
        super().__init__(what)
        self.what, self.fix, self.word = what, fix, word


def read(files: Mapping[Path, str]) -> Read:
    """Every rule of the files, by their texts. One that cannot be compiled stops no other."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    for file, text in files.items():
        try:
            rules += _rules(file, text)
        except Unsupported as error:
            line = _line(text, error.word)
            problems.append(Problem(file, line, error.word, error.what, error.fix))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            problems.append(Problem(file, line, "", "is not YAML", "see the line"))
        except (SigmaError, ValueError, TypeError, KeyError, AttributeError) as error:
            what = " ".join(str(error).split()) or type(error).__name__
            line = _line(
                text, "condition:" if isinstance(error, SigmaConditionError) else "detection:"
            )
            fix = "write it as the Sigma specification says"
            problems.append(Problem(file, line, "", f"is no rule of Sigma: {what}", fix))
    return Read(tuple(rules), tuple(problems))


def _line(text: str, word: str) -> int:
    found = (n for n, line in enumerate(text.splitlines(), 1) if word and word in line)
    return next(found, 1)


def _rules(file: Path, text: str) -> list[Rule]:
    collection = SigmaCollection.from_yaml(text)
    if not collection.rules:
        raise Unsupported("has no rule", "write one, or take the file away")
    named: dict[str, Rule] = {}
    found: list[Rule] = []
    silent: set[str] = set()
    for each in collection.rules:
        if isinstance(each, SigmaRule):
            rule = _plain(file, each)
            named |= {key: rule for key in (str(each.id), each.name or "") if key}
            found.append(rule)
        elif isinstance(each, SigmaCorrelationRule):
            of = [named.get(str(r.reference)) for r in each.rules or ()]
            rules = [rule for rule in of if rule is not None]
            if len(rules) != len(of):
                raise Unsupported(
                    "correlates a rule that is not in the same file", "put both into one file"
                )
            found.append(_counted(file, each, rules))
            silent |= set() if each.generate else {rule.uid for rule in rules}
        else:
            raise Unsupported("is a filter", "put the condition into the rule itself")
    return [rule for rule in found if rule.uid not in silent]


def _plain(file: Path, rule: SigmaRule) -> Rule:
    source = rule.logsource
    if (source.product, source.service) != ("aws", "cloudtrail"):
        raise Unsupported(
            "is not about CloudTrail",
            "only rules with 'product: aws' and 'service: cloudtrail' can be asked",
            "logsource:",
        )
    tests: list[Test] = []
    calls: list[frozenset[str] | None] = []
    for condition in rule.detection.parsed_condition:
        tree = condition.parse()
        tests.append(_test(tree))
        calls.append(_calls(tree))
    return Rule(
        str(rule.id) if rule.id else _no_id(),
        rule.title,
        " ".join((rule.description or rule.title).split()),
        str(rule.level.name).lower() if rule.level else "medium",
        tuple(str(tag) for tag in rule.tags),
        file.name,
        lambda record: any(test(record) for test in tests),
        _union(calls),
    )


def _no_id() -> str:
    raise Unsupported("has no id", "give it a UUID as 'id': findings are known by it", "title:")


UPWARDS = (Operator.GTE, Operator.GT)


def _counted(file: Path, rule: SigmaCorrelationRule, rules: list[Rule]) -> Rule:
    kinds = (SigmaCorrelationType.EVENT_COUNT, SigmaCorrelationType.VALUE_COUNT)
    if rule.type not in kinds:
        raise Unsupported(
            f"correlates by {str(rule.type.name).lower()}",
            "count with event_count or value_count",
            "type:",
        )
    condition = rule.condition
    if not isinstance(condition, SigmaCorrelationCondition) or condition.op not in (
        Operator.GTE,
        Operator.GT,
    ):
        raise Unsupported("counts up to a number", "count from one: 'gte' or 'gt'", "condition:")
    least = int(condition.count) + (condition.op is Operator.GT)
    group = tuple(rule.group_by or ())
    distinct = ""
    if rule.type is SigmaCorrelationType.VALUE_COUNT:
        named = condition.fieldref
        distinct = named if isinstance(named, str) else (named or [""])[0]
    for field in (*group, distinct):
        if field:
            _known(field)
    calls = [frozenset(each.calls) or None for each in rules]
    return Rule(
        str(rule.id) if rule.id else _no_id(),
        rule.title,
        " ".join((rule.description or rule.title).split()),
        str(rule.level.name).lower() if rule.level else "medium",
        tuple(str(tag) for tag in rule.tags),
        file.name,
        lambda record: any(each.test(record) for each in rules),
        _union(calls),
        Count(least, timedelta(seconds=rule.timespan.seconds), group, distinct),
    )


def _union(calls: list[frozenset[str] | None]) -> tuple[str, ...]:
    found: set[str] = set()
    for each in calls:
        if each is None:
            return ()
        found |= each
    return tuple(sorted(found))


Node = (
    ConditionItem
    | ConditionFieldEqualsValueExpression
    | ConditionValueExpression
    | ConditionAND
    | ConditionOR
    | ConditionNOT
)


def _test(node: object) -> Test:
    match node:
        case ConditionAND(args=args):
            every = [_test(each) for each in args]
            return lambda record: all(test(record) for test in every)
        case ConditionOR(args=args):
            some = [_test(each) for each in args]
            return lambda record: any(test(record) for test in some)
        case ConditionNOT(args=[inner]):
            test = _test(inner)
            return lambda record: not test(record)
        case ConditionFieldEqualsValueExpression(field=field, value=value):
            return _field(field, value)
        case ConditionValueExpression(value=value):
            word = _word(value, inside=True)
            return lambda record: any(word(each) for each in strings(record))
    raise Unsupported(f"has a condition of a kind that is not known: {type(node).__name__}", "")


def _known(field: str) -> None:
    first = field.partition(".")[0]
    if first not in FIELDS:
        raise Unsupported(
            f"asks for a field '{field}' that CloudTrail's records do not have",
            "name it as the record does, such as requestParameters.bucketName",
            field,
        )


def _field(field: str, value: SigmaType) -> Test:
    _known(field)
    match value:
        case SigmaNull():
            return lambda record: all(each is None for each in values(record, field))
        case SigmaExists():
            wanted = bool(value)
            return lambda record: any(True for _ in values(record, field)) == wanted
        case SigmaFieldReference(field=other):
            _known(other)
            return lambda record: (
                not {as_word(v) for v in values(record, field)}.isdisjoint(
                    as_word(v) for v in values(record, other)
                )
            )
    word = _word(value)
    return lambda record: any(word(each) for each in values(record, field))


def _word(value: SigmaType, *, inside: bool = False) -> Word:  # a line a type
    """The test of one value. `inside`: a keyword, which may stand anywhere in a text."""
    match value:
        case SigmaString():
            case = 0 if isinstance(value, SigmaCasedString) else re.IGNORECASE
            pattern = re.compile(_pattern(value), case | re.DOTALL)
            look = pattern.search if inside else pattern.fullmatch
            return lambda each: each is not None and look(as_word(each)) is not None
        case SigmaBool() | SigmaNumber():
            text = str(value).lower()
            return lambda each: as_word(each).lower() == text
        case SigmaRegularExpression():
            flags = re.IGNORECASE if "IGNORECASE" in {flag.name for flag in value.flags} else 0
            expression = re.compile(str(value.regexp), flags)
            return lambda each: each is not None and expression.search(as_word(each)) is not None
        case SigmaCIDRExpression(network=network):
            return lambda each: _inside(as_word(each), network)
        case SigmaCompareExpression():
            return _compared(value)
        case SigmaExpansion(values=options):
            words = [_word(option, inside=inside) for option in options]
            return lambda each: any(word(each) for word in words)
    raise Unsupported(f"compares with {type(value).__name__}", "use strings, numbers, re or cidr")


def _inside(address: str, network: object) -> bool:
    from ipaddress import IPv4Network, IPv6Network, ip_address  # noqa: PLC0415

    try:
        return isinstance(network, IPv4Network | IPv6Network) and ip_address(address) in network
    except ValueError:
        return False


SIGNS = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "NEQ": "!="}


def _compared(value: SigmaCompareExpression) -> Word:
    limit, sign = float(str(value.number)), SIGNS[value.op.name]

    def holds(each: object) -> bool:
        try:
            number = float(as_word(each))
        except ValueError:
            return False
        signs: Mapping[object, bool] = {
            "<": number < limit,
            "<=": number <= limit,
            ">": number > limit,
            ">=": number >= limit,
            "!=": number != limit,
        }
        return signs[sign]

    return holds


def _pattern(value: SigmaString) -> str:
    parts: list[str] = []
    for part in value.s:
        if isinstance(part, str):
            parts.append(re.escape(part))
        elif part is SpecialChars.WILDCARD_MULTI:
            parts.append(".*")
        elif part is SpecialChars.WILDCARD_SINGLE:
            parts.append(".")
        else:
            raise Unsupported("has a placeholder", "write the value in its place")
    return "".join(parts)


NAME = re.compile(r"[A-Z][A-Za-z0-9]*")


def _calls(node: object) -> frozenset[str] | None:
    """The only names of calls for which the condition can be true; None where it may be any."""
    match node:
        case ConditionAND(args=args):
            sets = [each for arg in args if (each := _calls(arg)) is not None]
            return min(sets, key=len) if sets else None
        case ConditionOR(args=args):
            return _together([_calls(arg) for arg in args])
        case ConditionFieldEqualsValueExpression(field="eventName", value=value):
            options = value.values if isinstance(value, SigmaExpansion) else [value]
            return _together([_name(option) for option in options])
    return None


def _together(sets: list[frozenset[str] | None]) -> frozenset[str] | None:
    known = [each for each in sets if each is not None]
    return frozenset().union(*known) if len(known) == len(sets) else None


def _name(value: object) -> frozenset[str] | None:
    if not isinstance(value, SigmaString) or not NAME.fullmatch(str(value)):
        return None
    return frozenset({str(value)})
