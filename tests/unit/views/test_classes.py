from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from orchestrator.model.names import StackName
from orchestrator.model.plan import Action, Change, Plan, ValueChange, Verdict
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.views import run as view
from orchestrator.views.classes import classes
from orchestrator.views.markdown import code
from tests.builders import DIGEST, a_change, a_key, a_plan, an_account

BUCKET, ROLE = a_change(), a_change(address="aws_iam_role.reader")


def planned(number: int, *changes: Change, name: str = "", outputs: bool = False) -> StackResult:
    key = a_key(an_account(number, name or f"shop-{number}"))
    plan = replace(a_plan(*changes, key=key), outputs_change=outputs)
    return StackResult(key, Outcome.PLANNED, plan, verdict=Verdict(DIGEST))


def a_run(*results: StackResult, command: str = "plan") -> Run:
    return Run("r-1", command, "2026-06-01T00:00:00Z", 12.3, results)


def valued(acl: str) -> Change:
    return replace(BUCKET, normalized=(("acl", acl), ("name", "same")))


def many(count: int, *changes: Change) -> list[StackResult]:
    return [planned(number, *changes) for number in range(10, 10 + count)]


def test_plans_that_differ_in_ids_and_names_alone_are_one_class() -> None:
    def of(number: int, name: str) -> StackResult:
        role = f"arn:aws:iam::2{number:011}:role/{name}"
        return planned(number, a_change(address=f'aws_iam_role.this["{role}"]'), name=name)

    found = classes([of(10, "orders"), of(11, "web-prod")])

    assert [len(each.members) for each in found] == [2]
    assert found[0].changes[0].address == (
        'aws_iam_role.this["arn:aws:iam::ACCOUNT-ID:role/ACCOUNT"]'
    )


def test_an_account_called_like_a_resource_does_not_change_the_resource() -> None:
    found = classes([planned(10, ROLE, name="reader"), planned(11, ROLE)])

    assert found[0].changes == (ROLE,)
    assert len(found) == 1


def test_the_same_addresses_with_other_values_are_another_class() -> None:
    open_, closed = valued("open"), valued("closed")

    assert len(classes([planned(10, open_), planned(11, closed)])) == 2


def test_two_classes_that_differ_in_values_alone_do_not_look_the_same() -> None:
    odd = planned(700, valued("odd"))

    text = view.text(a_run(*many(6, valued("usual")), odd))

    assert "in shop-700\n    + aws_s3_bucket.logs, with other acl\n" in text


def test_what_only_changes_outputs_is_not_like_what_changes_nothing() -> None:
    found = classes([planned(10), planned(11, outputs=True)])

    assert sorted(each.headline for each in found) == ["", "only outputs change"]


def test_what_went_wrong_once_is_told_in_its_own_words() -> None:
    def failed(number: int) -> StackResult:
        key = a_key(an_account(number, f"shop-{number}"))
        return StackResult(key, Outcome.FAILED, reason=f"in shop-{number}")

    assert classes([failed(10)])[0].reasons == ("in shop-10",)
    assert classes([failed(10), failed(11)])[0].reasons == ("in ACCOUNT",)


def test_trouble_comes_first_and_then_the_largest_class() -> None:
    refused = replace(planned(30, ROLE), outcome=Outcome.REFUSED)
    denied = StackResult(a_key(an_account(31, "shut")), Outcome.DENIED, reason="no")

    found = classes([*many(3, BUCKET), *many(7, BUCKET, ROLE), refused, denied])

    assert [each.like.outcome for each in found[:2]] == [Outcome.DENIED, Outcome.REFUSED]
    assert [len(each.members) for each in found[2:]] == [7, 3]


def test_hundreds_of_plans_are_told_as_the_few_that_differ() -> None:
    likely = valued("usual")
    usual = [a_change(address=f"aws_x.n{n}") for n in range(12)]
    odd = planned(700, valued("odd"), ROLE, *usual, a_change(address="aws_x.y"))
    less = planned(701, *usual, likely)

    text = view.text(a_run(*many(478, likely, ROLE, *usual), odd, less))

    assert "478 account stacks  planned  14 create\n    in shop-10, shop-11, " in text
    assert "shop-14 and 473 more\n" in text
    assert "    as in 478 others, but\n" in text
    assert "    here + aws_s3_bucket.logs, with other acl\n" in text
    assert "    here + aws_x.y\n" in text
    assert "    not + aws_iam_role.reader\n" in text
    assert text.count("aws_x.n3\n") == 1
    assert "478 account stacks: the same 14 create; 2 differ\n" in text
    assert text.endswith("run r-1: 480 planned (12 s)")


def test_a_handful_of_stacks_is_told_one_by_one() -> None:
    text = view.text(a_run(*many(5, BUCKET)))

    assert text.count("+ aws_s3_bucket.logs") == 5


