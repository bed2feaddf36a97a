"""OpenSearch Serverless: collections, endpoints, and policies of all kinds, which moto lacks.

What is in a collection is not emulated: there is nothing to search in.
"""

from __future__ import annotations

from moto.opensearchserverless.models import opensearchserverless_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.opensearchserverless.models import OpenSearchServerlessBackend


def install() -> None:
    extend.substitute(opensearchserverless_backends, OpenSearchServerlessBackend)
