"""A burst of findings through the router: how many a second, and what the budget holds back.

python tests/bench/bench_findings.py [FIGURES.json]

Everything is real but AWS: table, doors and resources are in memory. Half of the findings are
copies, as administrator and member both send them. Ends with 1 when more is fixed than the budget
allows, or when it takes too long.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from orchestrator.findings.function import work
from orchestrator.findings.progress import Message
from tests.unit.findings.a_world import (
    ACCOUNT,
    NOW,
    SECURITY,
    Things,
    World,
    a_decision,
    a_matrix,
    a_world,
    an_asff,
    an_event,
)

FINDINGS = 5_000
BATCH = 10
MOST_HOURS = 24
LEAST = 200
"""Findings a second."""


class NoLetters:
    """A dead-letter queue that must stay empty."""

    def put(self, body: str, reason: str) -> None:
        """Refuse."""
        raise AssertionError(reason)


def bodies(findings: int) -> list[str]:
    """Each finding twice; two accounts, two controls."""
    each = [
        json.dumps(
            an_event(
                an_asff(
                    AwsAccountId=(ACCOUNT, SECURITY)[number % 2],
                    Compliance={"Status": "FAILED", "SecurityControlId": "S3.8"},
                    Resources=[{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::b{number}"}],
                )
            )
        )
        for number in range(findings // 2)
    ]
    return [*each, *each]


def burst(world: World, messages: list[str]) -> Counter[str]:
    """Route all, in batches as Lambda gets them."""
    words: Counter[str] = Counter()
    end = NOW + timedelta(days=1)
    for start in range(0, len(messages), BATCH):
        records = [
            {"messageId": f"m{start + n}", "body": body}
            for n, body in enumerate(messages[start : start + BATCH])
        ]
        words += work(records, world.router, NoLetters(), lambda: world.time[0], end).words
    return words


def waited(world: World) -> int:
    """How many hours pass until nothing is held any more."""
    hours = 0
    while world.parts.states.held(1) and hours < MOST_HOURS:
        hours += 1
        world.pass_by(hours=1)
        world.router.tick(Message("tick", world.time[0] + timedelta(minutes=1)))
    return hours


def main(results: Path | None) -> int:
    messages = bodies(FINDINGS)
    arns = [f"arn:aws:s3:::b{number}" for number in range(FINDINGS // 2)]
    world = a_world(a_matrix(a_decision()), things=Things(dict.fromkeys(arns, True)))
    started = time.perf_counter()
    words = burst(world, messages)
    rate = FINDINGS / (time.perf_counter() - started)
    told, hours = len(world.sender.sent), waited(world)
    figures = {
        "findings": FINDINGS,
        "findings_per_second": round(rate),
        "remediated": words["fixed"],
        "held_by_budget": words["held"],
        "stopped_by_breaker": words["stopped"],
        "duplicates": words["duplicate"],
        "messages": told,
        "hours_until_none_held": hours,
        "remediated_then": len(world.things.writes) - words["fixed"],
    }
    line = " ".join(f"{name}={value}" for name, value in figures.items())
    sys.stdout.write(f"findings: {line}\n")
    if results:
        results.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return int(words["fixed"] > world.matrix.rules.control_per_hour or rate < LEAST)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else None))
