"""What an override may reach: its own folder, and the modules beside it.

Digests, comparisons of revisions and reviews look there and nowhere else. What Terraform read from
anywhere else could change without anybody being shown a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from orchestrator.errors import Problem

READS = (
    "file|filebase64|filebase64sha256|filebase64sha512|fileexists|filemd5|fileset|filesha1"
    "|filesha256|filesha512|templatefile"
)
"""Functions of Terraform that read files. Source: Terraform documentation, "Functions"."""
CALL = re.compile(rf'\b(?:{READS})\s*\((?!\s*"\$\{{path\.module\}}/)')
PLACES = re.compile(r"\bpath\.(?:cwd|root)\b|\b(?:abspath|pathexpand)\s*\(")
MODULE = re.compile(r'\bsource\s*=\s*"\.\./[A-Za-z0-9_]+"')
UPWARDS = re.compile(r"(?<!\.)\.\.(?!\.)|\\u00(?:2e|2f)", re.IGNORECASE)
"""Two dots, and the escapes that can stand for a dot or a slash. Three dots are Terraform's own.
Comments count: within a heredoc, what looks like one is text that Terraform fills in.
"""
UNSEEN = (".tf.json", ".tofu", ".tofu.json")
RULE = 'an override reads its own folder, and modules beside it by source = "../NAME"'


def leaks(folder: Path, files: Iterable[Path]) -> Iterator[Problem]:
    """What of `files`, each below `folder`, leads out of where it is looked for."""
    for file in files:
        name = Path("overrides", file.relative_to(folder))
        if file.is_symlink():
            yield Problem(name, 0, "", "is a symbolic link", "put the file itself there")
        elif file.name.endswith(UNSEEN):
            yield Problem(name, 0, "", "is not looked into for what it reads", "write it as .tf")
        elif file.name.endswith((".tf", ".tf.j2")):
            yield from _lines(name, file.read_text("utf-8", errors="replace"))


def _lines(name: Path, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), 1):
        if found := UPWARDS.search(MODULE.sub("", line)):
            yield Problem(name, number, "", f"'{found[0]}' leads out of its folder", RULE)
    for pattern in (CALL, PLACES):
        for found in pattern.finditer(text):
            number = text.count("\n", 0, found.start()) + 1
            said = " ".join(found[0].split())
            what = f"'{said}' can read what no comparison looks at"
            yield Problem(name, number, "", what, f'write "${{path.module}}/NAME": {RULE}')


def everything(folder: Path) -> list[Path]:
    """Every file and link below `folder`; a linked folder is not entered."""
    found: list[Path] = []
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink():
            found += everything(entry)
        else:
            found.append(entry)
    return found
