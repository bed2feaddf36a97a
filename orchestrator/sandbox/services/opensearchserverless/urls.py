"""OpenSearch Serverless's actions: each is the operation of the same name on a part."""

from __future__ import annotations

from moto.opensearchserverless.models import opensearchserverless_backends

from orchestrator.sandbox.extend import ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.opensearchserverless.models import PARTS


class OpenSearchServerlessResponse(ParsedResponses):
    service = "opensearchserverless"


operations_of(OpenSearchServerlessResponse, opensearchserverless_backends, PARTS)


url_bases = [r"https?://aoss\.(.+)\.amazonaws\.com"]
url_paths = every_path(OpenSearchServerlessResponse.dispatch)
