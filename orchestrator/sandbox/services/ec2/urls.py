"""EC2's host and path, as moto has them, to the responses of this package."""

from __future__ import annotations

from moto.ec2.urls import url_bases

from orchestrator.sandbox.services.ec2.responses import EC2Response

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/": EC2Response.dispatch}
