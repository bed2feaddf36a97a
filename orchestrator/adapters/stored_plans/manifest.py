"""The manifest of a run's stored plans, as JSON. Its own digest is what is approved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from orchestrator.adapters.journal.wire import key_document, key_of
from orchestrator.model.journal import Ground
from orchestrator.model.review import Manifest, Reviewed

VERSION = 1


def text(manifest: Manifest) -> str:
    document = {
        "version": VERSION,
        "run": manifest.run,
        "made": manifest.made,
        "ground": asdict(manifest.ground),
        "stacks": [_document(stack) for stack in manifest.stacks],
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _document(stack: Reviewed) -> Mapping[str, object]:
    return {
        **key_document(stack.key),
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
    stacks = tuple(_reviewed(stack) for stack in document["stacks"])
    return Manifest(
        str(document["run"]), str(document["made"]), Ground(**document["ground"]), stacks
    )


def _reviewed(document: Mapping[str, Any]) -> Reviewed:
    return Reviewed(
        key_of(document),
        files={str(name): str(digest) for name, digest in document["files"].items()},
        modules={str(name): str(digest) for name, digest in document["modules"].items()},
        **{name: str(document[name]) for name in TEXTS},
    )


TEXTS = ("rendered", "digest", "plan", "json", "scan", "state", "missing")
