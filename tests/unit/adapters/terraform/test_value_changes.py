from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.adapters.terraform.value_changes import LONGEST, MOST, value_changes
from orchestrator.model.plan import SENSITIVE, UNKNOWN


def shown(before: Any, after: Any, **marks: Any) -> list[tuple[str, str, str]]:
    """Path, before and after of what differs in the attribute `x`."""
    change = {
        "before": {"x": before},
        "after": {"x": after},
        **{name: {"x": mark} for name, mark in marks.items()},
    }
    return [(v.path, v.before, v.after) for v in value_changes(["x"], change)[0]]


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
WRITE = {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "*"}


def test_a_value_is_shown_before_and_after() -> None:
    assert shown(30, 90) == [("x", "30", "90")]
    assert shown(None, "a") == [("x", "", '"a"')]
    assert shown(False, None) == [("x", "false", "")]
    assert shown({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": []}) == [
        ("x.b", "2", "3"),
        ("x.c", "", "[]"),
    ]


def test_what_comes_or_goes_as_a_whole_shows_what_is_in_it() -> None:
    assert shown(None, {"a": 1, "b": {"c": "d"}}) == [("x.a", "", "1"), ("x.b.c", "", '"d"')]
    assert shown([{"name": "a", "n": 1}], []) == [("x[a].n", "1", ""), ("x[a].name", '"a"', "")]


def test_of_a_policy_the_statements_that_differ_are_shown() -> None:
    narrowed = {**READ, "Action": ["s3:GetObject", "s3:GetObjectVersion"]}

    assert shown(policy(READ, WRITE), policy(WRITE, narrowed)) == [
        ("x.Statement[Read].Action", "", '"s3:GetObjectVersion"')
    ]
    assert shown(policy(READ), policy(READ, WRITE)) == [
        ("x.Statement[Write].Action", "", '"s3:PutObject"'),
        ("x.Statement[Write].Effect", "", '"Allow"'),
        ("x.Statement[Write].Resource", "", '"*"'),
        ("x.Statement[Write].Sid", "", '"Write"'),
    ]


def test_statements_without_names_are_told_apart_by_what_they_say() -> None:
    bare = [{key: value for key, value in each.items() if key != "Sid"} for each in (READ, WRITE)]
    changed = {**bare[1], "Resource": "arn:aws:s3:::logs/*"}

    assert shown(policy(*bare), policy(bare[0], changed)) == [
        ("x.Statement[1].Resource", '"*"', '"arn:aws:s3:::logs/*"')
    ]


def test_of_a_list_the_members_that_come_and_go_are_shown_whatever_their_order() -> None:
    assert shown(["a", "b", "c"], ["c", "d", "a"]) == [("x", '"b"', ""), ("x", "", '"d"')]
    assert shown(["a", "b"], ["b", "a"]) == [("x", '["a", "b"]', '["b", "a"]')]


def test_of_a_text_the_lines_that_differ_are_shown() -> None:
    assert shown("a\nb\nc", "a\nB\nc\nd") == [
        ("x:2", '"b"', ""),
        ("x:2", "", '"B"'),
        ("x:4", "", '"d"'),
    ]


def test_what_is_known_only_afterwards_is_said_so() -> None:
    assert shown("arn", None, after_unknown=True) == [("x", '"arn"', UNKNOWN)]
    assert shown({"a": 1}, {"a": 1}, after_unknown={"b": True}) == [("x.b", "", UNKNOWN)]


def test_what_terraform_marks_as_sensitive_is_masked_on_both_sides() -> None:
    for marks in ({"before_sensitive": True}, {"after_sensitive": True}):
        assert shown("old", "new", **marks) == [("x", SENSITIVE, SENSITIVE)]
    assert shown({"a": "s", "b": 1}, {"a": "t", "b": 2}, after_sensitive={"a": True}) == [
        ("x.a", SENSITIVE, SENSITIVE),
        ("x.b", "1", "2"),
    ]
    assert shown(None, None, after_sensitive=True, after_unknown=True) == [("x", "", SENSITIVE)]


def test_a_list_with_a_mark_in_it_is_compared_by_place() -> None:
    marks = [{"secret": True}, {}]
    assert shown(
        [{"name": "a", "secret": "s"}, {"name": "b"}],
        [{"name": "a", "secret": "t"}, {"name": "c"}],
        before_sensitive=marks,
        after_sensitive=marks,
    ) == [("x[0].secret", SENSITIVE, SENSITIVE), ("x[1].name", '"b"', '"c"')]


def test_what_is_long_is_cut_and_what_is_much_is_counted() -> None:
    ((_, before, _),) = shown("a" * 1000, "b")
    assert len(before) == LONGEST + 1

    many: Any = {"before": {"x": {}}, "after": {"x": {str(n): n for n in range(100)}}}
    values, more = value_changes(["x"], many)
    assert (len(values), more) == (MOST, 100 - MOST)


SECRET = "s3cr3t-v4lu3"
"""In no other value."""
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | st.sampled_from(["a", "b", "", "x\ny"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["Sid", "name", "a", "b", "Action"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def hidden(tree: Any, draw: Any) -> tuple[Any, Any]:
    """The tree with secrets in some places, and Terraform's marks of these places."""
    kind = draw(st.sampled_from(["leave", "leave", "hide", "text"]))
    if kind == "hide":
        return draw(st.sampled_from([SECRET, {"k": SECRET}, [SECRET, SECRET]])), True
    if kind == "text":
        return json.dumps({"Statement": [{"Sid": "a", "Action": SECRET}]}), True
    if isinstance(tree, dict):
        pairs = {key: hidden(value, draw) for key, value in tree.items()}
        return (
            {key: value for key, (value, _) in pairs.items()},
            {key: mark for key, (_, mark) in pairs.items() if mark},
        )
    if isinstance(tree, list):
        each = [hidden(value, draw) for value in tree]
        return [value for value, _ in each], [mark or False for _, mark in each]
    return tree, False


@settings(max_examples=600)
@given(st.data(), TREES, TREES)
def test_no_value_that_is_marked_is_ever_shown(data: st.DataObject, old: Any, new: Any) -> None:
    before, before_marks = hidden(old, data.draw)
    after, after_marks = hidden(new, data.draw)

    found = shown(
        before,
        after,
        before_sensitive=before_marks,
        after_sensitive=after_marks,
        after_unknown=data.draw(st.sampled_from([False, True, {"a": True}, [True]])),
    )

    assert SECRET not in str(found)


@settings(max_examples=300)
@given(TREES, TREES)
def test_what_differs_is_never_passed_over_in_silence(old: Any, new: Any) -> None:
    def empty(tree: Any) -> bool:
        return tree in (None, [], {}) or (
            isinstance(tree, dict | list)
            and all(map(empty, tree.values() if isinstance(tree, dict) else tree))
        )

    if old != new and not (empty(old) and empty(new)):
        assert shown(old, new)
