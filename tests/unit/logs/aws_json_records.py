"""Records of AWS's own logs that are JSON, and of databases, as aws_records has them."""

from __future__ import annotations

import json

from tests.unit.logs.aws_records import Sample

QUERY = {
    "version": "1.100000",
    "account_id": "111122223333",
    "region": "us-east-1",
    "vpc_id": "vpc-0a1",
    "query_timestamp": "2026-03-01T10:00:00Z",
    "query_name": "evil.example.com.",
    "query_type": "A",
    "query_class": "IN",
    "rcode": "NOERROR",
    "answers": [
        {"Rdata": "198.51.100.7", "Type": "A", "Class": "IN"},
        {"Rdata": "cdn.example.net.", "Type": "CNAME", "Class": "IN"},
    ],
    "srcaddr": "10.1.2.3",
    "srcport": "15083",
    "transport": "UDP",
    "srcids": {
        "instance": "i-0a1",
        "resolver_endpoint": "rslvr-in-0a1",
        "resolver_network_interface": "rni-0a1",
    },
    "firewall_rule_action": "ALERT",
    "firewall_rule_group_id": "rslvr-frg-0a1",
    "firewall_domain_list_id": "rslvr-fdl-0a1",
}
REQUEST = {
    "timestamp": 1772359200512,
    "formatVersion": 1,
    "webaclId": "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/web/0a1",
    "terminatingRuleId": "sql",
    "terminatingRuleType": "REGULAR",
    "action": "BLOCK",
    "terminatingRuleMatchDetails": [
        {"conditionType": "SQL_INJECTION", "location": "HEADER", "matchedData": ["10", "AND"]}
    ],
    "httpSourceName": "ALB",
    "httpSourceId": "111122223333-app/web/0a1",
    "ruleGroupList": [],
    "rateBasedRuleList": [{"rateBasedRuleId": "r", "maxRateAllowed": 100}],
    "responseCodeSent": 403,
    "httpRequest": {
        "clientIp": "2001:db8::7",
        "country": "DE",
        "headers": [
            {"name": "host", "value": "www.example.com"},
            {"name": "User-Agent", "value": "curl/8"},
            {"name": "Referer", "value": "https://example.com/"},
            {"name": "X-Forwarded-For", "value": "192.0.2.1, unknown"},
        ],
        "uri": "/pets",
        "args": "id=1",
        "httpVersion": "HTTP/1.1",
        "httpMethod": "GET",
        "requestId": "G=",
        "fragment": "f",
    },
    "ja3Fingerprint": "68b3",
    "labels": [{"name": "awswaf:managed:token:absent"}],
}
AUDIT = {
    "kind": "Event",
    "apiVersion": "audit.k8s.io/v1",
    "level": "RequestResponse",
    "auditID": "f47c68f2",
    "stage": "ResponseComplete",
    "requestURI": "/api/v1/namespaces/default/pods/web/exec?command=sh",
    "verb": "create",
    "user": {
        "username": "alice",
        "uid": "aws-iam-authenticator:111122223333:AROAEXAMPLE",
        "groups": ["system:authenticated"],
        "extra": {
            "accessKeyId": ["ASIAEXAMPLE"],
            "arn": ["arn:aws:sts::111122223333:assumed-role/Admin/alice"],
            "canonicalArn": ["arn:aws:iam::111122223333:role/Admin"],
            "sessionName": ["alice"],
        },
    },
    "sourceIPs": ["198.51.100.7", "10.1.2.3"],
    "userAgent": "kubectl/v1.31",
    "objectRef": {
        "resource": "pods",
        "subresource": "exec",
        "namespace": "default",
        "name": "web",
        "uid": "0a1-uid",
        "apiGroup": "core",
        "apiVersion": "v1",
        "resourceVersion": "67933403",
    },
    "responseStatus": {
        "code": 403,
        "status": "Failure",
        "reason": "Forbidden",
        "message": "pods is forbidden",
        "metadata": {},
    },
    "requestObject": {"kind": "PodExecOptions"},
    "requestReceivedTimestamp": "2026-03-01T10:00:00.502680Z",
    "stageTimestamp": "2026-03-01T10:00:00.642854Z",
    "annotations": {"authorization.k8s.io/decision": "forbid"},
}
FLOW = {
    "firewall_name": "edge",
    "availability_zone": "us-east-2a",
    "event_timestamp": "1772359200",
    "event": {
        "timestamp": "2026-03-01T10:00:00.324542+0000",
        "flow_id": 625409144331688,
        "event_type": "netflow",
        "src_ip": "198.51.100.7",
        "src_port": 61953,
        "dest_ip": "10.1.2.3",
        "dest_port": 5060,
        "proto": "TCP",
        "netflow": {
            "pkts": 1,
            "bytes": 40,
            "start": "2026-03-01T09:58:00.990632+0000",
            "end": "2026-03-01T09:59:00.990632+0000",
        },
        "tcp": {"tcp_flags": "12", "syn": True},
    },
}
ALERT = {
    **FLOW,
    "event": {
        **{k: v for k, v in FLOW["event"].items() if k not in ("netflow", "tcp")},  # type: ignore[attr-defined]
        "event_type": "alert",
        "alert": {
            "action": "blocked",
            "signature_id": 1000003,
            "rev": 1,
            "signature": "No outward HTTP",
            "category": "Policy",
            "severity": 1,
        },
        "verdict": {"action": "drop"},
        "http": {"hostname": "evil.example.com", "url": "/x?y=1", "http_method": "GET"},
    },
}
CERTIFICATE = {
    **FLOW,
    "event": {
        **FLOW["event"],  # type: ignore[dict-item]
        "event_type": "alert",
        "alert": {"action": "allowed", "signature_id": 4, "signature": "s", "severity": 3},
        "tls": {
            "subject": "CN=a.example.com",
            "issuerdn": "CN=Issuer",
            "serial": "08:C9",
            "fingerprint": "34:36",
            "sni": "a.example.com",
            "version": "TLS 1.2",
            "notbefore": "2025-11-03T00:00:00",
            "notafter": "2026-10-16T23:59:59",
        },
    },
}
TLS = {
    **FLOW,
    "event": {
        **{k: v for k, v in FLOW["event"].items() if k not in ("netflow", "tcp")},  # type: ignore[attr-defined]
        "event_type": "tls",
        "sni": "a.example.com",
        "tls_error": {"error_message": "SNI: a.example.com Match Failed"},
    },
}
REVOKED = {
    **FLOW,
    "event": {
        **{k: v for k, v in FLOW["event"].items() if k not in ("netflow", "tcp")},  # type: ignore[attr-defined]
        "event_type": "tls",
        "sni": "a.example.com",
        "revocation_check": {"leaf_cert_fpr": "1234", "status": "REVOKED", "action": "DROP"},
    },
}

