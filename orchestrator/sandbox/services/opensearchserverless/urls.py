"""OpenSearch Serverless's host; operations are told apart by the header that names them."""

from __future__ import annotations

from orchestrator.sandbox.extend import every_path
from orchestrator.sandbox.services.opensearchserverless.responses import (
    OpenSearchServerlessResponse,
)

url_bases = [r"https?://aoss\.(.+)\.amazonaws\.com"]
url_paths = every_path(OpenSearchServerlessResponse.dispatch)
