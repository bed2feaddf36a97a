"""`logs siem-setup`: what a domain or collection needs beside what Terraform makes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from orchestrator import wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import UsageError
from orchestrator.logs.siem.indices import Keeping
from orchestrator.logs.siem.objects import files
from orchestrator.logs.siem.setup import Done, Plan, set_up
from orchestrator.model.exit_code import ExitCode

VERSION = 1
OPEN = frozenset({"missing", "differs"})
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("siem-setup", short_help="Set up a domain or collection for logs.")
@click.option("--endpoint", help="Address of the domain or collection: https://…")
@click.option("--region", help="Its region.")
@click.option("--serverless", is_flag=True, help="It is a collection of OpenSearch Serverless.")
@click.option("--writer", "writers", multiple=True, help="ARN of a pipeline's role; a domain only.")
@click.option("--reader", "readers", multiple=True, help="ARN of a role that searches.")
@click.option("--hot-days", default=14, type=click.IntRange(1), help="Days until logs are warm.")
@click.option("--delete-days", default=90, type=click.IntRange(1), help="Days that logs are kept.")
@click.option("--warm", is_flag=True, help="The domain has warm nodes.")
@click.option("--shards", default=3, type=click.IntRange(1), help="Primary shards of an index.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what is missing or differs.")
@click.option("--write", "folder", type=FOLDER, help="Write it all to files there, offline.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def siem_setup(
    project: Project,
    endpoint: str | None,
    region: str | None,
    serverless: bool,
    writers: tuple[str, ...],
    readers: tuple[str, ...],
    hot_days: int,
    delete_days: int,
    warm: bool,
    shards: int,
    dry_run: bool,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Make index templates, retention, roles and dashboards in a domain or collection, as its
    master user. Run it again at any time: what is as it should be is left alone.

    \b
    orchestrator logs siem-setup --endpoint https://search.example.com --region ap-northeast-1
    orchestrator logs siem-setup --write ./objects
    """
    if warm and hot_days >= delete_days:
        raise UsageError(
            f"--hot-days {hot_days} is not before --delete-days {delete_days}",
            "let logs be warm for a day at least, or leave out --warm",
        )
    keeping = Keeping(hot_days, delete_days, warm, shards)
    if folder:
        _write(folder, keeping)
        return ExitCode.DONE
    if not endpoint or not region:
        raise UsageError("where is it?", "give --endpoint and --region, or --write a folder")
    target = wiring.siem(endpoint, region, "aoss" if serverless else "es", environment(project))
    plan = Plan(serverless, keeping, writers, readers)
    done = []
    for step in set_up(target, plan, write=not dry_run):
        done.append(step)
        if not as_json:
            click.echo(f"{step.how:<8} {step.what}")
    if as_json:
        click.echo(_json(done))
    return ExitCode.DRIFT if any(step.how in OPEN for step in done) else ExitCode.DONE


def _write(folder: Path, keeping: Keeping) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(keeping).items():
        (folder / name).write_text(text, "utf-8")
        click.echo(str(folder / name))


def _json(done: list[Done]) -> str:
    steps = [{"what": step.what, "how": step.how} for step in done]
    return json.dumps({"version": VERSION, "steps": steps}, indent=2)