JSON_RECORDS: dict[str, Sample] = {
    # ocsf/examples, mappings/markdown/AWS/v1.1.0/Route53
    "query for a name": Sample(
        "resolver",
        json.dumps(QUERY, indent=1),
        4003,
        {
            "query": {"hostname": "evil.example.com", "type": "A", "class": "IN"},
            "rcode": "NoError",
            "disposition": "Alert",
            "disposition_id": 19,
            "status_id": 1,
            "src_endpoint.instance_uid": "i-0a1",
            "answers": [
                {"rdata": "198.51.100.7", "type": "A", "class": "IN"},
                {"rdata": "cdn.example.net.", "type": "CNAME", "class": "IN"},
            ],
            "unmapped": {"firewall_domain_list_id": "rslvr-fdl-0a1"},
        },
    ),
    "query that was blocked": Sample(
        "resolver",
        json.dumps({**QUERY, "rcode": "NXDOMAIN", "firewall_rule_action": "BLOCK", "answers": []}),
        4003,
        {"action": "Denied", "disposition": "Blocked", "status_id": 2, "rcode_id": 3},
    ),
    "query without a rule of a firewall": Sample(
        "resolver",
        json.dumps({k: v for k, v in QUERY.items() if not k.startswith("firewall")}),
        4003,
        {"action_id": 0, "status_id": 1, "firewall_rule": None},
    ),
    # ocsf/examples, mappings/markdown/AWS/v1.1.0/WAF
    "request that WAF has blocked": Sample(
        "waf",
        json.dumps(REQUEST),
        4002,
        {
            "time": 1772359200512,
            "action": "Denied",
            "disposition": "Blocked",
            "status_id": 2,
            "http_response.code": 403,
            "src_endpoint.location.country": "DE",
            "dst_endpoint.hostname": "www.example.com",
            "http_request.user_agent": "curl/8",
            "http_request.x_forwarded_for": ["192.0.2.1"],
            "firewall_rule.match_details": ["10", "AND"],
            "metadata.labels": ["awswaf:managed:token:absent"],
            "cloud.account.uid": "111122223333",
            "unmapped.httpRequest": {"fragment": "f"},
            "unmapped.ja3Fingerprint": "68b3",
        },
    ),
    "request that WAF has counted": Sample(
        "waf",
        json.dumps({**REQUEST, "action": "COUNT", "responseCodeSent": None}),
        4002,
        {"action": "Allowed", "disposition": "Count", "status_id": 1, "http_response.code": 0},
    ),
    "request that WAF has challenged": Sample(
        "waf",
        json.dumps({**REQUEST, "action": "CHALLENGE", "responseCodeSent": 202}),
        4002,
        {"action": "Denied", "disposition_id": 23, "status_id": 2},
    ),
    # ocsf/examples, mappings/markdown/AWS/v1.1.0/EKS Audit Logs
    "call of Kubernetes that was forbidden": Sample(
        "eks",
        json.dumps(AUDIT),
        6003,
        {
            "time_dt": "2026-03-01T10:00:00.642854+00:00",
            "type_name": "API Activity: Create",
            "actor.session.issuer": "arn:aws:iam::111122223333:role/Admin",
            "actor.user.groups": [{"name": "system:authenticated"}],
            "cloud.account.uid": "111122223333",
            "src_endpoint": {"ip": "198.51.100.7", "intermediate_ips": ["10.1.2.3"]},
            "api.response.error": "Forbidden",
            "status_id": 2,
            "unmapped.requestObject": {"kind": "PodExecOptions"},
        },
    ),
    # elastic/integrations, aws, firewall_logs; Network Firewall developer guide
    "flow of a network firewall": Sample(
        "network-firewall",
        json.dumps(FLOW),
        4001,
        {
            "time_dt": "2026-03-01T10:00:00.324542+00:00",
            "traffic": {"bytes": 40, "packets": 1},
            "connection_info.tcp_flags": 18,
            "cloud": {"provider": "AWS", "region": "us-east-2", "zone": "us-east-2a"},
            "action_id": 0,
            "unmapped.firewall_name": "edge",
        },
    ),
    "alert of a network firewall that blocked": Sample(
        "network-firewall",
        json.dumps(ALERT),
        4001,
        {
            "type_name": "Network Activity: Refuse",
            "disposition": "Blocked",
            "status_id": 2,
            "severity": "High",
            "firewall_rule": {"uid": "1000003", "name": "No outward HTTP", "category": "Policy"},
            "url.hostname": "evil.example.com",
        },
    ),
    "alert of a network firewall that let through": Sample(
        "network-firewall",
        json.dumps(CERTIFICATE),
        4001,
        {
            "action": "Allowed",
            "disposition": "Alert",
            "status_id": 1,
            "tls.certificate.subject": "CN=a.example.com",
        },
    ),
    "TLS that a network firewall could not inspect": Sample(
        "network-firewall",
        json.dumps(TLS),
        4001,
        {"type_name": "Network Activity: Fail", "status_id": 2, "tls.sni": "a.example.com"},
    ),
    "certificate that was revoked": Sample(
        "network-firewall",
        json.dumps(REVOKED),
        4001,
        {"disposition": "Blocked", "status_code": "REVOKED", "status_id": 2},
    ),
    # panther, aurora_mysql_audit_test; Amazon Aurora user guide, "Advanced Auditing"
    "query of Aurora": Sample(
        "rds",
        "1772359200975302,db-1,alice,10.1.2.3,168,876,QUERY,shop,"
        "'select `a`, \\'x\\' from `t` where b = 1,2',0",
        6005,
        {
            "time_dt": "2026-03-01T10:00:00.975302+00:00",
            "type_name": "Datastore Activity: Query",
            "query_info": {
                "query_string": "select `a`, 'x' from `t` where b = 1,2",
                "uid": "876",
            },
            "database.name": "shop",
            "status_id": 1,
        },
    ),
    "table of Aurora that was read": Sample(
        "rds",
        "1772359200975302,db-1,alice,10.1.2.3,168,876,READ,shop,orders,",
        6005,
        {"type_name": "Datastore Activity: Read", "table.name": "orders"},
    ),
    # Amazon RDS user guide, "Audit log format" of the MariaDB Audit Plugin
    "sign-in to MySQL that failed": Sample(
        "rds",
        "20260301 10:00:00,ip-10-0-0-1,alice,198.51.100.7,29,0,FAILED_CONNECT,shop,,1045,SSL/TLS",
        3002,
        {
            "time_dt": "2026-03-01T10:00:00+00:00",
            "user.name": "alice",
            "src_endpoint.ip": "198.51.100.7",
            "status_id": 2,
            "status_code": "1045",
        },
    ),
    "sign-out of MySQL": Sample(
        "rds",
        "20260301 10:00:00,ip-10-0-0-1,alice,localhost,29,0,DISCONNECT,,,0",
        3002,
        {"activity_id": 2, "status_id": 1, "src_endpoint.hostname": "localhost"},
    ),
    # pgaudit, "Format"; Amazon RDS user guide, "Logging at the session and object levels"
    "statement of PostgreSQL": Sample(
        "rds",
        "2026-03-01 10:00:00 UTC:10.1.2.3(50410):alice@shop:[17809]:LOG:  AUDIT: "
        'SESSION,4,1,WRITE,INSERT,TABLE,public.t,"insert into t values (""a, b"")",<none>',
        6005,
        {
            "type_name": "Datastore Activity: Write",
            "table.name": "public.t",
            "query_info.query_string": 'insert into t values ("a, b")',
            "src_endpoint": {"ip": "10.1.2.3", "port": 50410},
            "actor.user.name": "alice",
        },
    ),
    "sign-in to PostgreSQL that failed": Sample(
        "rds",
        "2026-03-01 10:00:00 UTC:2001:db8::7(50410):alice@shop:[17809]:FATAL:  "
        'password authentication failed for user "alice"',
        3002,
        {"status_id": 2, "user.name": "alice", "src_endpoint.ip": "2001:db8::7"},
    ),
    "line of PostgreSQL that audits nothing": Sample(
        "rds",
        "2026-03-01 10:00:00 UTC::@:[364]:LOG:  checkpoint starting: time",
        0,
        {"message": "checkpoint starting: time"},
    ),
}
