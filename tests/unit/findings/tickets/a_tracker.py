"""Trackers over their fakes, and contents to write into them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orchestrator.findings.matrix import TicketProject
from orchestrator.findings.tickets.ticket import Content, Failure, content
from orchestrator.findings.tickets.trackers.api import Ask, Tracker
from orchestrator.findings.tickets.trackers.kinds import Opener
from tests.unit.findings.a_world import ACCOUNT, HOME, a_matrix
from tests.unit.findings.tickets.fakes import PROJECTS, SECRETS

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEY = f"orchestrator-{ACCOUNT}-s3.8"


class FakeSecrets:
    """Secrets Manager, with the secret of each kind under its name."""

    def __init__(self, **more: str) -> None:
        self.secrets = {**SECRETS, **more}
        self.read: list[str] = []

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803  boto3 calls it so
        self.read.append(SecretId)
        return {"SecretString": self.secrets[SecretId]}


def a_project(kind: str, **more: str) -> TicketProject:
    url, project = PROJECTS[kind]
    return TicketProject(**{"kind": kind, "url": url, "project": project, "secret": kind, **more})


def a_tracker(kind: str, ask: Ask) -> Tracker:
    return Opener(FakeSecrets(), ask, lambda: NOW).tracker(a_project(kind))


def a_failure(**more: str) -> Failure:
    return Failure(
        **{
            "resource": "arn:aws:s3:::orders",
            "region": HOME,
            "severity": "HIGH",
            "title": "S3 buckets should block public access",
            "said": "told",
            "note": "",
            "reason": "Nothing is decided.",
            "source": "account_configs/controls/s3.yaml S3.8",
            "finding": "arn:aws:securityhub:finding/1",
            "effect": "",
            "breaks": "",
            "help": "https://docs.example.com/S3.8",
            "updated": NOW.isoformat(),
            **more,
        }
    )


def a_content(*failures: Failure, control: str = "S3.8") -> Content:
    by_key = {str(index): each for index, each in enumerate(failures or (a_failure(),))}
    return content(ACCOUNT, control, "orders", by_key, a_matrix())
