"""What a run keeps in the state bucket, for runners that are thrown away: plans and its journal.

Stored plans lie below `plans/<run>/`. The bucket encrypts them with its key, and after 30 days it
removes those that were not applied.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, TypeVar

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization

PLANS = "plans/"
RUN = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
LISTS, READS, WRITES, REMOVES = "", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
USES = {READS: ["kms:Decrypt"], WRITES: ["kms:Encrypt", "kms:GenerateDataKey"]}
BOOTSTRAP = "run 'orchestrator bootstrap' again, so that the roles there may keep stored plans"


class Access:
    """The bucket as the role we start as sees it, narrowed to what is at `prefix`."""

    def __init__(
        self,
        credential_cache: CredentialCache,
        organization: Organization,
        prefix: str,
        action: str = LISTS,
    ) -> None:
        facts = organization.facts
        self._bucket, self._prefix = facts.state.bucket, prefix
        keys = credential_cache.start_keys(
            plan_policy(self._bucket, prefix, facts.home_region, action)
        )
        management = organization.management.id
        self._session = credential_cache.caller.acting_as(
            keys, management, credential_cache.start_role
        )

    def names(self) -> tuple[str, ...]:
        """What is there, without the prefix. Raises AwsDenied."""
        return tuple(
            str(item["Key"]).removeprefix(self._prefix)
            for item in self._listed("Contents", Prefix=self._prefix)
        )

    def folders(self) -> tuple[str, ...]:
        """What is there up to the next '/'. Raises AwsDenied."""
        found = self._listed("CommonPrefixes", Prefix=self._prefix, Delimiter="/")
        return tuple(str(item["Prefix"]).removeprefix(self._prefix)[:-1] for item in found)

    def call(self, operation: str, name: str, **parameters: Any) -> None:
        """One request about one object. Raises AwsDenied."""
        key = f"{self._prefix}{name}"
        with _explained():
            self._session.call("s3", operation, Bucket=self._bucket, Key=key, **parameters)

    def read(self, name: str) -> bytes:
        """The content of one object. Raises AwsDenied."""
        with _explained():
            return self._session.read(self._bucket, f"{self._prefix}{name}")

    def _listed(self, what: str, **where: Any) -> list[dict[str, object]]:
        with _explained():
            return self._session.pages("s3", "ListObjectsV2", what, Bucket=self._bucket, **where)


def plan_policy(bucket: str, prefix: str, region: str, action: str = LISTS) -> str:
    """A session policy to list what is at `prefix`, and to do one thing with it."""
    arn = f"arn:aws:s3:::{bucket}"
    held = {"StringEquals": {"s3:prefix": prefix}}
    via = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn, "Condition": held}
    ]
    if action:
        objects = f"{arn}/{prefix}*" if prefix.endswith("/") else f"{arn}/{prefix}"
        statements.append({"Effect": "Allow", "Action": action, "Resource": objects})
    if uses := USES.get(action):
        statements.append({"Effect": "Allow", "Action": uses, "Resource": "*", "Condition": via})
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def prefix_of(run: str) -> str:
    """Where a run's plans are. Raises UsageError for what is not an id."""
    return f"{PLANS}{checked(run)}/"


def checked(run: str) -> str:
    """The id, if it is one: it becomes part of a policy, where '*' would be everything."""
    if not RUN.fullmatch(run):
        raise UsageError(f"'{run}' is not the id of a run", "see them: orchestrator runs")
    return run


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.code == "AccessDenied":
            refusal.fix = BOOTSTRAP
        raise


log = logging.getLogger(__name__)
T = TypeVar("T")
MANIFEST, APPROVAL = "manifest.json", "approval"
FILES = r"plan\.tfplan|plan\.json|scan\.json|organization_policies\.plan\.json"
FILE = re.compile(rf"manifest\.json|[0-9]{{12}}/[a-z_]+/({FILES})")
"""What is taken from the bucket; other objects are left there."""
AT_ONCE = 8


