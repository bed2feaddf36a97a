"""What a domain or collection is set up with: only fields that OCSF has, and files that agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.logs.ingest.formats import dns, flow
from orchestrator.logs.ingest.formats.parser import Context
from orchestrator.logs.json_path import Tree, at, branch
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.logs.ocsf.fields import FIELDS, SIGNED_IN, Kind
from orchestrator.logs.siem.dns import processors as dns_processors
from orchestrator.logs.siem.flow import processors as flow_processors
from orchestrator.logs.siem.indices import (
    CLASS_IDS,
    Keeping,
    domain_templates,
    properties,
    retention,
)
from orchestrator.logs.siem.objects import BOARDS, Board, files, saved_objects
from orchestrator.logs.siem.processors import processors
from orchestrator.logs.siem.setup import holds
from tests.cloudtrail import shapes
from tests.unit.logs.data_prepper import processed

OBJECTS = Path(__file__).parents[3] / "modules" / "siem_ingestion" / "objects"
VALUE = re.compile(r"[a-z_.]+:(\([A-Za-z0-9 ]+\)|\*\\/[a-z-]+\*?|[A-Za-z0-9]+)")
FIELD = re.compile(r"([a-z_]+(?:\.[a-z_]+)*):")


def paths() -> frozenset[str]:
    """Every field that can be searched, `actor.user.uid.text` among them."""
    return frozenset(_paths(properties(), ""))


def _paths(mapping: Tree, above: str) -> Iterator[str]:
    for name, mapped in mapping.items():
        path = f"{above}{name}"
        if inner := branch(mapped, "properties"):
            yield from _paths(inner, f"{path}.")
        elif at(mapped, "enabled") is not False:
            yield from (path, *(f"{path}.{each}" for each in branch(mapped, "fields")))


def test_the_files_of_the_module_are_those_of_the_code() -> None:
    expected = files(Keeping())

    assert {file.name: file.read_text("utf-8") for file in OBJECTS.iterdir()} == expected, (
        "run: orchestrator logs siem-setup --write modules/siem_ingestion/objects"
    )


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_dashboards_ask_for_fields_that_are_mapped(board: Board) -> None:
    asked = {name for query in queries(board) for name in FIELD.findall(query)}
    asked.update(chart.field for chart in board.charts)
    asked.update(column for search in board.searches for column in search.columns)

    assert asked - paths() == set()
    assert asked


def queries(board: Board) -> list[str]:
    return [*(chart.query for chart in board.charts), *(each.query for each in board.searches)]


def test_queries_are_fields_values_and_the_words_between_them() -> None:
    for query in (query for board in BOARDS for query in queries(board)):
        rest = VALUE.sub("X", query)
        assert re.fullmatch(r"X( AND (NOT )?X)*", rest), query


def test_what_a_saved_object_refers_to_is_saved_before_it() -> None:
    known: set[tuple[object, object]] = set()
    for each in saved_objects():
        references = each["references"]
        assert isinstance(references, list)
        assert {(one["type"], one["id"]) for one in references} <= known
        known.add((each["type"], each["id"]))

    assert len(known) == len(saved_objects())
    assert sum(kind == "dashboard" for kind, _ in known) == 4


def test_what_is_written_as_text_inside_a_saved_object_is_json_and_fits_its_outside() -> None:
    lines = (OBJECTS / "dashboards.ndjson").read_text("utf-8").splitlines()

    for each in map(json.loads, lines):
        attributes, names = each["attributes"], {one["name"] for one in each["references"]}
        if each["type"] == "index-pattern":
            continue
        searched = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
        assert searched["query"]["language"] == "lucene"
        if each["type"] == "dashboard":
            panels = json.loads(attributes["panelsJSON"])
            assert {panel["panelRefName"] for panel in panels} == names
            places = {(p["gridData"]["x"], p["gridData"]["y"]) for p in panels}
            assert len(places) == len(panels) > 0
        else:
            assert {searched["indexRefName"]} == names
        if each["type"] == "visualization":
            state = json.loads(attributes["visState"])
            assert state["title"] == attributes["title"]
            assert [a["id"] for a in state["aggs"]] == [
                str(n + 1) for n in range(len(state["aggs"]))
            ]


def test_an_event_can_be_found_by_what_the_lake_asks_for() -> None:
    assert {"metadata.uid", "time", "cloud.account.uid", "cloud.region", "api.operation"} <= paths()
    assert at(properties(), "metadata.properties.uid.type") == "keyword"
    assert at(properties(), "api.properties.request.properties.data.type") == "text"
    assert at(properties(), "time") == {"type": "date", "format": "epoch_millis"}
    assert "actor.user.uid.text" in paths()


def test_a_source_makes_no_fields_of_its_own() -> None:
    template = branch(domain_templates(Keeping())["_component_template/ocsf"], "template")

    assert at(template, "mappings.dynamic") is False
    assert at(template, "mappings.properties.unmapped.enabled") is False
    assert len(paths()) < 2000


def test_each_class_rolls_its_own_alias_over() -> None:
    templates = domain_templates(Keeping())

    for uid in CLASS_IDS:
        body = templates[f"_index_template/ocsf-{uid}"]
        assert body["index_patterns"] == [f"ocsf-{uid}-*"]
        settings = branch(body, "template.settings")
        assert settings["index.plugins.index_state_management.rollover_alias"] == f"ocsf-{uid}"


@pytest.mark.parametrize(
    ("keeping", "states"),
    [
        (Keeping(14, 90), [("hot", "delete", "90d"), ("delete", "", "")]),
        (
            Keeping(7, 365, warm=True),
            [("hot", "warm", "7d"), ("warm", "delete", "365d"), ("delete", "", "")],
        ),
    ],
    ids=["without warm nodes", "with warm nodes"],
)
def test_logs_roll_over_go_warm_and_are_deleted(
    keeping: Keeping, states: list[tuple[str, str, str]]
) -> None:
    policy = branch(retention(keeping), "policy")
    found = []
    for state in list_of(policy["states"]):
        goes_on = list_of(state["transitions"]) or [{}]
        conditions = branch(goes_on[0], "conditions")
        found.append(
            (state["name"], goes_on[0].get("state_name", ""), conditions.get("min_index_age", ""))
        )

    assert found == states
    assert "rollover" in list_of(list_of(policy["states"])[0]["actions"])[0]


def list_of(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def test_a_pipeline_puts_each_field_where_the_tables_say() -> None:
    copied = {
        (one["from_key"], one["to_key"])
        for step in processors()
        for one in list_of(branch(step, "copy_values").get("entries", []))
    }
    times = {
        (at(step, "date.match")[0]["key"], at(step, "date.destination"))  # type: ignore[index]
        for step in processors()
        if "date" in step
    }
    written = {
        (at(step, "write_json.source"), at(step, "write_json.target"))
        for step in processors()
        if "write_json" in step
    }

    for above, field in (*(("", each) for each in FIELDS), *(("user.", e) for e in SIGNED_IN)):
        expected = {(pointer(s), pointer(f"{above}{field.target}")) for s in field.sources}
        held = {Kind.MILLISECONDS: times, Kind.JSON: written}.get(field.kind, copied)
        assert expected <= held, field


def pointer(path: str) -> str:
    return "/" + path.replace(".", "/")


@pytest.mark.parametrize(
    "steps",
    [processors(), flow_processors(), dns_processors()],
    ids=["trail", "flow", "queries"],
)
def test_a_pipeline_names_only_fields_that_are_mapped(steps: list[dict[str, object]]) -> None:
    text = re.sub(r'"match": \[[^\]]*\]', "", json.dumps(steps).replace('["epoch_second"]', '""'))
    targets = set(re.findall(r'"(?:to_key|target|destination|key)": "/([a-z_/]+)"', text))

    unknown = {target.replace("/", ".") for target in targets} - paths()

    assert {name for name in unknown if not name.startswith("unmapped.")} == set()


UNSAID = {"type_uid", "type_name", "activity_name", "observables"}
"""What follows from other fields, and is left out to keep pipelines short."""
WRITTEN = ("api.request.data", "api.response.data", "unmapped", "resources")


@pytest.mark.parametrize("name", shapes())
def test_a_pipeline_makes_of_a_record_what_ingest_makes_of_it(name: str) -> None:
    wanted = dict(leaves(to_ocsf(shapes()[name])))

    record = processed(shapes()[name], processors())
    made = {path: value for path, value in leaves(record) if value is not None}

    lacking = {path for path in wanted if path not in made} - UNSAID
    assert lacking <= {"api.request.uid", "actor.invoked_by", "actor.user.name", "user.name"}
    assert {path: made[path] for path in wanted if path in made} == {
        path: value for path, value in wanted.items() if path in made
    }
    assert set(made) <= set(wanted)


def leaves(tree: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Values by path, without whole parameters and what is kept as it came."""
    for name, value in tree.items():
        path = f"{above}{name}"
        if path in WRITTEN:
            continue
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


