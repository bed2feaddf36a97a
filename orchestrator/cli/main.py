"""The command line: global options, and one module for each command."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from orchestrator import __version__
from orchestrator.app.project import Project, opened
from orchestrator.app.signals import ended_in_order
from orchestrator.errors import OrchestratorError
from orchestrator.model.exit_code import ExitCode
from orchestrator.process_environment import failed


class Listed(NamedTuple):
    """Where a command is, and the line that lists it, so that a list imports none of them."""

    place: str
    help: str


COMMANDS: Mapping[str, Listed] = {
    "init": Listed("init:init", "Make a project of an organization that is there already."),
    "survey": Listed("survey:survey", "Look at an organization, and change nothing."),
    "validate": Listed("configuration:validate", "Check account_configs/, without credentials."),
    "explain": Listed("configuration:explain", "Name file and line of an account's values."),
    "schema": Listed(
        "configuration:schema", "Write the JSON Schemas for editors and other programs."
    ),
    "accounts": Listed("accounts:accounts", "List the accounts, wave by wave."),
    "list": Listed("accounts:list_", "Show which accounts and stacks SELECTION means."),
    "affected": Listed(
        "accounts:affected", "Show which stacks differ between two revisions, and why."
    ),
    "render": Listed("accounts:render", "Write the Terraform roots of accounts."),
    "doctor": Listed("doctor:doctor", "Say what this machine has, and what it lacks."),
    "preflight": Listed("doctor:preflight", "Ask AWS what is missing, or in a rollout's way."),
    "bootstrap": Listed("doctor:bootstrap", "Make the state bucket and the first roles."),
    "adopt": Listed("vend:adopt", "Find what accounts have already, and take it over."),
    "plan": Listed("rollout:plan", "Show what would change, and what the gate says."),
    "apply": Listed("rollout:apply", "Plan, scan, gate, apply and verify, in waves."),
    "vend": Listed("vend:vend", "Bring a new account under control."),
    "offboard": Listed(
        "vend:offboard", "Take closed accounts out, and account for what they leave."
    ),
    "drift": Listed("rollout:drift", "Compare accounts with what was applied last."),
    "listen": Listed("rollout:listen", "Tell of changes made by hand as they happen."),
    "verify": Listed("rollout:verify", "Ask AWS whether accounts are as declared."),
    "coverage": Listed(
        "report:coverage", "Say which accounts are covered, and what the others lack."
    ),
    "report": Listed(
        "report:report", "Report how secure the organization is, and how it got there."
    ),
    "ci": Listed("ci:ci", "Plan, apply and look for drift in GitHub Actions and GitLab CI."),
    "runs": Listed("runs:runs", "List the runs that are kept here, the newest first."),
    "show": Listed("runs:show", "Show a run: inputs, waves, times, failures and their reasons."),
    "resume": Listed("rollout:resume", "Do what is left of a run, as it was asked."),
    "submit": Listed("submit:submit", "Hand a run to workers on other machines."),
    "worker": Listed("submit:worker", "Work on submitted runs."),
    "cancel": Listed("submit:cancel", "Call off a run that was submitted."),
    "state": Listed("state:state", "Unlock a state, or put an older version of it back."),
    "approve": Listed("runs:approve", "Sign the stored plans of a run."),
    "controls": Listed("controls:controls", "What is decided about Security Hub's controls."),
    "remediate": Listed("remediation:remediate", "Try, or carry out, the fix of one finding."),
    "remediation": Listed(
        "remediation:remediation",
        "What the findings function has done, and the switch that stops it.",
    ),
    "findings": Listed("remediation:findings", "Findings on their way to the function."),
    "logs": Listed("logs:logs", "Collect logs, and bring them into a lake."),
    "investigate": Listed(
        "investigate:investigate", "Say who made a resource fail a control, when and how."
    ),
    "detect": Listed("detect:detect", "Look for what rules in Sigma describe."),
    "hunt": Listed("hunt:hunt", "Ask the logs: by whom, from where, what was read or opened."),
    "completion": Listed(
        "completion:completion", "Print what makes your shell complete commands and accounts."
    ),
    "sandbox": Listed("sandbox:sandbox", "A local AWS to rehearse in."),
    "rehearse": Listed(
        "rehearse:rehearse_", "Rehearse a whole rollout in the sandbox, with faults."
    ),
    "certify": Listed(
        "certify:certify_", "Compare a disposable AWS organization with the sandbox."
    ),
    "upgrade": Listed("init:upgrade", "Show what this version changes, and move a project to it."),
    "demo": Listed("rehearse:demo", "Rehearse the main job on this machine."),
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
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        command = getattr(import_module(f"orchestrator.cli.{module}"), name)
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.help) for name, listed in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        commands = [
            CompletionItem(name, help=listed.help)
            for name, listed in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*click.Command.shell_complete(self, ctx, incomplete), *commands]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except click.UsageError as unknown:
            suggestions = get_close_matches(args[0], COMMANDS)
            if not suggestions:
                raise
            meant = f"Did you mean {' or '.join(map(repr, suggestions))}?"
            raise click.UsageError(f"{unknown.message} {meant}", ctx) from None
        return name, command, _anywhere(ctx, command, rest) if command else rest


FORMAT = "--format"


def _anywhere(ctx: click.Context, command: click.Command, args: list[str]) -> list[str]:
    """What is left of `args` when the options of all commands are taken out, wherever they stand.

    They are set in `ctx`. What a command itself calls so is the command's, and so is whatever
    follows an option that takes a value.
    """
    general, own, left = _options(ctx.command), _options(command), list[str]()
    words = list(args)
    while words:
        word = words.pop(0)
        if word == "--":
            left += [word, *words]
            break
        name, given, value = word.partition("=") if word.startswith("--") else (word, "", "")
        option = own.get(name) or general.get(name)
        wanted = 0 if option is None or given or not _takes_value(option) else option.nargs
        values = [value] if given else [words.pop(0) for _ in range(min(wanted, len(words)))]
        if wanted and not values and name not in own:
            raise click.BadOptionUsage(name, f"Option '{name}' requires an argument.", ctx)
        if name in own or option is None:
            left += [word, *([] if given else values)]
            if isinstance(command, click.Group) and (inner := command.get_command(ctx, word)):
                command, own = inner, _options(inner)
        elif option.name == "format_":
            ctx.params["format_"] = values[0]
        else:
            _set(ctx, option, name, values)
    if wanted_format := ctx.params.get("format_"):
        if FORMAT not in own:
            raise click.UsageError(f"'{ctx.command_path} {command.name}' has no {FORMAT}", ctx)
        if not any(word == FORMAT or word.startswith(f"{FORMAT}=") for word in left):
            left = [*_path(left), FORMAT, wanted_format, *left[len(_path(left)) :]]
    return left


def _path(words: list[str]) -> list[str]:
    """All before the end of options: what follows `--` is taken as it is."""
    return words[: words.index("--")] if "--" in words else words


def _options(command: click.Command) -> dict[str, click.Option]:
    return {
        name: option
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
        if name not in ("--version", "--help")
    }


def _takes_value(option: click.Option) -> bool:
    return not option.is_flag and not option.count


def _set(ctx: click.Context, option: click.Option, name: str, values: list[str]) -> None:
    assert option.name  # noqa: S101  click names each
    if option.count:
        ctx.params[option.name] += 1
    elif option.is_flag:
        ctx.params[option.name] = name in option.opts
    else:
        ctx.params[option.name] = option.type_cast_value(ctx, values[0])


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
@click.option("--format", "format_", hidden=True, help="The same as after the command.")
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
    format_: str | None,  # noqa: ARG001  it was given to the command
) -> None:
    """Roll out AWS Security Hub, remediation and log forwarding across hundreds of accounts.

    The options below may stand before or after the command.
    """
    logging.basicConfig(
        stream=sys.stderr,
        level=LEVELS[min(verbose, 1)],
        format="%(levelname)s %(message)s",
        force=True,
    )
    logging.getLogger("grpc").setLevel(logging.WARNING)
    # It warns of connections that it opens anew beyond its pool, which harms nothing.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    for library in ("botocore", "boto3", "s3transfer"):
        # What they warn of, with tracebacks, is in the error that is raised and shown in a line.
        level = logging.WARNING if verbose else logging.CRITICAL
        logging.getLogger(library).setLevel(level)
    root, here = opened(folder, Path.cwd(), ctx.invoked_subcommand or "")
    say = partial(click.echo, err=True)
    work = (work or here).resolve()
    ctx.obj = Project(root, work, sandboxed, warm, reader=reader, say=say, environ=os.environ)


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line and return its exit code. A user's mistake is not a traceback."""
    try:
        with ended_in_order():
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
