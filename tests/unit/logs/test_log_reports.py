"""Which logs are collected and what they are billed by, from account_configs/ alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.app.project import Project
from orchestrator.cli.logs import log_cost
from orchestrator.logs.costs import BY_OWNERS, HOURS, Covered, coverage, estimate, everywhere
from orchestrator.logs.ocsf.classes import known_classes, ocsf_class
from orchestrator.model.facts import LakeFacts, LakeSource, LogFacts, SiemFacts, SiemKind
from orchestrator.model.settings import Collected, LogForwarding, Logs, LogSource
from tests.unit.render.builders import HOME, ROOT, an_account, an_organization
from tests.unit.render.test_forwarding import FACTS, LOGS, SERVERLESS, with_logs

MODULE = ROOT / "modules" / "onprem_log_source" / "main.tf"


def of_orders(logs: Logs = LOGS, facts: LogFacts = FACTS) -> dict[str, list[Covered]]:
    organization = with_logs(logs, facts)
    found: dict[str, list[Covered]] = {}
    for log in coverage(organization, organization.named("orders-prod")):
        found.setdefault(log.source, []).append(log)
    return found


def test_each_account_and_source_is_accounted_for() -> None:
    organization = with_logs()

    logs = everywhere(organization)

    assert {(log.account, log.source) for log in logs} == {
        (account.name, source)
        for account in organization.accounts
        for source in (*LogSource, *BY_OWNERS)
    }


def test_what_nobody_collects_is_named_with_the_reason() -> None:
    found = of_orders(Logs(), LogFacts())

    stays = {name for name, logs in found.items() if not any(log.to for log in logs)}
    assert stays == {*LogSource, *BY_OWNERS} - {LogSource.CLOUDTRAIL, LogSource.SECURITY_HUB}
    assert all(log.why for name in stays for log in found[name])


def test_a_region_without_a_destination_stays_behind() -> None:
    there, missing, *_ = of_orders()["cloudwatch"]

    assert (there.to, there.why) == (("archive",), HOME)
    assert (missing.to, missing.why) == ((), "not forwarded from us-east-1")


def test_a_log_group_left_out_for_the_lake_is_in_the_lake_and_others_are_not() -> None:
    left_out = {log.why: log.to for log in of_orders()["cloudwatch"][2:]}

    assert left_out == {
        "/aws/eks/payments/cluster is left out": ("lake",),
        "/noisy is left out": (),
    }


def test_traffic_is_collected_of_named_vpcs_only() -> None:
    forward = LogForwarding(vpc_flow=Collected.ARCHIVE)

    named = of_orders(Logs(forward=forward, vpcs={"vpc-0a1b2c3d": HOME}))["vpc_flow"]
    unnamed = of_orders(Logs(forward=forward))["vpc_flow"]

    assert (named[0].to, named[0].why) == (("archive",), "of vpc-0a1b2c3d only")
    assert (unnamed[0].to, unnamed[0].why) == ((), "no VPC is named in logs.vpcs")


def test_costs_are_volumes_by_what_is_billed_and_nothing_is_guessed() -> None:
    volumes = {LogSource.CLOUDWATCH: 40.0, LogSource.VPC_FLOW: 100.0}
    organization = with_logs(LOGS.model_copy(update={"volumes": volumes}))

    found = estimate(organization, {"delivery_gb": 0.25, "parquet_gb": 0.035})

    orders = {each.meter: each for each in found.used if each.account == "orders-prod"}
    assert {meter: each.quantity for meter, each in orders.items()} == {
        "firehose_gb": 40.0,
        "delivery_gb": 100.0,
        "parquet_gb": 100.0,
    }
    assert orders["delivery_gb"].usd == 25.0
    assert orders["firehose_gb"].usd is None
    assert "firehose_gb" in found.unpriced
    assert "orders-prod resolver_queries" in found.unmeasured
    assert found.usd == pytest.approx(4 * (25.0 + 3.5))


def test_the_lake_bills_cloudtrail_by_another_meter() -> None:
    sources = dict.fromkeys((LakeSource.CLOUD_TRAIL_MGMT, LakeSource.WAF), True)
    lake = LakeFacts(enabled=True, sources=sources)
    logs = Logs(volumes={LogSource.CLOUDTRAIL: 2.0, LogSource.WAF: 3.0})

    found = estimate(with_logs(logs, LogFacts(lake=lake)), {})

    meters = {(each.meter, each.quantity) for each in found.used}
    assert meters == {("lake_cloudtrail_gb", 2.0), ("lake_gb", 3.0)}


def test_what_logs_are_searched_in_is_billed_by_the_hour() -> None:
    domain = {e.meter: e.quantity for e in estimate(with_logs(Logs()), {}).used}
    collection = {e.meter: e.quantity for e in estimate(with_logs(Logs(), SERVERLESS), {}).used}

    assert domain["node_hours:r7g.large.search"] == 3 * HOURS
    assert domain["node_hours:m7g.large.search"] == 3 * HOURS
    assert domain["volume_gb_months"] == 900
    assert collection["serverless_unit_hours"] == 2 * HOURS
    assert domain["ingestion_unit_hours"] == collection["ingestion_unit_hours"] == HOURS


def test_each_pipeline_of_the_archive_is_billed_and_one_of_the_lake() -> None:
    more = dict.fromkeys((LakeSource.VPC_FLOW, LakeSource.ROUTE53), True)
    siem = SiemFacts(kind=SiemKind.OPENSEARCH, sources=more)
    facts = LogFacts(siem=siem)
    lake = LogFacts(siem=siem, lake=LakeFacts(enabled=True, sources=more))

    archive, one = (
        {e.meter: e.quantity for e in estimate(with_logs(Logs(), each), {}).used}
        for each in (facts, lake)
    )

    assert archive["ingestion_unit_hours"] == 3 * HOURS
    assert one["ingestion_unit_hours"] == HOURS


def test_without_anything_chosen_nothing_is_billed() -> None:
    plain = an_organization(an_account())

    assert plain.facts.logs.siem == SiemFacts(kind=SiemKind.NONE)
    assert estimate(plain, {}).used == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"delivery": 1}', "'delivery' is not a meter"),
        ('{"delivery_gb": "1"}', "delivery_gb: '1' is not a price"),
        ('{"delivery_gb": -1}', "delivery_gb: '-1' is not a price"),
        ("[]", "is not a meter"),
        ("{", "Expecting property name"),
    ],
)
def test_prices_that_cannot_be_read_are_refused(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(text)

    ran = CliRunner().invoke(log_cost, ["--prices", str(file)], obj=Project(ROOT, tmp_path))

    assert said in str(ran.exception)


def test_costs_are_said_as_a_document_too(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        log_cost, ["--json"], obj=Project(ROOT, tmp_path), standalone_mode=False
    )

    assert set(json.loads(ran.output)) == {"version", "used", "usd", "unpriced", "unmeasured"}


def test_a_source_of_the_module_is_called_as_ingest_calls_its_folder() -> None:
    named = dict(re.findall(r"^    ([A-Z_]+) += (\d+)$", MODULE.read_text("utf-8"), re.MULTILINE))

    assert named == {
        ocsf_class(uid).name.upper().replace(" ", "_"): str(uid) for uid in known_classes() if uid
    }