def test_an_apply_is_told_one_by_one_however_many_there_are() -> None:
    assert view.text(a_run(*many(9, BUCKET), command="apply")).count("shop-1") == 9


def test_stacks_of_different_kinds_are_never_alike() -> None:
    log = a_key(an_account(3, "log-archive"), StackName.LOG_ARCHIVE)
    other = StackResult(log, Outcome.PLANNED, a_plan(BUCKET, key=log))

    assert len(classes([planned(10, BUCKET), other])) == 2


HOSTILE = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            *("<img src=x onerror=y>", "**bold**", "[a](https://example.com)", "`", "``x``", "a`b"),
            *("@everyone", "|", "</details>", "\n# heading", "- item", "\u202egnp", "&lt;b&gt;"),
            *(
                "![i](http://x)",
                "<!--",
                "\\`",
                "~~~",
                "` <b>` `",
                "https://example.com",
                "x" * 9000,
            ),
        ]
    ),
)
CHANGES = st.lists(
    st.builds(
        Change,
        HOSTILE,
        HOSTILE,
        st.sampled_from(list(Action)),
        st.lists(HOSTILE, max_size=2).map(tuple),
        st.dictionaries(HOSTILE, st.sampled_from(["one", "other"]), max_size=2).map(
            lambda values: tuple(sorted(values.items()))
        ),
        values=st.lists(st.builds(ValueChange, HOSTILE, HOSTILE, HOSTILE), max_size=3).map(tuple),
        more=st.integers(0, 2),
    ),
    max_size=4,
)


@st.composite
def results(draw: st.DrawFn) -> Sequence[StackResult]:
    """Up to 600 results made of a few hostile ones, alike or each with something of its own."""
    kinds = draw(st.lists(st.tuples(HOSTILE, CHANGES, HOSTILE), min_size=1, max_size=4))
    outcomes = draw(st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=3))
    alike, count = draw(st.booleans()), draw(st.one_of(st.integers(1, 5), st.integers(6, 600)))
    size = draw(st.sampled_from([1, 1, 10]))
    return tuple(
        a_result(number, *kinds[number % len(kinds)], outcomes[number % len(outcomes)], alike, size)
        for number in range(count)
    )


def a_result(
    number: int,
    name: str,
    changes: Sequence[Change],
    reason: str,
    outcome: Outcome,
    alike: bool,
    size: int,
) -> StackResult:
    key = a_key(an_account(number, f"{name}{number}"))
    own = "" if alike else f" {number}"
    made = tuple(
        replace(change, address=f"{change.address}{own}{copy}")
        for change in changes
        for copy in range(size)
    )
    plan: Plan | None = a_plan(*made, key=key, drift=made)
    return StackResult(key, outcome, plan, verdict=Verdict(None, (f"{reason}{own}",)))


@settings(max_examples=25, deadline=None)
@given(results())
def test_any_number_of_plans_fits_a_comment_and_no_name_becomes_markup(
    found: Sequence[StackResult],
) -> None:
    page = view.markdown(a_run(*found))

    assert len(page) <= len(page.encode()) <= 65_536
    if len(found) > 5:
        assert {token.type for token in tokens(page)} <= HARMLESS
        assert told(page) == len(found)
    elif "<details>" in page:
        assert {token.type for token in tokens(page)} <= HARMLESS | FOLDED
        for token in tokens(page):
            if token.type == "html_block":
                assert OURS.fullmatch(token.content), token.content


HARMLESS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    *("text", "code_inline", "strong_open", "strong_close", "softbreak"),
}


FOLDED = {
    *("html_block", "fence"),
    *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td")
      for end in ("open", "close")),
}  # fmt: skip
OURS = re.compile(r"<details><summary><code>[^<>]*</code>: [^<>]*</summary>\n|</details>\n?")
"""What is HTML in a page: texts of others are in it, but no tags of theirs."""


