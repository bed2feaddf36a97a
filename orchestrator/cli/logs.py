"""`logs`: files of logs into a lake, what is collected and what it costs, where it is searched."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.app import logs as app
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.logs.ingest.logfiles import FORMATS
from orchestrator.logs.siem.indices import Keeping
from orchestrator.logs.siem.setup import Plan
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import logs as views

OPEN = frozenset({"missing", "differs"})
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(short_help="Collect logs, and bring them into a lake.")
def logs() -> None:
    """Collect logs: what is forwarded, what it costs, where it is searched, and files of logs."""


@logs.command(short_help="Read files of logs into a lake.")
@click.argument("files", nargs=-1, required=True, metavar="FILES|FOLDERS|-")
@click.option("--lake", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["auto", app.CLOUDTRAIL, *FORMATS]), default="auto"
)
@click.option("--log-format", default="", help="Apache's LogFormat, of access logs of your own.")
@click.option("--source", default="onprem", help="What the source is called in the lake.")
@click.option("--timezone", "zone", default="UTC", help="Of times that say none: Europe/Berlin.")
@click.option("--account", default="000000000000", help="The account the source is kept under.")
@click.option("--region", default="local", help="The region the source is kept under.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def ingest(
    files: tuple[str, ...],
    lake: Path,
    form: str,
    log_format: str,
    source: str,
    zone: str,
    account: str,
    region: str,
    as_json: bool,
) -> ExitCode:
    """Read logs, gzip or not, into the folder of a lake: CloudTrail, syslog, Windows Security and
    Sysmon, auditd, sshd, Apache and nginx, CEF.

    Each record is an event in the lake or in its quarantine, with the reason. Run it again with
    the same files, and only what is new in them is read.

    \b
    orchestrator logs ingest /var/log/auth.log --lake ./lake --timezone Europe/Berlin
    orchestrator logs ingest trail/ --format cloudtrail --lake ./lake
    """
    settings = app.settings(source, form, zone, account, region, log_format)
    counts = app.ingest(files, sys.stdin.buffer, lake, settings)
    click.echo(views.counts_json(counts) if as_json else views.counts(counts, lake))
    return ExitCode.DONE if counts.lost == 0 else ExitCode.BUG


@logs.command("stream-code", short_help="Write the code of a stream of on-premises logs.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def stream_code(file: Path) -> ExitCode:
    """Write the zip of the function that modules/onprem_log_source makes for a stream, and say its
    digest, which the module wants to know. The same version gives the same bytes everywhere.

    \b
    orchestrator logs stream-code onprem.zip
    """
    click.echo(f"{file}  sha256 {app.stream_code(file)}")
    return ExitCode.DONE


@logs.command("lake-setup", short_help="Let Security Lake collect from new accounts.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what differs.")
@click.pass_obj
def lake_setup(project: Project, dry_run: bool) -> ExitCode:
    """Let Security Lake collect from accounts that join the organization what it collects from the
    others. Run it in the security account, after each change to organization.logs.lake; what is as
    it should be is left alone.

    \b
    orchestrator logs lake-setup
    orchestrator logs lake-setup --dry-run
    """
    change = app.lake_setup(project, write=not dry_run)
    for word, sources in (("add", change.added), ("remove", change.removed)):
        for source in sources:
            click.echo(f"{word:<8} {source}")
    different = bool(change.added or change.removed)
    if not different:
        click.echo("as it should be")
    return ExitCode.DRIFT if dry_run and different else ExitCode.DONE


@logs.command("coverage", short_help="Say which logs are not collected.")
@click.option("--all", "every", is_flag=True, help="Also those that are, and where they go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, of all logs.")
@click.pass_obj
def log_coverage(project: Project, every: bool, as_json: bool) -> ExitCode:
    """Say of each account which logs stay where they are, and why. Reads account_configs/ alone.

    \b
    orchestrator logs coverage
    orchestrator logs coverage --all
    """
    found = app.coverage(project)
    click.echo(views.covered_json(found) if as_json else views.covered(found, every=every))
    return ExitCode.DONE


@logs.command("cost", short_help="Estimate what collecting logs is billed by.")
@click.option("--prices", "file", type=FILE, help="JSON: dollars by meter, of your regions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def log_cost(project: Project, file: Path | None, as_json: bool) -> ExitCode:
    """Estimate a month from the volumes in logs.volumes: how much of what AWS bills, by account,
    and the dollars where --prices has one. Logs without a volume are named.

    \b
    orchestrator logs cost
    orchestrator logs cost --prices prices.json
    """
    found = app.cost(project, file)
    click.echo(views.cost_json(found) if as_json else views.cost(found))
    return ExitCode.DONE


@logs.command("siem-setup", short_help="Set up a domain or collection for logs.")
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
) -> ExitCode:
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
        for file in app.siem_written(folder, keeping):
            click.echo(str(file))
        return ExitCode.DONE
    domain = app.Domain(endpoint, region, serverless)
    plan = Plan(serverless, keeping, writers, readers)
    done = []
    for step in app.siem_setup(project, domain, plan, write=not dry_run):
        done.append(step)
        if not as_json:
            click.echo(f"{step.how:<8} {step.what}")
    if as_json:
        click.echo(views.steps_json(done))
    return ExitCode.DRIFT if any(step.how in OPEN for step in done) else ExitCode.DONE