ROW: dict[str, object] = {
    "version": 5,
    "account_id": "200000000006",
    "interface_id": "eni-0a1b2c3d4e5f60718",
    "srcaddr": "10.20.1.4",
    "dstaddr": "203.0.113.7",
    "srcport": 49152,
    "dstport": 443,
    "protocol": 6,
    "packets": 20,
    "bytes": 4249,
    "start": 1795507199,
    "end": 1795507258,
    "action": "ACCEPT",
    "log_status": "OK",
    "vpc_id": "vpc-0a1b2c3d4e5f60718",
    "subnet_id": "subnet-0a1b2c3d4e5f60718",
    "instance_id": "i-0a1b2c3d4e5f60718",
    "tcp_flags": 19,
    "type": "IPv4",
    "pkt_srcaddr": "10.20.7.9",
    "pkt_dstaddr": "203.0.113.7",
    "region": "us-east-1",
    "flow_direction": "egress",
    "traffic_path": 8,
}
"""The columns that modules/log_forwarding has flow logs written with."""


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"action": "REJECT", "flow_direction": "ingress", "traffic_path": None},
        {"instance_id": "-", "flow_direction": "-", "pkt_srcaddr": "-", "protocol": 17},
        {"protocol": 99, "type": "EFA", "traffic_path": 77, "action": "-"},
        {
            "srcaddr": "2001:db8::1",
            "type": "IPv6",
            "srcport": None,
            "dstport": None,
            "protocol": 58,
        },
    ],
    ids=["goes out", "refused", "said less", "unknown", "without ports"],
)
def test_a_pipeline_makes_of_a_flow_what_ingest_makes_of_it(changed: dict[str, object]) -> None:
    row = {**ROW, **changed}
    context = Context(
        UTC, datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    )
    wanted = dict(leaves(flow.parse(json.dumps(row), context)))

    record = processed(row, flow_processors())

    made = dict(leaves(record))
    lacking = {path for path in wanted if path not in made} - UNSAID
    assert lacking <= {
        "metadata.profiles",
        "observables",
        "connection_info.boundary_id",
        "connection_info.boundary",
    }
    assert ("connection_info.boundary_id" in lacking) is (changed.get("traffic_path") == 77)
    listed = {path: [value] if path.endswith("_ips") else value for path, value in made.items()}
    same = {
        path: str(value) if path.endswith("version") else value for path, value in listed.items()
    }
    assert {path: same[path] for path in wanted if path in made} == {
        path: value for path, value in wanted.items() if path in made
    }
    assert set(made) <= set(wanted)
    assert record.get("unmapped", {}) == flow.parse(json.dumps(row), context).get("unmapped", {})


