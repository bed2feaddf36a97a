"""The manifest of a run's stored plans, as JSON. Its own digest is what is approved."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from orchestrator.adapters.files import write
from orchestrator.adapters.terraform import arguments, saved_plan
from orchestrator.adapters.terraform.policy_plan import PLAN_FILE as POLICIES
from orchestrator.documents import read_key
from orchestrator.documents.run import stack as stack_document
from orchestrator.errors import ScanFailed, UsageError
from orchestrator.model.events import ToolVersions
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.review import Files, Manifest, Reviewed, Source
from orchestrator.model.run import StackResult

VERSION = 1
VIOLATIONS = TypeAdapter(tuple[Violation, ...])


def manifest_text(manifest: Manifest) -> str:
    document = {
        "version": VERSION,
        "run": manifest.run,
        "made": manifest.made,
        "ground": asdict(manifest.tool_versions),
        "stacks": [_document(stack) for stack in manifest.stacks],
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _document(stack: Reviewed) -> Mapping[str, object]:
    return {
        **stack_document(stack.key),
        "rendered": stack.rendered,
        "files": dict(stack.files),
        "modules": dict(stack.modules),
        "digest": stack.digest,
        "plan": stack.plan,
        "json": stack.json,
        "scan": stack.scan,
        "state": stack.state,
        "missing": stack.missing,
    }


def read(content: bytes) -> Manifest:
    """Raises ValueError, KeyError or TypeError for anything that `text` has not written."""
    document = json.loads(content)
    if document["version"] != VERSION:
        raise ValueError(f"version {document['version']} is not known here")
    stacks = tuple(_reviewed_stack(stack) for stack in document["stacks"])
    return Manifest(
        str(document["run"]), str(document["made"]), ToolVersions(**document["ground"]), stacks
    )


def _reviewed_stack(document: Mapping[str, Any]) -> Reviewed:
    return Reviewed(
        read_key(document),
        files={str(name): str(digest) for name, digest in document["files"].items()},
        modules={str(name): str(digest) for name, digest in document["modules"].items()},
        **{name: str(document[name]) for name in TEXTS},
    )


TEXTS = ("rendered", "digest", "plan", "json", "scan", "state", "missing")


MANIFEST, PLAN, JSON, SCAN = "manifest.json", "plan.tfplan", "plan.json", "scan.json"


@dataclass(frozen=True, slots=True)
class StoredPlans:
    """The plans kept in `folder`."""

    folder: Path

    def runs(self) -> tuple[str, ...]:
        """Ids of the runs that have stored their plans, the oldest first."""
        return tuple(sorted(file.parent.name for file in self.folder.glob(f"*/{MANIFEST}")))

    def keep(
        self,
        run: str,
        made: str,
        tool_versions: ToolVersions,
        results: Iterable[StackResult],
        sources: Mapping[StackKey, Source],
    ) -> str:
        """Copy the plans of `results` here; the manifest, which comes last, by its digest.

        Raises UsageError when there is no place for them: then nothing is kept.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.folder / run).mkdir(mode=0o700)
            stacks = tuple(self._keep(run, result, sources[result.key]) for result in results)
            file = self.folder / run / MANIFEST
            write(file, manifest_text(Manifest(run, made, tool_versions, stacks)))
            return fingerprint(file)
        except OSError as error:
            shutil.rmtree(self.folder / run, ignore_errors=True)
            raise UsageError(f"{self.folder / run}: plans cannot be stored: {error}") from error

    def manifest(self, run: str) -> tuple[Manifest, str]:
        """The manifest and its digest. Raises UsageError."""
        file = self.folder / run / MANIFEST
        try:
            content = file.read_bytes()
            found = read(content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"plans/{run}/{MANIFEST} cannot be read: {error}", "plan and review again"
            ) from error
        if found.run != run:
            raise UsageError(
                f"plans/{run}/{MANIFEST} is that of run '{found.run}'", "plan and review again"
            )
        return found, hashlib.sha256(content).hexdigest()

    def place(self, run: str, key: StackKey) -> Path:
        """Where the files of a stack lie."""
        return self.folder / run / key.account_id / key.stack

    def files(self, run: str, key: StackKey) -> Files:
        """See ports.StoredPlans."""
        place = self.place(run, key)
        return Files(*(fingerprint(place / name) for name in (PLAN, JSON, SCAN)))

    def take(self, run: str, key: StackKey, folder: Path, rendered: str) -> Plan:
        """See ports.StoredPlans."""
        place = self.place(run, key)
        (folder / saved_plan.JSON_FILE).unlink(missing_ok=True)
        copy(place / PLAN, folder / arguments.PLAN_FILE)
        (folder / POLICIES).unlink(missing_ok=True)
        for kept, name in ((JSON, saved_plan.JSON_FILE), (POLICIES, POLICIES)):
            if (place / kept).is_file():
                copy(place / kept, folder / name)
        return saved_plan.take(key, folder, rendered)

    def says(self, run: str, plan: Plan) -> bool:
        """See ports.StoredPlans."""
        return fingerprint(plan.json_file) == fingerprint(self.place(run, plan.key) / JSON)

    def violations(self, run: str, key: StackKey) -> tuple[Violation, ...]:
        """See ports.StoredPlans."""
        try:
            text = (self.place(run, key) / SCAN).read_text("utf-8")
            return VIOLATIONS.validate_json(text)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ScanFailed(f"{key}: {SCAN} cannot be read: {error}", "plan again") from error

    def forget(self, run: str, key: StackKey) -> None:
        """Remove the files that may hold secret values."""
        for name in (PLAN, JSON, POLICIES):
            (self.place(run, key) / name).unlink(missing_ok=True)

    def _keep(self, run: str, result: StackResult, source: Source) -> Reviewed:
        made = result.plan
        if made is None or result.verdict is None:
            return Reviewed(result.key, missing=result.reason or str(result.outcome))
        place = self.place(run, result.key)
        for folder in (place.parent, place):
            folder.mkdir(mode=0o700, exist_ok=True)
        copy(made.file, place / PLAN)
        if not made.empty:
            copy(made.json_file, place / JSON)
            if (made.folder / POLICIES).is_file():
                copy(made.folder / POLICIES, place / POLICIES)
            write(place / SCAN, VIOLATIONS.dump_json(result.violations, indent=1).decode() + "\n")
        return _reviewed(made, source, place)


def _reviewed(made: Plan, source: Source, place: Path) -> Reviewed:
    return Reviewed(
        made.key,
        source.rendering.digest,
        source.files,
        source.modules,
        made.digest,
        fingerprint(place / PLAN),
        fingerprint(place / JSON),
        fingerprint(place / SCAN),
        made.state,
    )


def copy(source: Path, target: Path) -> None:
    """For the owner alone, from the first byte on."""
    target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, source.open("rb") as content:
        shutil.copyfileobj(content, out)


def fingerprint(file: Path) -> str:
    """SHA-256 of a file; '' when there is none."""
    return _sha256(file.read_bytes()) if file.is_file() else ""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
