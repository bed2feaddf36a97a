from __future__ import annotations

import json
from datetime import UTC, datetime
from html.parser import HTMLParser

from orchestrator.model.ledger import Gap, Ledger, Row, Seen
from orchestrator.model.names import AccountId
from orchestrator.model.run import Answer, Outcome, Probe
from orchestrator.views.ledger import VIEWS

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GOOD = Row(
    AccountId("200000000006"), "orders", "Workloads/Prod", "orders", has_state=True, applied=NOW
)
BAD = Row(
    AccountId("200000000007"),
    "<script>alert(1)</script>",
    "",
    gaps=(Gap.FAILED, Gap.DIFFERENT, Gap.UNCHECKED),
    tried=Seen(NOW, Outcome.DENIED, "sts:AssumeRole"),
    probes=(Probe("the recorder records", Answer.DIFFERENT), Probe("hub", Answer.AS_DECLARED)),
)
LEDGER = Ledger(NOW, (BAD, GOOD), asked=True)


def test_the_text_names_what_each_account_lacks_and_counts_the_rest() -> None:
    assert VIEWS["text"](LEDGER).splitlines() == [
        "200000000007  <script>alert(1)</script>  (root)",
        "    the last apply did not come through: denied, 2026-06-01 12:00 UTC",
        "    AWS is not as declared: the recorder records",
        "    not checked for drift lately: never",
        "",
        "1 of 2 accounts covered; 1 the last apply did not come through, "
        "1 AWS is not as declared, 1 not checked for drift lately",
    ]


def test_where_all_are_covered_one_line_says_so_and_what_was_not_asked() -> None:
    assert VIEWS["text"](Ledger(NOW, (GOOD,))) == (
        "1 of 1 accounts covered (AWS was not asked: --ask)"
    )


def test_the_json_says_the_same_for_machines() -> None:
    document = json.loads(VIEWS["json"](LEDGER))

    assert (document["version"], document["covered"], document["asked"]) == (1, False, True)
    assert document["accounts"][0]["gaps"] == [str(gap) for gap in BAD.gaps]
    assert document["accounts"][1]["applied"] == "2026-06-01T12:00:00+00:00"


def test_the_page_needs_nothing_else_and_takes_no_name_for_markup() -> None:
    page = VIEWS["html"](LEDGER)

    seen: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: seen.append(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert seen.count("tr") == 3
    assert not {"script", "link", "img", "iframe"} & set(seen)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
