"""Runs on many machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orchestrator import assets
from orchestrator.adapters import files, process_guard
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.workers import codec
from orchestrator.adapters.workers.queue import SqsQueue, StepFunctionsExecutor
from orchestrator.adapters.workers.records import BucketObjects, ObjectRecords
from orchestrator.errors import UsageError
from orchestrator.model.events import Entry
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.ports.workers import Executor, RunRecords, WorkQueue
from orchestrator.wiring.places import credential_cache, now

MACHINE = "orchestrator-runner"
"""The state machine and the queue of modules/runner."""


def records(organization: Organization, env: Mapping[str, str], name: str) -> RunRecords:
    """Of the runs in the state bucket, as the runner role. Raises UsageError if none are kept."""
    if not organization.facts.state.runs:
        raise UsageError(
            "no runs are kept in the state bucket",
            "set organization.state.runs, and run 'orchestrator bootstrap' again",
        )
    management = organization.management
    runner = credential_cache(organization, env, name).runner
    objects = BucketObjects(runner, organization.facts.state.bucket)
    return ObjectRecords(objects, StackKey(management.id, management.name, StackName.ACCOUNT), now)


def executor(organization: Organization, env: Mapping[str, str]) -> Executor:
    """The state machine in the management account, with the caller's own credentials."""
    facts, account = organization.facts, organization.management.id
    session = AwsSession(env, facts.home_region)
    arn = f"arn:aws:states:{facts.home_region}:{account}:stateMachine:{MACHINE}"
    return StepFunctionsExecutor(session, arn, facts.state.bucket)


def queue(organization: Organization, env: Mapping[str, str], name: str) -> WorkQueue:
    """The queue of that name in the caller's account, with the caller's own credentials."""
    return SqsQueue(AwsSession(env, organization.facts.home_region), name)


def packed(root: Path) -> tuple[bytes, str]:
    """What a run at `root` is about, and its digest."""
    content = files.packed(root, assets.of(root).parts)
    return content, files.digest(content)


def unpacked(content: bytes, folder: Path) -> Path:
    """The same on another machine."""
    return files.unpacked(content, folder)


def settling(build: Path) -> Callable[[StackKey], None]:
    """Waits for Terraform that a worker has left at work in a stack's folder."""
    return lambda key: process_guard.awaited(build / key.folder)


def written(entries: Sequence[Entry]) -> str:
    """The lines of a journal."""
    return codec.lines(entries).decode()