class StateBucketPlans:
    """The stored plans there, each run's reached by sessions that reach no other's."""

    def __init__(self, credential_cache: CredentialCache, organization: Organization) -> None:
        self._credential_cache, self._organization = credential_cache, organization

    def runs(self) -> tuple[str, ...]:
        """Ids of the runs that have plans there, the oldest first. Raises AwsDenied."""
        found = self._access(PLANS, LISTS).folders()
        return tuple(sorted(run for run in found if RUN.fullmatch(run)))

    def put(self, run: str, folder: Path) -> None:
        """Copy a run's plans, the manifest last: no run is there by halves.

        Nothing that is there is written over: it may be another's, and reviewed. Raises AwsDenied.
        """
        access = self._access(prefix_of(run), WRITES)

        def put(file: Path) -> None:
            with file.open("rb") as body:
                name = file.relative_to(folder).as_posix()
                access.call("PutObject", name, Body=body, IfNoneMatch="*")

        files = [file for file in folder.rglob("*") if file.is_file()]
        _each(put, [file for file in files if file.name != MANIFEST])
        put(folder / MANIFEST)

    def fetch(self, run: str, folder: Path, *, manifest_only: bool = False) -> None:
        """Copy a run's plans into a folder of its own in `folder`, whole or not at all.

        Nothing is verified here: those who use them compare the manifest's digest, and by it every
        file's. Raises AwsDenied, and UsageError if they are not there or cannot be written.
        """
        access = self._access(prefix_of(run), READS)
        names = [name for name in access.names() if FILE.fullmatch(name)]
        if MANIFEST not in names:
            raise UsageError(f"no plans of run '{run}' are in the state bucket", "plan again")
        try:
            _whole(
                folder / run,
                lambda part: _each(
                    lambda name: _write(part, name, access.read(name)),
                    [MANIFEST] if manifest_only else names,
                ),
            )
        except OSError as error:
            raise UsageError(f"{folder / run}: plans cannot be stored: {error}") from error

    def approve(self, run: str, approval: Path) -> None:
        """Put the approval beside the plans. Raises AwsDenied."""
        self._credential_cache.refuse_reader(
            self._organization.management.id, "s3:PutObject approval"
        )
        self._access(prefix_of(run), WRITES).call("PutObject", APPROVAL, Body=approval.read_bytes())

    def approval(self, run: str) -> str:
        """What approves the plans; '' when nothing does. Raises AwsDenied."""
        access = self._access(prefix_of(run), READS)
        found = access.read(APPROVAL) if APPROVAL in access.names() else b""
        return found.decode("ascii", "replace")

    def journal(self, run: str) -> bytes:
        """The copy of the run's journal; empty when there is none. Raises AwsDenied."""
        access = self._access(f"journal/{checked(run)}.jsonl", READS)
        return access.read("") if access.names() else b""

    def remove(self, run: str, keys: Iterable[StackKey]) -> None:
        """Remove what is carried out, and with a run's last plan its manifest and approval.

        What goes wrong is a warning: the run is over, and what is left there expires.
        """
        places = tuple(f"{key.account_id}/{key.stack}/" for key in keys)
        try:
            access = self._access(prefix_of(run), REMOVES)
            there = access.names()
            gone = [name for name in there if name.startswith(places)]
            left = {*there} - {*gone} - {MANIFEST, APPROVAL}
            _each(lambda name: access.call("DeleteObject", name), gone if left else there)
        except AwsDenied as error:
            log.warning("the plans of run %s stay in the bucket until they expire: %s", run, error)

    def _access(self, prefix: str, action: str) -> Access:
        return Access(self._credential_cache, self._organization, prefix, action)


def _whole(place: Path, fill: Callable[[Path], None]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = Path(mkdtemp(dir=place.parent, prefix=".fetched-"))
    try:
        fill(part)
        part.rename(place)
    except BaseException:
        rmtree(part, ignore_errors=True)
        raise


def _write(folder: Path, name: str, content: bytes) -> None:
    """For the owner alone, folders and file."""
    file = folder / name
    for above in reversed(file.relative_to(folder).parents[:-1]):
        (folder / above).mkdir(mode=0o700, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)


def _each(act: Callable[[T], object], items: Iterable[T]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(act, items):
            pass


JOURNALS = "journal/"


class Archive:
    """Puts whole journals below `journal/`, with keys that may do nothing else."""

    def __init__(self, credential_cache: CredentialCache, organization: Organization) -> None:
        self._credential_cache, self._facts = credential_cache, organization.facts
        self._management = organization.management.id

    def __call__(self, file: Path, *, last: bool) -> None:
        """Replace the copy. What goes wrong is a warning: the run does not depend on it.

        The reader role may not replace what is there, and makes the last copy alone.
        """
        bucket, name = self._facts.state.bucket, f"{JOURNALS}{file.stem}.jsonl"
        try:
            new = {"IfNoneMatch": "*"} if self._credential_cache.reads_only else {}
            if new and not last:
                return
            keys = self._credential_cache.start_keys(
                journal_policy(bucket, name, self._facts.home_region)
            )
            role = self._credential_cache.start_role
            session = self._credential_cache.caller.acting_as(keys, self._management, role)
            session.call("s3", "PutObject", Bucket=bucket, Key=name, Body=file.read_bytes(), **new)
        except (AwsDenied, OSError) as error:
            log.warning("the journal is not copied to s3://%s/%s: %s", bucket, name, error)


def journal_policy(bucket: str, name: str, region: str) -> str:
    """A session policy for one object, to be written."""
    via = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    keys = ["kms:Encrypt", "kms:GenerateDataKey"]
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/{name}"},
        {"Effect": "Allow", "Action": keys, "Resource": "*", "Condition": via},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
