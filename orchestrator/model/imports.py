"""What stacks take over as it is, as account_configs/adopted/ says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from orchestrator.model.settings import Frozen

NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
INSTANCE = r'(\["[^"\\$%\x00-\x1f]+"\]|\[[0-9]+\])?'
ADDRESS = rf"^(module\.{NAME}{INSTANCE}\.)*aws_[a-z0-9_]+\.{NAME}{INSTANCE}$"
"""An instance's address as Terraform prints it. Keys that Terraform would have to escape are left
out: nothing that stacks make has one."""

Address = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=512)]
ImportId = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=2048)]

Imports = Mapping[str, str]
"""Import ids by address."""


class Adopted(Frozen):
    """What one stack of the account takes over as it is."""

    imports: dict[Address, ImportId] = Field(
        description="Resources by Terraform's address, each with the id by which it is imported."
    )


def has_address(text: str) -> bool:
    """Whether an import block can be written for it."""
    return re.fullmatch(ADDRESS, text) is not None
