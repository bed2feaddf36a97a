"""The provider's schemas, cut down to what a run needs.

Terraform decodes all it is sent, in every command: 4.9 MB whole, some 50 KB like this.
"""

from __future__ import annotations

from orchestrator.adapters.provider.messages_pb2 import Diagnostic, Schemas


def complete(answer: bytes) -> bool:
    """Whether it is an answer worth keeping."""
    schemas = Schemas.FromString(answer)
    wrong = any(said.severity == Diagnostic.ERROR for said in schemas.diagnostics)
    return bool(schemas.resources) and not wrong


class Trimmer:
    """Cuts one answer down, and remembers how: hundreds of accounts need the same few types."""

    def __init__(self, answer: bytes) -> None:
        self._whole = answer
        schemas = Schemas.FromString(answer)
        self._names = frozenset(
            {*schemas.resources, *schemas.data_sources, *schemas.ephemeral_resources}
        )
        self._cut: dict[frozenset[str], bytes] = {}

    def only(self, types: frozenset[str] | None) -> bytes:
        """The answer without the types that are not in `types`; None leaves all of them."""
        if types is None:
            return self._whole
        wanted = types & self._names
        if wanted not in self._cut:
            self._cut[wanted] = _without(self._whole, self._names - wanted)
        return self._cut[wanted]


def _without(answer: bytes, names: frozenset[str]) -> bytes:
    schemas = Schemas.FromString(answer)
    for kind in (schemas.resources, schemas.data_sources, schemas.ephemeral_resources):
        for name in names & frozenset(kind):
            del kind[name]
    return schemas.SerializeToString()