QUERY: dict[str, object] = {
    "version": "1.100000",
    "account_id": "200000000006",
    "region": "us-east-1",
    "vpc_id": "vpc-0a1b2c3d4e5f60718",
    "query_timestamp": "2026-11-24T08:59:59Z",
    "query_name": "updates.example.com.",
    "query_type": "A",
    "query_class": "IN",
    "rcode": "NOERROR",
    "answers": [
        {"Rdata": "cdn.example.net.", "Type": "CNAME", "Class": "IN"},
        {"Rdata": "203.0.113.7", "Type": "A", "Class": "IN"},
    ],
    "srcaddr": "10.20.1.4",
    "srcport": "53124",
    "transport": "UDP",
    "srcids": {"instance": "i-0a1b2c3d4e5f60718"},
}
"""As in the Route 53 developer guide, "Values that appear in VPC Resolver query logs"."""


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"rcode": "NXDOMAIN", "answers": [], "query_name": "."},
        {
            "rcode": "SOMETHING",
            "srcids": {"resolver_endpoint": "rslvr-in-1", "resolver_network_interface": "rni-1"},
        },
        {
            "firewall_rule_action": "BLOCK",
            "firewall_rule_group_id": "rslvr-frg-1",
            "rcode": "NXDOMAIN",
        },
        {"firewall_rule_action": "ALERT", "firewall_rule_group_id": "rslvr-frg-1"},
        {"firewall_rule_action": "PONDER"},
    ],
    ids=["answered", "no such name", "from outside", "blocked", "alert", "an action to come"],
)
def test_a_pipeline_makes_of_a_query_what_ingest_makes_of_it(changed: dict[str, object]) -> None:
    line = json.dumps({**QUERY, **changed})
    context = Context(
        UTC, datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    )
    wanted = dict(leaves(dns.parse(line, context)))

    made = dict(leaves(processed({"message": line}, dns_processors())))

    lacking = {path for path in wanted if path not in made} - UNSAID
    assert lacking <= {"metadata.profiles", "observables", "answers"}
    assert ("answers" in lacking) is (changed.get("answers") == [] and "answers" in wanted)
    assert {path: made[path] for path in wanted if path in made} == {
        path: value for path, value in wanted.items() if path in made
    }
    assert {path for path in made if made[path] != []} <= set(wanted)