def tokens(page: str) -> Iterator[Token]:
    """Everything GitHub's kind of Markdown makes of the page, links without brackets included."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for token in parser.parse(page):
        yield token
        yield from token.children or ()


def told(page: str) -> int:
    """How many stacks the headlines speak of, and the line about what is left out."""
    kept = re.findall(r"(?m)^- \*\*(\d+) account stacks? ", page)
    lost = re.findall(r"(?m)^Left out, .* class(?:es)? with (\d+) stacks", page)
    return sum(map(int, [*kept, *lost]))


def test_plans_that_all_differ_a_little_are_told_in_little() -> None:
    changes = [a_change(address=f"aws_x.{'y' * 200}{n}") for n in range(60)]
    different = [planned(n, *changes, a_change(address=f"aws_z.n{n}")) for n in range(10, 360)]

    page = view.markdown(a_run(*different))

    assert page.count("\n  - `as in shop-10, but`\n") == 349
    assert "Left out" not in page


def test_what_is_left_out_is_counted() -> None:
    def own(number: int) -> list[Change]:
        return [a_change(address=f"aws_x.{'y' * 200}{number}_{n}") for n in range(60)]

    page = view.markdown(a_run(*(planned(number, *own(number)) for number in range(10, 510))))

    left = page.splitlines()[-1]
    shown = page.count("aws_x.y")
    assert left.startswith(f"Left out, to fit into a comment: {500 * 60 - shown} changes. ")
    assert "`.orchestrator/runs/r-1.json`" in left
    assert page.count("\n- **") == 500


def test_one_plan_with_endless_reasons_fits_as_well() -> None:
    endless = replace(
        planned(10), verdict=Verdict(None, tuple(f"reason {n}" * 9 for n in range(9999)))
    )

    assert len(view.markdown(a_run(endless)).encode()) <= 65_536


@given(st.text())
def test_code_is_code_whatever_is_in_it(value: str) -> None:
    paragraph = [t for t in tokens(f"a {code(value)} z") if t.type != "inline"]

    assert [t.type for t in paragraph] == [
        *("paragraph_open", "text", "code_inline", "text", "paragraph_close"),
    ]


WIDER = replace(
    a_change(Action.UPDATE, "aws_s3_bucket_policy.logs"),
    attributes=("policy",),
    values=(
        ValueChange("policy.Statement[Read].Action", '"s3:Get*"', '"s3:GetObject"'),
        ValueChange("policy.Statement[Old].Effect", '"Allow"'),
        ValueChange("policy.Statement[New].Resource", "", f'"{"x" * 80}"'),
        ValueChange("policy.Id", f'"{"a" * 40}"', f'"{"b" * 40}"'),
    ),
    more=3,
)


def test_the_values_that_differ_stand_below_their_change() -> None:
    lines = view.text(a_run(planned(10, WIDER))).splitlines()

    assert lines[1:9] == [
        "    ~ aws_s3_bucket_policy.logs (policy)",
        '        ~ policy.Statement[Read].Action = "s3:Get*" -> "s3:GetObject"',
        '        - policy.Statement[Old].Effect = "Allow"',
        f'        + policy.Statement[New].Resource = "{"x" * 80}"',
        "        ~ policy.Id",
        f'            - "{"a" * 40}"',
        f'            + "{"b" * 40}"',
        "          and 3 values more",
    ]


def test_a_comment_about_few_stacks_folds_the_values_of_each() -> None:
    page = view.markdown(a_run(planned(10, WIDER), planned(11, BUCKET)))

    assert page.count("<details>") == 2
    assert "<summary><code>shop-10/account</code>: 1 update</summary>" in page
    block = page.partition("```diff\n")[2].partition("\n```")[0].splitlines()
    assert block[:4] == [
        "~ aws_s3_bucket_policy.logs (policy)",
        '      ~ policy.Statement[Read].Action = "s3:Get*" -> "s3:GetObject"',
        '-       policy.Statement[Old].Effect = "Allow"',
        f'+       policy.Statement[New].Resource = "{"x" * 80}"',
    ]


def test_a_comment_that_would_be_too_long_leaves_out_the_values_and_keeps_the_stacks() -> None:
    much = replace(WIDER, values=tuple(ValueChange(f"v{n}", "", "y" * 250) for n in range(40)))
    run = a_run(
        *(planned(n, *(replace(much, address=f"a.b{i}") for i in range(20))) for n in range(10, 14))
    )

    page = view.markdown(run)

    assert len(page.encode()) <= 65_536
    assert all(f"shop\\-{n}" in page for n in range(10, 14))


def test_of_many_stacks_the_values_stand_once_without_what_is_an_accounts_own() -> None:
    def own(number: int) -> Change:
        arn = f'"arn:aws:s3:::logs-{a_key(an_account(number)).account_id}"'
        return replace(WIDER, values=(ValueChange("bucket", '"logs"', arn),), more=0)

    run = a_run(*(planned(number, own(number)) for number in range(10, 490)))

    assert view.text(run).count('~ bucket = "logs" -> "arn:aws:s3:::logs-ACCOUNT-ID"') == 1
    assert view.markdown(run).count('`~ bucket = "logs" -> "arn:aws:s3:::logs-ACCOUNT-ID"`') == 1


def test_values_that_are_left_out_are_counted() -> None:
    def own(number: int) -> Change:
        values = tuple(ValueChange(f"v{number}.{n}", "", "y" * 290) for n in range(30))
        return replace(WIDER, address=f"aws_x.a{number}", values=values, more=0)

    page = view.markdown(a_run(*(planned(number, own(number)) for number in range(10, 30))))

    left = page.splitlines()[-1]
    kept = len(re.findall(r"(?m)^    - `\+ v", page))
    assert f"{20 * 30 - kept} values" in left
