"""The provider's schemas, cut down to what a run needs."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from orchestrator.adapters.provider.messages_pb2 import Diagnostic, Schemas


def complete(answer: bytes) -> bool:
    """Whether it is an answer worth keeping."""
    schemas = Schemas.FromString(answer)
    wrong = any(said.severity == Diagnostic.ERROR for said in schemas.diagnostics)
    return bool(schemas.resources) and not wrong


def trimmed(answer: bytes, types: AbstractSet[str]) -> bytes:
    """The same answer without the types that are not in `types`.

    Terraform decodes all it is sent, in every command: 4.9 MB whole, some 50 KB like this.
    """
    schemas = Schemas.FromString(answer)
    for kind in (schemas.resources, schemas.data_sources, schemas.ephemeral_resources):
        for name in tuple(kind):
            if name not in types:
                del kind[name]
    return schemas.SerializeToString()
