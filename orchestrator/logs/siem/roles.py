"""Who may do what in a domain, by fine-grained access control. A collection has access policies.

Source: OpenSearch Service developer guide, "Fine-grained access control".
"""

from __future__ import annotations

from orchestrator.logs.siem.indices import PREFIX

Body = dict[str, object]

WRITER, READER = f"{PREFIX}-writer", f"{PREFIX}-reader"

ROLES: dict[str, Body] = {
    WRITER: {
        "description": "Writes logs, and nothing else: pipelines.",
        "cluster_permissions": ["cluster:monitor/main", "indices:data/write/bulk*"],
        "index_permissions": [
            {
                "index_patterns": [f"{PREFIX}-*"],
                "allowed_actions": ["index", "indices:admin/get", "indices:data/write/bulk*"],
            }
        ],
    },
    READER: {
        "description": "Searches logs and looks at dashboards: analysts and orchestrator.",
        "cluster_permissions": ["cluster_composite_ops_ro"],
        "index_permissions": [
            {
                "index_patterns": [f"{PREFIX}-*"],
                "allowed_actions": ["read", "indices:admin/mappings/get", "search"],
            }
        ],
        "tenant_permissions": [
            {"tenant_patterns": ["global_tenant"], "allowed_actions": ["kibana_all_read"]}
        ],
    },
}


def mapping(arns: tuple[str, ...]) -> Body:
    """Which IAM roles have a role of the domain."""
    return {"backend_roles": sorted(arns)}
