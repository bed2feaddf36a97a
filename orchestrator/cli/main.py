"""The command line: global options, and one module for each command."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from orchestrator import __version__
from orchestrator.cli.project import Project, find
from orchestrator.errors import OrchestratorError
from orchestrator.model.exit_code import ExitCode
from orchestrator.surroundings import failed

COMMANDS: Mapping[str, str] = {
    "init": "orchestrator.cli.init:init",
    "validate": "orchestrator.cli.validate:validate",
    "explain": "orchestrator.cli.explain:explain",
    "schema": "orchestrator.cli.schema:schema",
    "accounts": "orchestrator.cli.accounts:accounts",
    "list": "orchestrator.cli.list:list_",
    "affected": "orchestrator.cli.affected:affected",
    "render": "orchestrator.cli.render:render",
    "doctor": "orchestrator.cli.doctor:doctor",
    "preflight": "orchestrator.cli.preflight:preflight",
    "bootstrap": "orchestrator.cli.bootstrap:bootstrap",
    "adopt": "orchestrator.cli.adopt:adopt",
    "plan": "orchestrator.cli.rollout:plan",
    "apply": "orchestrator.cli.rollout:apply",
    "vend": "orchestrator.cli.vend:vend",
    "offboard": "orchestrator.cli.offboard:offboard",
    "drift": "orchestrator.cli.rollout:drift",
    "listen": "orchestrator.cli.listen:listen",
    "verify": "orchestrator.cli.rollout:verify",
    "coverage": "orchestrator.cli.coverage:coverage",
    "report": "orchestrator.cli.report:report",
    "ci": "orchestrator.cli.ci:ci",
    "runs": "orchestrator.cli.runs:runs",
    "show": "orchestrator.cli.show:show",
    "resume": "orchestrator.cli.resume:resume",
    "submit": "orchestrator.cli.submit:submit",
    "worker": "orchestrator.cli.worker:worker",
    "cancel": "orchestrator.cli.cancel:cancel",
    "state": "orchestrator.cli.state:state",
    "approve": "orchestrator.cli.approve:approve",
    "controls": "orchestrator.cli.controls:controls",
    "remediate": "orchestrator.cli.remediate:remediate",
    "remediation": "orchestrator.cli.remediation:remediation",
    "findings": "orchestrator.cli.findings:findings",
    "logs": "orchestrator.cli.logs:logs",
    "investigate": "orchestrator.cli.investigate:investigate",
    "completion": "orchestrator.cli.completion:completion",
    "sandbox": "orchestrator.cli.sandbox:sandbox",
    "rehearse": "orchestrator.cli.rehearse:rehearse_",
    "certify": "orchestrator.cli.certify:certify_",
    "demo": "orchestrator.cli.demo:demo",
}
"""In the order in which somebody meets them."""

LEVELS = (logging.INFO, logging.DEBUG)


class Lazy(click.Group):
    """Commands are imported when they are called: the first word must not wait for the last."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as unknown:
            near = get_close_matches(args[0], COMMANDS)
            if not near:
                raise
            meant = f"Did you mean {' or '.join(map(repr, near))}?"
            raise click.UsageError(f"{unknown.message} {meant}", ctx) from None


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds account_configs/; by default found from here upwards.",
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for .build, .orchestrator and .sandbox; by default the project's.",
)
@click.option("--sandbox", "sandboxed", is_flag=True, help="Talk to the running sandbox, not AWS.")
@click.option(
    "--gateway/--no-gateway",
    "warm",
    default=True,
    help="Keep provider processes between Terraform's runs; without, all is the same but slower.",
)
@click.option(
    "--reader",
    is_flag=True,
    help="Start as the reader role, which plans and looks; the same as ORCHESTRATOR_ROLE=reader.",
)
@click.option("-v", "--verbose", count=True, help="Show every process and its duration.")
@click.version_option(__version__)
@click.pass_context
def cli(
    ctx: click.Context,
    folder: Path | None,
    work: Path | None,
    sandboxed: bool,
    warm: bool,
    reader: bool,
    verbose: int,
) -> None:
    """Roll out AWS Security Hub, remediation and log forwarding across hundreds of accounts."""
    logging.basicConfig(
        stream=sys.stderr,
        level=LEVELS[min(verbose, 1)],
        format="%(levelname)s %(message)s",
        force=True,
    )
    for noisy in ("urllib3", "grpc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for told_otherwise in ("botocore", "boto3", "s3transfer"):
        # What they warn of, with tracebacks, is in the error that is raised and shown in a line.
        level = logging.WARNING if verbose else logging.CRITICAL
        logging.getLogger(told_otherwise).setLevel(level)
    root = find(folder, Path.cwd())
    ctx.obj = Project(root, (work or root).resolve(), sandboxed, warm, reader=reader)


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line and return its exit code. A user's mistake is no traceback."""
    try:
        code = cli.main(args=list(arguments), prog_name="orchestrator", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return ExitCode.CONFIGURATION
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except OrchestratorError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except Exception as error:
        logging.getLogger(__name__).debug("bug", exc_info=error)
        if known := failed(error):
            _unread_output(error)
            click.echo(f"error: {known}", err=True)
            return known.exit_code
        click.echo(f"error: {type(error).__name__}: {error}", err=True)
        click.echo("  fix: this is a bug of ours; run again with --verbose and report it", err=True)
        return ExitCode.BUG
    return code if isinstance(code, int) else ExitCode.DONE


def _unread_output(error: Exception) -> None:
    """What cannot be printed now could not be at Python's end, which would say so once more."""
    if isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ENOSPC):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
