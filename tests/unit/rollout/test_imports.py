from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from orchestrator.errors import AwsDenied
from orchestrator.model.import_candidates import ImportCandidate, Presence, StackImports
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Imports
from orchestrator.model.plan import Action, Plan
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Environment, Purpose
from orchestrator.rollout.imports import adopt, adopt_all
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Job
from tests.builders import a_change, a_job, a_plan, an_account
from tests.fakes import FakeSessions, FakeTerraform, some_ports

POLICY, BUCKET = "module.a.aws_iam_policy.this", "module.a.aws_s3_bucket.this"
PART = "module.a.aws_s3_bucket_policy.this"


def rendered(job: Job, imports: Imports) -> Job:
    """A rendering that says which imports it has, as its digest."""
    return replace(job, rendering=replace(job.rendering, digest=" ".join(sorted(imports))))


@dataclass
class Importing(FakeTerraform):
    """Plans to create what is not imported. `alters` are updated once they are."""

    creates: tuple[str, ...] = (POLICY, BUCKET, PART)
    alters: Mapping[str, Action] = field(default_factory=dict)

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        self.calls.append(rendered)
        imported = rendered.split()
        changes = [
            a_change(self.alters.get(address, Action.IMPORT), address)
            if address in imported
            else a_change(Action.CREATE, address)
            for address in self.creates
        ]
        return a_plan(*changes, key=key)


@dataclass
class Seeing:
    """Says of each address what `candidates` says; of `later`, once the bucket is imported."""

    candidates: Mapping[str, ImportCandidate] = field(default_factory=dict)
    later: Mapping[str, ImportCandidate] = field(default_factory=dict)
    purposes: list[Purpose] = field(default_factory=list)
    failing: Exception | None = None

    def find(self, plan: Plan, purpose: Purpose) -> tuple[ImportCandidate, ...]:
        self.purposes.append(purpose)
        if self.failing:
            raise self.failing
        created = [change.address for change in plan.changes if change.action is Action.CREATE]
        known = self.candidates if BUCKET in created else {**self.candidates, **self.later}
        return tuple(known.get(a, ImportCandidate(a, Presence.MISSING)) for a in created)


def there(address: str) -> ImportCandidate:
    return ImportCandidate(address, Presence.THERE, f"id of {address}")


WAITING = {PART: ImportCandidate(PART, Presence.WAITS, says="'bucket' is known only afterwards")}


def done(
    existing: Seeing, terraform: Importing | None = None, before: Imports | None = None
) -> StackImports:
    ports = some_ports(terraform or Importing())
    return adopt(a_job(), ports, existing, rendered, before or {})


def test_what_is_there_is_imported_and_the_rest_is_created() -> None:
    found = done(Seeing({POLICY: there(POLICY)}))

    assert found.imports == {POLICY: f"id of {POLICY}"}
    assert [c.address for c in found.plan.changes if c.action is Action.CREATE] == [BUCKET, PART]
    assert found.outcome is Outcome.PLANNED


def test_what_can_be_asked_for_only_after_an_import_is_asked_for_in_the_next_round() -> None:
    terraform = Importing()
    existing = Seeing({BUCKET: there(BUCKET), **WAITING}, {PART: there(PART)})

    found = done(existing, terraform)

    assert found.imports.keys() == {BUCKET, PART}
    assert terraform.calls == ["", BUCKET, f"{BUCKET} {PART}"]


def test_what_waits_for_something_that_is_created_cannot_be_there() -> None:
    found = done(Seeing(WAITING))

    assert found.seen(Presence.MISSING)[-1] == ImportCandidate(PART, Presence.MISSING)
    assert found.outcome is Outcome.PLANNED


def test_what_waits_is_not_known_while_something_else_is_not() -> None:
    denied = ImportCandidate(BUCKET, Presence.UNKNOWN, says="AccessDenied")

    found = done(Seeing({BUCKET: denied, **WAITING}))

    assert [candidate.address for candidate in found.seen(Presence.UNKNOWN)] == [BUCKET, PART]
    assert found.outcome is Outcome.DENIED


def test_what_the_state_holds_by_now_is_taken_out() -> None:
    terraform = Importing(creates=())

    found = done(Seeing(), terraform, {POLICY: "an-arn"})

    assert (found.imports, found.held) == ({}, (POLICY,))
    assert terraform.calls == [""]
    assert found.outcome is Outcome.UNCHANGED


def test_an_entry_is_kept_while_nobody_can_say_whether_it_is_there() -> None:
    denied = ImportCandidate(POLICY, Presence.UNKNOWN, says="AccessDenied")

    found = done(Seeing({POLICY: denied}), before={POLICY: "an-arn"})

    assert found.imports == {POLICY: "an-arn"}
    assert found.outcome is Outcome.DENIED


def test_an_import_that_would_end_in_a_replacement_is_refused() -> None:
    terraform = Importing(alters={POLICY: Action.REPLACE})

    found = done(Seeing({POLICY: there(POLICY)}), terraform)

    assert found.removes == (POLICY,)
    assert found.outcome is Outcome.REFUSED


def test_what_is_in_the_way_is_refused() -> None:
    found = done(
        Seeing({POLICY: ImportCandidate(POLICY, Presence.IN_THE_WAY, says="another", fix="x")})
    )

    assert found.outcome is Outcome.REFUSED


def test_an_account_without_our_roles_is_asked_as_it_is_planned() -> None:
    existing = Seeing()
    job = replace(a_job(), makes_roles=True)

    adopt(job, some_ports(Importing(), sessions=FakeSessions(made=False)), existing, rendered, {})

    assert set(existing.purposes) == {Purpose.ENTRY}


def test_one_account_that_lets_nobody_in_does_not_stop_the_others() -> None:
    jobs = [a_job(an_account(6, "orders")), a_job(an_account(7, "web"))]
    denied = AwsDenied("200000000006", "orchestrator-plan", "sts:AssumeRole", "no")
    terraform = Importing(failing={})

    class Half(Seeing):
        def find(self, plan: Plan, purpose: Purpose) -> tuple[ImportCandidate, ...]:
            if plan.key.account_name == "orders":
                raise denied
            return super().find(plan, purpose)

    results = _all(jobs, terraform, Half())

    by_name = {result.key.account_name: result for result in results}
    assert by_name["orders"].outcome is Outcome.DENIED
    assert isinstance(by_name["web"], StackImports)


def _all(
    jobs: Sequence[Job], terraform: Importing, existing: Seeing
) -> list[StackImports | StackResult]:
    options = RunOptions(date(2026, 6, 1), None)
    ports = some_ports(terraform)
    return list(adopt_all(jobs, ports, options, existing, rendered, lambda _job: {}))
