"""The steps of the demo, in order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from orchestrator import assets
from orchestrator.demo.stage import ACCOUNT, CONTROL, OpenGroup, Stage
from orchestrator.model.exit_code import ExitCode

OPENED = ("AuthorizeSecurityGroupIngress", "administrator")
"""What the trail must say of the door."""

Tamper = Callable[[], None]
"""Something done by hand, behind the orchestrator's back."""


LeaveOpen = Callable[[], OpenGroup]
"""Somebody opens a door to the internet."""


def play(stage: Stage, tamper: Tamper, tampered: frozenset[str], leave_open: LeaveOpen) -> int:
    """The whole story; the exit code is 0 when every check held."""
    steps: tuple[Callable[[Stage], None], ...] = (
        configuration,
        sandbox,
        bootstrap,
        rollout,
        again,
        gate,
        lambda s: drift(s, tamper, tampered),
        coverage,
        lambda s: danger(s, leave_open),
    )
    try:
        for step in steps:
            step(stage)
            if not all(stage.checks):
                stage.say("\nThe next steps build on this one, so the demo ends here.")
                break
    finally:
        stage.chapter("The end", "The sandbox is stopped; what was rendered stays to be read.")
        stage.run("sandbox", "stop")
        stage.say(f"rendered roots: {stage.work / '.build'}")
        stage.say(f"run reports:    {stage.work / '.orchestrator' / 'runs'}")
    return stage.conclude()


def configuration(stage: Stage) -> None:
    stage.chapter(
        "The organization, as files",
        """account_configs/ says what should hold: for the organization, its OUs and each account.
        It is checked without credentials, and every value can be traced to a file and a line.""",
    )
    stage.check("account_configs/ has no mistakes", stage.run("validate") == ExitCode.DONE)
    stage.run("explain", "orders-prod", "security_hub.controls.RDS.13")


def sandbox(stage: Stage) -> None:
    stage.chapter(
        "An AWS of one's own",
        """The sandbox answers as AWS does, on this machine: an organization with these accounts,
        roles with trust policies, S3, Security Hub, Config. Terraform and its AWS provider are
        the real ones and do not know the difference.""",
    )
    stage.check("the sandbox runs", stage.run("sandbox", "start") == ExitCode.DONE)


def bootstrap(stage: Stage) -> None:
    stage.chapter(
        "The first roles",
        """Terraform needs a bucket for its states, and the orchestrator roles to enter accounts:
        one that reads, for plans, and one that writes, for what the gate has approved.""",
    )
    made = stage.run("--sandbox", "bootstrap", "--yes")
    stage.check("state bucket and first roles are made", made == ExitCode.DONE)


def rollout(stage: Stage) -> None:
    stage.chapter(
        "Every account, in waves",
        """First the log archive, the organization's trail and the security account, then the
        accounts: a canary, development, and production late. Each plan is scanned by checkov
        and must pass the gate; exactly that plan is applied; then a second plan must be empty
        and AWS must answer as declared.""",
    )
    code = stage.run("--sandbox", "apply", "all", "--yes")
    outcomes = stage.last_run()
    stage.check("all accounts are rolled out", code == ExitCode.DONE)
    stage.check(
        f"{len(outcomes)} of {len(outcomes)} stacks applied and verified",
        bool(outcomes) and set(outcomes.values()) == {"applied"},
    )


def again(stage: Stage) -> None:
    stage.chapter("Once more", "Planned again, nothing is left to do anywhere.")
    code = stage.run("--sandbox", "plan", "all")
    unchanged = set(stage.last_run().values()) == {"unchanged"}
    stage.check("the second plan of every stack is empty", code == ExitCode.DONE and unchanged)


def gate(stage: Stage) -> None:
    stage.chapter(
        "A plan that would open something",
        """A user lets an account's S3 buckets be public again and stops recording a region.
        The plan is refused, with every reason at once, before anything is touched.""",
    )
    copy = _project_copy(stage)
    config = copy / "account_configs" / "ous" / "workloads" / "dev" / "orders-dev.yaml"
    with config.open("a") as file:
        file.write("baseline:\n  s3_public_access_block: false\nregions:\n  us-east-1: false\n")
    locked = stage.run("validate", project=copy)
    stage.check("the lock in organization.yaml refuses it", locked == ExitCode.CONFIGURATION)
    _unlock(copy / "account_configs" / "organization.yaml")
    stage.say("\nThe lock is taken away; then the gate is next to look at it.\n")
    code = stage.run("--sandbox", "plan", "orders-dev", project=copy)
    stage.check("the gate refuses the plan", code == ExitCode.GATE_REFUSED)
    reasons = stage.refusals()
    stage.check("for destroying too much", any("destroys" in reason for reason in reasons))
    stage.check("and for opening the account", any("is protected" in reason for reason in reasons))


