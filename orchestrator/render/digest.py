"""Many renderings as one digest: did anything change at all?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from orchestrator.model.rendering import Rendering


def digest_of(renderings: Iterable[Rendering]) -> str:
    """A SHA-256 over the digests of `renderings`, in their order."""
    lines = (f"{rendering.key} {rendering.digest}\n" for rendering in renderings)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
