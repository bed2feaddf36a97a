"""Columns of the lake for events of AWS's own logs, with the types in which DuckDB keeps them.

A path with `[]` behind a name is a list of structures: `answers[].rdata`.
"""

from __future__ import annotations

TEXT, INTEGER, LONG, FLAG, NUMBER = "VARCHAR", "INTEGER", "BIGINT", "BOOLEAN", "DOUBLE"
TEXTS, NUMBERS = f"{TEXT}[]", f"{NUMBER}[]"

Columns = dict[str, str]


def of(kind: str, names: str, below: str = "") -> Columns:
    """A column of `kind` for each of the names, which stand `below` a path."""
    return {f"{below}{name}": kind for name in names.split()}


CLOUD = {
    **of(TEXT, "provider region zone account.uid", "cloud."),
    **of(TEXT, "uid feature.name feature.uid", "metadata.product."),
    **of(TEXT, "log_level log_version processed_time_dt", "metadata."),
    **of(TEXT, "severity status status_code status_detail start_time_dt end_time_dt"),
    **of(TEXT, "name type value", "observables[]."),
    "observables[].type_id": INTEGER,
    "duration": INTEGER,
}
"""What AWS's own mappings add to each event."""

CONTROL = {
    **of(TEXT, "action disposition"),
    **of(INTEGER, "action_id disposition_id"),
    **of(TEXT, "uid name type condition match_location category", "firewall_rule."),
    "firewall_rule.match_details": TEXTS,
    "firewall_rule.rate_limit": INTEGER,
}
"""The profile security_control."""


def _place(name: str) -> Columns:
    return {
        **of(TEXT, "uid svc_name instance_uid interface_uid subnet_uid vpc_uid zone", f"{name}."),
        **of(TEXT, "city country", f"{name}.location."),
        f"{name}.location.coordinates": NUMBERS,
        f"{name}.intermediate_ips": TEXTS,
    }


PLACES = {**_place("src_endpoint"), **_place("dst_endpoint")}


def connection(below: str = "") -> Columns:
    return {
        **of(TEXT, "uid direction boundary protocol_name protocol_ver", f"{below}connection_info."),
        **of(
            INTEGER,
            "direction_id boundary_id protocol_num protocol_ver_id tcp_flags",
            f"{below}connection_info.",
        ),
    }


TRAFFIC = {
    **of(LONG, "bytes bytes_in bytes_out packets packets_in packets_out", "traffic."),
    **of(TEXT, "version cipher sni", "tls."),
    "tls.handshake_dur": INTEGER,
    **of(TEXT, "subject issuer serial_number", "tls.certificate."),
    **of(TEXT, "created_time_dt expiration_time_dt", "tls.certificate."),
    "tls.certificate.fingerprints[].value": TEXT,
    "tls.certificate.fingerprints[].algorithm_id": INTEGER,
    **of(TEXT, "ja3_hash.value ja3s_hash.value", "tls."),
    **of(INTEGER, "ja3_hash.algorithm_id ja3s_hash.algorithm_id", "tls."),
}
REQUEST = {
    **of(TEXT, "uid http_method user_agent referrer version args", "http_request."),
    **of(TEXT, "path url_string query_string hostname scheme", "http_request.url."),
    "http_request.url.port": INTEGER,
    "http_request.length": LONG,
    "http_request.x_forwarded_for": TEXTS,
    **of(TEXT, "name value", "http_request.http_headers[]."),
}
RESPONSE = {
    **of(INTEGER, "code latency", "http_response."),
    "http_response.length": LONG,
    **of(TEXT, "content_type message", "http_response."),
    "http_status": INTEGER,
}


def _resource(name: str) -> Columns:
    return {
        **of(
            TEXT,
            "uid name type region cloud_partition namespace version criticality data",
            f"{name}.",
        ),
        f"{name}.labels": TEXTS,
        **of(TEXT, "uid account.uid", f"{name}.owner."),
    }


