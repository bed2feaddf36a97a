"""Every module that writes policies at its worst: all that can be chosen, fifty teams with
webhooks, names as long as they may be."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.model.names import ControlId
from orchestrator.model.organization import Account
from orchestrator.model.settings import DecisionKind
from orchestrator.render import permissions
from orchestrator.render.hcl import hcl
from tests.unit.render.builders import a_decision, an_account

MANAGEMENT, SECURITY, LOG_ARCHIVE, MEMBER = (
    "000000000001",
    "200000000002",
    "200000000003",
    "200000000007",
)
REGION = "ap-northeast-1"
TEAMS = tuple(f"a-team-whose-name-is-rather-long-{number:02}" for number in range(50))
PREFIX = "a-prefix-that-is-as-long-as-a-prefix-is-ok"[:41]
KEY = f"arn:aws:kms:{REGION}:{SECURITY}:key/11111111-2222-3333-4444-555555555555"
EVERY_STACK = ("account", "log_archive", "organization", "security")
LOGS = (
    *("cloudwatch", "destination", "lake", "resolver_queries", "siem", "siem_lake"),
    *("siem_source", "vpc_flow"),
)


def long(name: str) -> str:
    """`name` as long as a role's name may be."""
    return f"{name}-{'x' * 64}"[:64]