@pytest.mark.parametrize("status", ["NODATA", "SKIPDATA"])
def test_an_interval_without_traffic_is_no_event(status: str) -> None:
    assert processed({**ROW, "log_status": status}, flow_processors()) == {}


def test_flow_logs_are_written_with_the_columns_that_a_pipeline_reads() -> None:
    text = (OBJECTS.parents[1] / "log_forwarding" / "main.tf").read_text("utf-8")
    listed = text.partition("flow_fields = [")[2].partition("]")[0]

    assert {name.replace("-", "_") for name in re.findall(r'"([a-z-]+)"', listed)} == set(ROW)


@pytest.mark.parametrize(
    ("there", "wanted", "same"),
    [
        ({"a": {"b": {"c": "2"}}, "more": 1}, {"a": {"b.c": 2}}, True),
        ({"a": "false"}, {"a": False}, True),
        ({"a": "3"}, {"a": 2}, False),
        ({}, {"a": 2}, False),
        ({"a": ["y", "x"]}, {"a": ["x", "y"]}, True),
        ({"a": ["x", "y", "z"]}, {"a": ["x", "y"]}, False),
        ({"a": [{"b": 1, "made": 2}]}, {"a": [{"b": 1}]}, True),
        ({"a": [{"b": 2}]}, {"a": [{"b": 1}]}, False),
    ],
)
def test_more_than_was_wanted_is_as_it_should_be_and_other_values_are_not(
    there: dict[str, object], wanted: dict[str, object], same: bool
) -> None:
    assert holds(there, wanted) is same


PLUGINS: dict[str, frozenset[str]] = {
    "add_entries": frozenset({"entries"}),
    "copy_values": frozenset({"entries", "from_list", "to_list", "overwrite_if_to_list_exists"}),
    "convert_type": frozenset({"keys", "type"}),
    "date": frozenset({"match", "destination", "output_format", "source_timezone"}),
    "delete_entries": frozenset({"with_keys"}),
    "drop_events": frozenset({"drop_when"}),
    "parse_json": frozenset({"source"}),
    "substitute_string": frozenset({"entries"}),
    "write_json": frozenset({"source", "target"}),
}
ENTRIES = {
    "add_entries": frozenset({"key", "value", "add_when", "overwrite_if_key_exists"}),
    "copy_values": frozenset({"from_key", "to_key", "copy_when"}),
    "substitute_string": frozenset({"source", "from", "to"}),
}
"""Options that Data Prepper's own classes of configuration know, as far as we use them.

Source: github.com/opensearch-project/data-prepper of August 2026, the `…ProcessorConfig` of each.
"""


@pytest.mark.parametrize(
    "steps",
    [processors(), flow_processors(), dns_processors()],
    ids=["trail", "flow", "queries"],
)
def test_a_pipeline_uses_plugins_and_options_that_data_prepper_has(
    steps: list[dict[str, object]],
) -> None:
    for step in steps:
        ((name, settings),) = step.items()
        assert isinstance(settings, dict)
        assert set(settings) <= PLUGINS[name]
        for entry in settings.get("entries", ()):
            assert set(entry) <= ENTRIES[name]


TYPES = {
    "boolean": set(),
    "date": {"format", "ignore_malformed"},
    "double": set(),
    "ip": {"ignore_malformed"},
    "keyword": {"doc_values", "fields", "ignore_above", "index"},
    "long": set(),
    "object": {"enabled"},
    "text": {"fields"},
}
"""Types and their parameters, as far as we use them.

Source: OpenSearch's documentation, "Supported field types" and "Mapping parameters".
"""


def test_mappings_are_of_types_and_parameters_that_opensearch_has() -> None:
    for path, mapped in every(properties(), ""):
        assert set(mapped) - {"type", "properties"} <= TYPES[str(mapped.get("type", "object"))], (
            path
        )


def every(mapping: Tree, above: str) -> Iterator[tuple[str, dict[str, object]]]:
    for name, mapped in mapping.items():
        assert isinstance(mapped, dict)
        yield f"{above}{name}", mapped
        for inner in ("properties", "fields"):
            yield from every(branch(mapped, inner), f"{above}{name}.")