def _project_copy(stage: Stage) -> Path:
    copy = stage.work / "changed"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name in assets.of(stage.root).parts:
        if name == "account_configs":
            shutil.copytree(stage.root / name, copy / name)
        else:
            (copy / name).symlink_to(stage.root / name)
    return copy


def _unlock(organization: Path) -> None:
    """Comment out every locked key, as somebody would who wants to get past it."""
    lines = organization.read_text().splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("locked:"))
    end = next(
        n
        for n, line in enumerate(lines[start + 1 :], start + 1)
        if line[:1] not in (" ", "#", "\n")
    )
    organization.write_text("".join(lines[:start] + lines[end:]))


def drift(stage: Stage, tamper: Tamper, tampered: frozenset[str]) -> None:
    stage.chapter(
        "Changed by hand",
        f"""In {" and ".join(sorted(tampered))} a user changes settings by hand, without
        Terraform. The drift check reads every account, changes nothing, and finds those two.""",
    )
    tamper()
    code = stage.run("--sandbox", "drift", "all")
    found = {name for name, outcome in stage.last_run().items() if outcome == "drifted"}
    stage.check("drift is found", code == ExitCode.DRIFT)
    stage.check(
        "in exactly the accounts that were touched",
        found == {f"{name}/account" for name in tampered},
    )
    repaired = stage.run("--sandbox", "apply", *sorted(tampered), "--yes")
    stage.check("and set right by an apply", repaired == ExitCode.DONE)


def coverage(stage: Stage) -> None:
    stage.chapter(
        "What holds now",
        """AWS is asked once more, account by account: Security Hub and its standards, AWS Config
        in every region, the roles, the baseline.""",
    )
    code = stage.run("--sandbox", "verify", "all")
    stage.check("every account answers as declared", code == ExitCode.DONE)


def danger(stage: Stage, leave_open: LeaveOpen) -> None:
    stage.chapter(
        "A door left open, and closed by machine",
        f"""In {ACCOUNT} a user opens SSH to the whole internet. Security Hub finds it, the bus
        carries the finding to the function in the security account, which looks up the decision,
        enters the account with a role that may do just this, keeps the state before, closes the
        door, looks again, and tells the team.""",
    )
    group = leave_open()
    stage.run("sandbox", "scan", "--account", ACCOUNT)
    closed = stage.await_(lambda: not group.is_open)
    stage.check("the door is closed without a person", closed)
    stage.await_(lambda: bool(_fixed(stage, group.arn)))
    fixed = _fixed(stage, group.arn)
    stage.run("--sandbox", "remediation", "list")
    stage.check("what was done is on record", bool(fixed))
    stage.check("and its team was told", stage.await_(lambda: _told(stage, group.id)))
    stage.say("")
    words = ("--account", ACCOUNT, "--resource", group.arn)
    stage.check(
        "the decision can be traced to its line",
        stage.run("controls", "explain", CONTROL, *words) == ExitCode.DONE,
    )
    taken_back = _undone(stage, fixed[0]) if fixed else 1
    stage.check("it can be taken back", taken_back == ExitCode.DONE and group.is_open)
    root_cause(stage, group)


def _undone(stage: Stage, record: str) -> int:
    reason = ("--reason", "The demo shows the way back.", "--yes")
    return stage.run("--sandbox", "remediation", "undo", record, *reason)


def root_cause(stage: Stage, group: OpenGroup) -> None:
    stage.chapter(
        "Who opened it",
        """The organization's trail has every call in the log archive's bucket, as CloudTrail
        writes it. From the finding alone: who opened the door, by which call, when, from where and
        with what. Without --format it says more: what else they did in that hour, and all changes
        of the resource.""",
    )
    words = ("investigate", group.finding())
    stage.await_(lambda: _named(stage, words) == OPENED)
    stage.run("--sandbox", *words, "--format", "headline")
    stage.check(
        "the call that opened it is named, and the person behind it", _named(stage, words) == OPENED
    )


def _named(stage: Stage, words: Sequence[str]) -> tuple[str, str]:
    """The call and the person; two empty texts while the trail has not been delivered."""
    try:
        found = stage.read("--sandbox", *words, "--format", "json")["culprit"]
    except ValueError:
        return "", ""
    return (found["call"], found["who"]["name"]) if found else ("", "")


def _fixed(stage: Stage, resource: str) -> list[str]:
    listed = stage.read("--sandbox", "remediation", "list", "--format", "json")["records"]
    return [
        record["id"]
        for record in listed
        if (record["resource"], record["outcome"], record["control"])
        == (resource, "fixed", CONTROL)
    ]


def _told(stage: Stage, group: str) -> bool:
    return group in json.dumps(stage.read("sandbox", "messages", "--json"))
