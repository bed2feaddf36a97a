"""OpenSearch Serverless of one account and region."""

from __future__ import annotations

from orchestrator.sandbox.extend import Backend
from orchestrator.sandbox.services.opensearchserverless.collections import Collections
from orchestrator.sandbox.services.opensearchserverless.endpoints import Endpoints
from orchestrator.sandbox.services.opensearchserverless.policies import Policies

PARTS: dict[str, type] = {
    "collections": Collections,
    "endpoints": Endpoints,
    "policies": Policies,
}


class OpenSearchServerlessBackend(Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.collections = Collections(self)
        self.endpoints = Endpoints(self)
        self.policies = Policies(self)
