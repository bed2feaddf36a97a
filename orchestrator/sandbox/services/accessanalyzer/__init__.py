"""IAM Access Analyzer, a service moto does not have: analyzers and archive rules."""

from __future__ import annotations

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.accessanalyzer.models import accessanalyzer_backends
from orchestrator.sandbox.services.accessanalyzer.urls import url_bases


def install() -> None:
    extend.add_service("accessanalyzer", url_bases[0], accessanalyzer_backends)
