"""CloudTrail's host and path."""

from __future__ import annotations

from moto.cloudtrail.urls import url_bases

from orchestrator.sandbox.services.cloudtrail.responses import CloudTrailResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": CloudTrailResponse.dispatch}