def role(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


RUNNER, READER, WORKER = long("runner"), long("reader"), long("worker")
APPLY, PLAN, ENTRY, REMEDIATION = (
    long("apply"),
    long("plan"),
    long("entry"),
    long("remediation")[:62],
)
BOUNDARY = {
    account: f"arn:aws:iam::{account}:policy/orchestrator-boundary"
    for account in (SECURITY, LOG_ARCHIVE, MEMBER)
}


def everything() -> Account:
    """An account in which all that can be remediated is, some of it by a runbook."""
    kinds = {
        ControlId(control): a_decision(DecisionKind.REMEDIATE)
        for remediation in REMEDIATIONS
        for control in remediation.controls
    }
    return an_account(decided=kinds)


def code() -> str:
    """One root in which all of them are called."""
    calls = [
        *CALLS,
        *(
            (f"roles_{name}", "orchestrator_roles", {**OF_ALL, **given})
            for name, given in ROLES.items()
        ),
    ]
    return PROVIDER + "".join(_call(name, module, given) for name, module, given in calls)


def modules() -> dict[str, str]:
    """Which module is behind a call's name."""
    return {name: module for name, module, _ in CALLS} | {
        f"roles_{name}": "orchestrator_roles" for name in ROLES
    }


def _call(name: str, module: str, given: Mapping[str, object]) -> str:
    lines = "".join(f"  {key} = {hcl(value)}\n" for key, value in given.items())
    return f'\nmodule "{name}" {{\n  source = "../modules/{module}"\n{lines}}}\n'


def remediation_policies(account: Account, of: str = "") -> list[list[dict[str, object]]]:
    """As the account's stack gives them to the module."""
    return [
        [
            {
                "sid": one.sid,
                "actions": list(one.actions),
                "resources": list(one.resources),
                **({"conditions": one.conditions} if one.conditions else {}),
            }
            for one in policy
        ]
        for policy in permissions.policies(account, of)
    ]


PROVIDER = f"""
provider "aws" {{
  region                      = "{REGION}"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}}
"""

OF_ALL: dict[str, object] = {
    "apply_role": APPLY,
    "bucket_prefix": PREFIX,
    "detections": True,
    "drift_events": True,
    "external_id": "an-external-id-" + "x" * 60,
    "plan_role": PLAN,
    "reader_role_arn": role(MANAGEMENT, READER),
    "remediation_role": REMEDIATION,
    "runner_role_arn": role(MANAGEMENT, RUNNER),
    "security_hub_mode": "local",
}
ROLES: dict[str, dict[str, object]] = {
    "member": {
        "account_id": MEMBER,
        "logs": ["cloudwatch", "resolver_queries", "vpc_flow"],
        "stacks": ["account"],
    },
    "management": {
        "account_id": MANAGEMENT,
        "logs": ["cloudwatch", "resolver_queries", "vpc_flow"],
        "stacks": ["account", "organization"],
    },
    "security": {
        "account_id": SECURITY,
        "logs": ["cloudwatch", "lake", "resolver_queries", "siem", "siem_lake", "vpc_flow"],
        "stacks": ["account", "security"],
    },
    "log_archive": {
        "account_id": LOG_ARCHIVE,
        "logs": ["cloudwatch", "destination", "resolver_queries", "siem_source", "vpc_flow"],
        "stacks": ["account", "log_archive"],
    },
}

IN_SECURITY: dict[str, object] = {
    "account_id": SECURITY,
    "permissions_boundary_arn": BOUNDARY[SECURITY],
}
HERE = {**IN_SECURITY, "region": REGION}
ORGANIZATION = "o-exampleorg1"
TOPIC = f"arn:aws:sns:{REGION}:{SECURITY}:orchestrator-team"
SUBNETS = ["subnet-0a1b2c3d", "subnet-1a2b3c4d", "subnet-2a3b4c5d"]
DOMAIN = {
    "arn": f"arn:aws:es:{REGION}:{SECURITY}:domain/orchestrator-siem",
    "endpoint": "https://search.example.com",
    "name": "orchestrator-siem",
}
COLLECTION = {
    "arn": f"arn:aws:aoss:{REGION}:{SECURITY}:collection/a1b2c3d4e5f6g7h8i9j0",
    "endpoint": "https://search.example.com",
    "name": "orchestrator-siem",
    "network_policy_name": "orchestrator-siem",
}
QUEUE = {
    "kms_key_arns": [KEY],
    "owner_account_id": LOG_ARCHIVE,
    "queue_arn": f"arn:aws:sqs:{REGION}:{LOG_ARCHIVE}:orchestrator-siem",
    "queue_url": f"https://sqs.{REGION}.amazonaws.com/{LOG_ARCHIVE}/orchestrator-siem",
}
SEARCHED: dict[str, object] = {
    "account_id": SECURITY,
    "client_cidrs": ["10.20.0.0/16"],
    "master_role_arn": role(SECURITY, long("master")),
    "reader_role_arns": [role(SECURITY, long(f"reader{number}")) for number in range(5)],
    "subnet_ids": SUBNETS,
    "vpc_id": "vpc-0a1b2c3d",
    "writer_role_arns": [role(SECURITY, "orchestrator-siem-pipeline")],
}
IMAGE = f"{MANAGEMENT}.dkr.ecr.{REGION}.amazonaws.com/orchestrator@sha256:{'0a' * 32}"
WORKERS: dict[str, object] = {
    "account_id": MANAGEMENT,
    "detect_schedule": "rate(1 hour)",
    "drift_notify": [f"sns:{TOPIC}-drift"],
    "drift_schedule": "rate(1 day)",
    "image": IMAGE,
    "region": REGION,
    "runner_role": RUNNER,
    "security_group_ids": ["sg-0123456789abcdef0"],
    "state_bucket": f"example-terraform-state-{MANAGEMENT}",
    "state_kms_key_arn": KEY,
    "subnet_ids": SUBNETS,
    "vend": True,
    "vpc_id": "vpc-0a1b2c3d",
    "worker_role": WORKER,
}
STREAM = {"format": "syslog", "path": "onprem.zip", "sha256": f"{'A' * 43}="}

CALLS: tuple[tuple[str, str, dict[str, object]], ...] = (
    (
        "state_backend",
        "state_backend",
        {
            "account_id": MANAGEMENT,
            "bucket": f"example-terraform-state-{MANAGEMENT}",
            "keep_plans": True,
        },
    ),
    (
        "runner_roles",
        "runner_roles",
        {
            "account_id": MANAGEMENT,
            "entry_role": ENTRY,
            "keep_journals": True,
            "keep_plans": True,
            "keep_runs": True,
            "name": RUNNER,
            "organization_id": ORGANIZATION,
            "plan_role": PLAN,
            "reader": READER,
            "region": REGION,
            "state_bucket": f"example-terraform-state-{MANAGEMENT}",
            "state_kms_key_arn": KEY,
            "target_roles": [PLAN, APPLY, "orchestrator-investigate"],
        },
    ),
    (
        "ci_roles",
        "ci_roles",
        {
            "account_id": MANAGEMENT,
            "approval_key_arns": [KEY.replace("1111", f"{number}111") for number in range(5)],
            "github": {
                f"example/accounts-of-the-organization-{number}": {"environment": "production"}
                for number in range(2)
            },
            "gitlab": {"example/accounts": {"branch": "main"}},
            "reader_role_arn": role(MANAGEMENT, READER),
            "runner_role_arn": role(MANAGEMENT, RUNNER),
        },
    ),
    ("runner_fargate", "runner", WORKERS),
    ("runner_codebuild", "runner", {**WORKERS, "launch": "codebuild", "name": "other-runner"}),
    (
        "team_notifications",
        "team_notifications",
        {
            **HERE,
            "alarmed": list(TEAMS),
            "teams": {
                team: {
                    "email": "team@example.com",
                    "slack": {"channel_id": "C0123456789", "workspace_id": "T0123456789"},
                }
                for team in TEAMS
            },
        },
    ),
    (
        "finding_router",
        "finding_router",
        {
            **HERE,
            "access_log_bucket": "example-logs-access",
            "alarm_topic_arns": [f"{TOPIC}-{TEAMS[0]}"],
            "external_id": "an-external-id-" + "x" * 60,
            "member_role": REMEDIATION,
            "operator_role_arns": [role(MANAGEMENT, RUNNER)],
            "organization_id": ORGANIZATION,
            "package": {"path": "findings.zip", "sha256": f"{'A' * 43}="},
            "secret_names": [f"orchestrator/webhook/{team}" for team in TEAMS],
            "topic_key_arn": KEY,
            "tracing": True,
        },
    ),
    ("findings_bus", "findings_bus", HERE),
    (
        "drift_queue",
        "drift_queue",
        {"account_id": SECURITY, "organization_id": ORGANIZATION, "region": REGION},
    ),
    (
        "drift_events_role",
        "drift_events_role",
        {
            "account_id": MEMBER,
            "bus_arn": f"arn:aws:events:{REGION}:{SECURITY}:event-bus/orchestrator-drift",
            "permissions_boundary_arn": BOUNDARY[MEMBER],
        },
    ),
    ("config_aggregator", "config_aggregator", IN_SECURITY),
    (
        "remediation_role",
        "remediation_role",
        {
            "external_id": "an-external-id-" + "x" * 60,
            "name": REMEDIATION,
            "permissions_boundary_arn": f"{BOUNDARY[MEMBER]}-remediation",
            "policies": remediation_policies(everything()),
            "trusted_role_arns": [role(SECURITY, "orchestrator-findings")],
        },
    ),
    (
        "remediation_role_2",
        "remediation_role",
        {
            "external_id": "an-external-id-" + "x" * 60,
            "name": f"{REMEDIATION}-2",
            "permissions_boundary_arn": f"{BOUNDARY[MEMBER]}-remediation-2",
            "policies": remediation_policies(everything(), "-2"),
            "trusted_role_arns": [role(SECURITY, "orchestrator-findings")],
        },
    ),
    (
        "log_archive",
        "log_archive",
        {
            "account_id": LOG_ARCHIVE,
            "bucket_prefix": PREFIX,
            "home_region": REGION,
            "management_account_id": MANAGEMENT,
            "object_lock_days": 30,
            "organization_id": ORGANIZATION,
            "queue_reader_arn": role(SECURITY, "orchestrator-siem-pipeline"),
            "reader_account_ids": [SECURITY],
        },
    ),
    (
        "log_destination",
        "log_destination",
        {
            "account_id": LOG_ARCHIVE,
            "bucket_arn": f"arn:aws:s3:::{PREFIX}-logs",
            "kms_key_arn": KEY.replace(SECURITY, LOG_ARCHIVE),
            "organization_id": ORGANIZATION,
            "permissions_boundary_arn": BOUNDARY[LOG_ARCHIVE],
            "region": REGION,
        },
    ),
    (
        "lake_queries",
        "lake_queries",
        {"account_id": SECURITY, "region": REGION},
    ),
    (
        "onprem_log_source",
        "onprem_log_source",
        {
            **IN_SECURITY,
            "bucket_arn": f"arn:aws:s3:::aws-security-data-lake-{REGION}-a1b2c3",
            "certificate_names": ["host.example.com"],
            "event_class": "AUTHENTICATION",
            "external_id": "example-onprem-ssh",
            "kms_key_arn": KEY,
            "name": "onprem-ssh",
            "principal_arns": [role(MEMBER, "log-shipper")],
            "region": REGION,
            "source_account_id": MEMBER,
            "stream": STREAM,
            "trust_anchor_arn": f"arn:aws:rolesanywhere:{REGION}:{SECURITY}:trust-anchor/"
            "11111111-2222-3333-4444-555555555555",
        },
    ),
    (
        "security_lake",
        "security_lake",
        {
            **IN_SECURITY,
            "kms_key_arns": {REGION: KEY, "us-east-1": KEY.replace(REGION, "us-east-1")},
            "regions": [REGION, "us-east-1"],
            "rollup_region": REGION,
        },
    ),
    (
        "ingestion_from_trail",
        "siem_ingestion",
        {
            **HERE,
            "kms_key_arn": KEY,
            "source_logs": {
                **QUEUE,
                "bucket_arns": [f"arn:aws:s3:::{PREFIX}-cloudtrail"],
                "kind": "cloudtrail",
            },
            "subnet_ids": SUBNETS,
            "target": DOMAIN,
            "target_cidrs": ["10.20.0.0/16"],
            "vpc_id": "vpc-0a1b2c3d",
        },
    ),
    (
        "ingestion_from_lake",
        "siem_ingestion",
        {
            **HERE,
            "kms_key_arn": KEY,
            "name": "orchestrator-siem-lake",
            "source_logs": {
                **QUEUE,
                "bucket_arns": [f"arn:aws:s3:::aws-security-data-lake-{REGION}-a1b2c3"],
                "kind": "lake",
            },
            "target": COLLECTION,
        },
    ),
    ("siem_opensearch", "siem_opensearch", {**SEARCHED, "region": REGION}),
    ("siem_opensearch_serverless", "siem_opensearch_serverless", SEARCHED),
)
"""A name, the module, and what it is given."""


def account_of(call: str) -> str:
    """In which account a call's roles are."""
    given = next((g for name, _, g in CALLS if name == call), None)
    given = given or ROLES[call.removeprefix("roles_")]
    return str(given.get("account_id", MEMBER))
