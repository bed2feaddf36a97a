"""`logs stream-code`: the function that makes events of lines on their way to Security Lake."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import click

from orchestrator.logs.stream import deployment
from orchestrator.model.exit_code import ExitCode
from orchestrator.render.bundle import zipped

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("stream-code", short_help="Write the code of a stream of on-premises logs.")
@click.argument("file", type=FILE)
def stream_code(file: Path) -> int:
    """Write the zip of the function that modules/onprem_log_source makes for a stream, and say its
    digest, which the module wants to know. The same version gives the same bytes everywhere.

    \b
    orchestrator logs stream-code onprem.zip
    """
    content = zipped(deployment.files())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    click.echo(f"{file}  sha256 {digest}")
    return ExitCode.DONE
