"""`accounts`, `list`, `affected` and `render`: which stacks there are, and of what."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from orchestrator import config, wiring
from orchestrator.accounts.affected import Affected, Comparison, Reason
from orchestrator.accounts.selection import Selection
from orchestrator.app import selection
from orchestrator.app import selection as selecting
from orchestrator.app.project import Project
from orchestrator.app.selection import compared
from orchestrator.cli import options
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.plan import Rendering
from orchestrator.render import Renderer, bootstrap_of, digest_of, stacks_of

VERSION = 1


@click.command(short_help="List the accounts, wave by wave.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def accounts(project: Project, as_json: bool) -> int:
    """List the accounts wave by wave, with id, OU, team and number of governed regions."""
    organization = config.load(project.configs, dates.today())
    click.echo(_json(organization) if as_json else "\n".join(_text(organization)))
    return ExitCode.DONE


def _text(organization: Organization) -> Iterator[str]:
    widths = [
        max(map(len, column)) for column in zip(*map(_cells, organization.accounts), strict=True)
    ]
    for wave in organization.waves:
        yield wave
        for account in organization.accounts:
            if organization.wave_of[account.id] == wave:
                cells = zip(_cells(account), widths, strict=True)
                row = "  ".join(f"{cell:<{width}}" for cell, width in cells)
                held = account.set_aside(dates.today())
                yield f"  {row}  {_regions(account)}" + (f"  ({held})" if held else "")


def _cells(account: Account) -> tuple[str, str, str, str]:
    return account.name, account.id, account.ou or "(root)", account.settings.team


def _regions(account: Account) -> str:
    count = len(account.regions)
    return f"{count} region" if count == 1 else f"{count} regions"


def _json(organization: Organization) -> str:
    listed = [
        {
            "name": account.name,
            "id": account.id,
            "email": account.email,
            "ou": account.ou,
            "team": account.settings.team,
            "wave": organization.wave_of[account.id],
            "regions": list(account.regions),
            "set_aside": held.model_dump(mode="json")
            if (held := account.set_aside(dates.today()))
            else None,
        }
        for account in organization.accounts
    ]
    return json.dumps({"version": VERSION, "accounts": listed}, indent=2, ensure_ascii=False)


@click.command("list")
@options.selection
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def list_(project: Project, words: tuple[str, ...], as_json: bool) -> int:
    """Show which accounts and stacks SELECTION means. Works offline.

    \b
    orchestrator list orders-prod payments-prod
    orchestrator list 'ou:Workloads/** and not team:web'
    """
    organization = config.load(project.configs, dates.today())
    selection = selecting.read(project, organization, words)
    click.echo(
        _selected_json(selection, organization)
        if as_json
        else "\n".join(_selected_text(selection.stacks, organization))
    )
    return ExitCode.DONE


def _selected_text(stacks: tuple[StackKey, ...], organization: Organization) -> Iterator[str]:
    accounts = _selected_accounts(stacks, organization)
    rows = [_selected_cells(account, organization) for account in accounts]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for account, row in zip(accounts, rows, strict=True):
        cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        names = ", ".join(key.stack for key in stacks if key.account_id == account.id)
        held = account.set_aside(dates.today())
        yield f"{cells}  {names}" + (f"  ({held})" if held else "")
    yield f"{_count(len(stacks), 'stack')} of {_count(len(accounts), 'account')}"


def _selected_accounts(
    stacks: tuple[StackKey, ...], organization: Organization
) -> tuple[Account, ...]:
    ids = {key.account_id for key in stacks}
    return tuple(account for account in organization.accounts if account.id in ids)


def _selected_cells(account: Account, organization: Organization) -> tuple[str, ...]:
    wave = organization.wave_of[account.id]
    return account.name, account.id, account.ou or "(root)", account.settings.team, wave


def _selected_json(selection: Selection, organization: Organization) -> str:
    document = {
        "version": VERSION,
        "accounts": [
            {
                "id": account.id,
                "name": account.name,
                "ou": account.ou,
                "team": account.settings.team,
                "wave": organization.wave_of[account.id],
                "set_aside": held.model_dump(mode="json")
                if (held := account.set_aside(dates.today()))
                else None,
                "stacks": [
                    str(key.stack) for key in selection.stacks if key.account_id == account.id
                ],
            }
            for account in _selected_accounts(selection.stacks, organization)
        ],
        "gone": [
            {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}
            for key in selection.gone
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


NAMES, REASONS = 5, 10


@click.command()
@click.argument("revisions", metavar="REV")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def affected(project: Project, revisions: str, as_json: bool) -> int:
    """Show which stacks differ between two revisions, and why. Works offline.

    Compares what is resolved and rendered, not paths. REV is read as git diff reads it: A...B is
    what B changed since it branched off from A, A alone is compared with the files as they are.

    \b
    orchestrator affected main...HEAD
    orchestrator affected HEAD --json
    """
    comparison = compared(project, revisions)
    click.echo(_affected_json(comparison) if as_json else "\n".join(_affected_text(comparison)))
    return ExitCode.DONE


def _affected_text(comparison: Comparison) -> Iterator[str]:
    """Stacks with the same reasons together."""
    alike: dict[tuple[StackName, tuple[Reason, ...]], list[Affected]] = {}
    for each in comparison.stacks:
        alike.setdefault((each.key.stack, each.reasons), []).append(each)
    for (stack, reasons), members in alike.items():
        yield f"{_count(len(members), f'{stack} stack')}: {_affected_names(members)}"
        yield from (f"    {reason}" for reason in reasons[:REASONS])
        if len(reasons) > REASONS:
            yield f"    and {len(reasons) - REASONS} more: --json has all of them"
    for key in comparison.removed:
        yield f"removed: {_title(key)}; what it made stays until you destroy it"
    accounts = {each.key.account_id for each in comparison.stacks}
    stacks = _count(len(comparison.stacks), "stack")
    yield f"{stacks} of {_count(len(accounts), 'account')} affected"


def _affected_names(members: list[Affected]) -> str:
    names = ", ".join(each.key.account_name for each in members[:NAMES])
    return f"{names} and {len(members) - NAMES} more" if len(members) > NAMES else names


def _title(key: StackKey) -> str:
    return f"{key.account_name}/{key.stack} ({key.account_id})"


def _affected_json(comparison: Comparison) -> str:
    document = {
        "version": VERSION,
        "stacks": [
            {
                **_stack(each.key),
                "reasons": [{"what": r.what, "where": r.where or None} for r in each.reasons],
            }
            for each in comparison.stacks
        ],
        "removed": [_stack(key) for key in comparison.removed],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _stack(key: StackKey) -> dict[str, str]:
    return {"account_id": key.account_id, "account": key.account_name, "stack": str(key.stack)}


@click.command(short_help="Write the Terraform roots of accounts.")
@click.argument("words", nargs=-1, metavar="[SELECTION]...")
@click.option(
    "--build",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to; by default .build of the work folder.",
)
@click.pass_obj
def render(project: Project, words: tuple[str, ...], build: Path | None) -> int:
    """Write the Terraform roots of a selection, of all if nothing is named. Works offline.

    \b
    orchestrator render
    orchestrator render orders-prod --build /tmp/review
    """
    started = time.monotonic()
    organization = config.load(project.configs, dates.today())
    keys = selection.chosen(project, organization, words or ("all",))
    folder = build or project.build
    renderer, folders = Renderer(project.root), wiring.folders(folder)
    renderings = [renderer.render(organization, key) for key in keys]
    for rendering in renderings:
        folders.write(rendering)
    if keys == stacks_of(organization):
        first = renderer.render(organization, bootstrap_of(organization))
        wiring.keep_rendered(project.root, folder, renderer, renderings, [first])
    click.echo(
        summary(
            renderings, len({key.account_id for key in keys}), folder, time.monotonic() - started
        )
    )
    return 0


def summary(renderings: Sequence[Rendering], accounts: int, folder: Path, seconds: float) -> str:
    """One line: how much, where to, how fast, and a digest over all of it."""
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    return (
        f"{_count(len(renderings), 'stack')} of {_count(accounts, 'account')} rendered to "
        f"{shown} ({seconds:.2f} s), digest {digest_of(renderings)[:12]}"
    )
