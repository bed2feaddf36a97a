"""Classes that Security Lake collects and we do not emit: findings and name queries.

The fields that are searched, by path; an object in a list is written like one alone.
Source: github.com/ocsf/ocsf-schema, tag v1.1.0, events/findings, events/network/dns_activity.json,
and the objects finding_info, compliance, resource_details, vulnerability, dns_query, dns_answer.
"""

from __future__ import annotations

VULNERABILITY, COMPLIANCE, DETECTION, DNS = 2002, 2003, 2004, 4003

CLASSES = (VULNERABILITY, COMPLIANCE, DETECTION, DNS)

FIELDS = {
    "activity_id": "integer",
    "activity_name": "string",
    "answers.class": "string",
    "answers.rdata": "string",
    "answers.type": "string",
    "compliance.control": "string",
    "compliance.requirements": "string",
    "compliance.standards": "string",
    "compliance.status": "string",
    "finding_info.created_time": "date",
    "finding_info.desc": "string",
    "finding_info.first_seen_time": "date",
    "finding_info.last_seen_time": "date",
    "finding_info.modified_time": "date",
    "finding_info.product_uid": "string",
    "finding_info.src_url": "string",
    "finding_info.title": "string",
    "finding_info.types": "string",
    "finding_info.uid": "string",
    "query.class": "string",
    "query.hostname": "string",
    "query.type": "string",
    "rcode": "string",
    "rcode_id": "integer",
    "remediation.desc": "string",
    "resource.name": "string",
    "resource.owner.account.uid": "string",
    "resource.region": "string",
    "resource.type": "string",
    "resource.uid": "string",
    "vulnerabilities.cve.uid": "string",
    "vulnerabilities.severity": "string",
    "vulnerabilities.title": "string",
}
