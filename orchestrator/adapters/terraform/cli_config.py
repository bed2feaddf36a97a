"""Terraform's own configuration file, so that it finds the mirror."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from orchestrator.adapters.terraform.lock_file import PROVIDER
from orchestrator.adapters.terraform.mirror import VARIABLES, Mirror

NAME = "terraform.tfrc"


def own(caller: Mapping[str, str]) -> Path | None:
    """The caller's configuration, if it exists and says where providers come from.

    Somebody has thought about it then, perhaps with a network mirror and its credentials.
    """
    home = Path(caller.get("HOME") or "/")
    path = Path(caller.get("TF_CLI_CONFIG_FILE") or home / ".terraformrc")
    try:
        return path if "provider_installation" in path.read_text() else None
    except (OSError, UnicodeDecodeError):
        return None


def missing(caller: Mapping[str, str]) -> Path | None:
    """The file TF_CLI_CONFIG_FILE names, if there is none."""
    path = Path(caller.get("TF_CLI_CONFIG_FILE") or "/")
    return None if path.exists() else path


def choose(caller: Mapping[str, str], mirror: Mirror | None, folder: Path) -> Path:
    """The file to hand to Terraform; written into `folder` unless the caller's own is used.

    A mirror named by a variable is the caller's newest word, and wins over the caller's file.
    """
    named = mirror is not None and mirror.found_by in VARIABLES
    if not named and (path := own(caller)):
        return path
    return write(folder, mirror)


def write(folder: Path, mirror: Mirror | None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path, text = folder / NAME, content(mirror)
    if not path.is_file() or path.read_text() != text:
        part = folder / f"{NAME}.part"
        part.write_text(text)
        part.chmod(0o600)
        part.replace(path)
    return path


def content(mirror: Mirror | None) -> str:
    if mirror is None:
        return "provider_installation {\n  direct {}\n}\n"
    return (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {_quoted(str(mirror.path.absolute()))}\n"
        f"    include = [{_quoted(PROVIDER)}]\n"
        "  }\n"
        "  direct {\n"
        f"    exclude = [{_quoted(PROVIDER)}]\n"
        "  }\n"
        "}\n"
    )


def _quoted(text: str) -> str:
    """A JSON string is one of HCL's, once nothing in it starts a template."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