ACTOR = {
    **of(TEXT, "name uid uid_alt type credential_uid account.uid", "actor.user."),
    "actor.user.type_id": INTEGER,
    "actor.user.groups[].name": TEXT,
    **of(TEXT, "uid issuer credential_uid", "actor.session."),
    "actor.invoked_by": TEXT,
}
CALL = {
    **of(TEXT, "operation version service.name group.name request.uid request.data", "api."),
    "api.response.code": INTEGER,
    **of(TEXT, "error message error_message data", "api.response."),
    **_resource("resources[]"),
}
DNS = {
    **of(TEXT, "hostname type class", "query."),
    **of(TEXT, "rdata type class", "answers[]."),
    "rcode": TEXT,
    "rcode_id": INTEGER,
}
SESSION = {"session.uid": TEXT}
DATASTORE = {
    **of(TEXT, "name", "database."),
    "database.type_id": INTEGER,
    "table.name": TEXT,
    **of(TEXT, "uid query_string", "query_info."),
    "type": TEXT,
    "type_id": INTEGER,
}

FINDING = {
    **of(TEXT, "uid title desc src_url product_uid", "finding_info."),
    **of(
        TEXT,
        "created_time_dt modified_time_dt first_seen_time_dt last_seen_time_dt",
        "finding_info.",
    ),
    "finding_info.types": TEXTS,
    **of(TEXT, "uid product_uid", "finding_info.related_events[]."),
    "confidence_score": INTEGER,
    "count": INTEGER,
}
REMEDIATION = {"remediation.desc": TEXT, "remediation.references": TEXTS}
COMPLIANCE = {
    **of(TEXT, "control status status_code status_detail", "compliance."),
    "compliance.status_id": INTEGER,
    **of(TEXTS, "standards requirements", "compliance."),
    **REMEDIATION,
    **_resource("resource"),
}


def _process(below: str) -> Columns:
    return {
        **of(TEXT, "name uid created_time_dt cmd_line", below),
        f"{below}pid": LONG,
        **of(TEXT, "name uid", f"{below}user."),
        **of(TEXT, "name path", f"{below}file."),
        f"{below}file.type_id": INTEGER,
        f"{below}file.hashes[].value": TEXT,
        f"{below}file.hashes[].algorithm_id": INTEGER,
        f"{below}parent_process.uid": TEXT,
    }


def _seen(below: str) -> Columns:
    return {
        **of(TEXT, "ip hostname name svc_name location.city location.country", below),
        f"{below}port": INTEGER,
        f"{below}location.coordinates": NUMBERS,
    }


EVIDENCE = "evidences[]."
DETECTION = {
    **CONTROL,
    **_resource("resources[]"),
    **REMEDIATION,
    **of(TEXT, "operation service.name response.error", f"{EVIDENCE}api."),
    f"{EVIDENCE}data": TEXT,
    **_seen(f"{EVIDENCE}src_endpoint."),
    **_seen(f"{EVIDENCE}dst_endpoint."),
    **connection(EVIDENCE),
    f"{EVIDENCE}query.hostname": TEXT,
    **of(TEXT, "name uid type credential_uid", f"{EVIDENCE}actor.user."),
    **_process(f"{EVIDENCE}actor.process."),
    **_process(f"{EVIDENCE}process."),
}

_WEAK = "vulnerabilities[]."
_PACKAGE = f"{_WEAK}affected_packages[]."
_CODE = f"{_WEAK}affected_code[]."
VULNERABILITY = {
    **_resource("resource"),
    **of(TEXT, "title desc severity vendor_name", _WEAK),
    **of(TEXTS, "references related_vulnerabilities", _WEAK),
    **of(FLAG, "is_fix_available is_exploit_available", _WEAK),
    **of(TEXT, "uid created_time_dt modified_time_dt epss.score", f"{_WEAK}cve."),
    f"{_WEAK}cve.references": TEXTS,
    **of(NUMBER, "base_score", f"{_WEAK}cve.cvss[]."),
    **of(TEXT, "vector_string version", f"{_WEAK}cve.cvss[]."),
    f"{_WEAK}cwe.uid": TEXT,
    f"{_WEAK}remediation.desc": TEXT,
    f"{_WEAK}remediation.references": TEXTS,
    **of(TEXT, "name version release architecture package_manager path", _PACKAGE),
    **of(TEXT, "fixed_in_version remediation.desc", _PACKAGE),
    f"{_PACKAGE}epoch": INTEGER,
    **of(TEXT, "file.name file.path file.uid", _CODE),
    f"{_CODE}file.type_id": INTEGER,
    **of(INTEGER, "start_line end_line", _CODE),
}
