"""IAM's host and path, as moto has them."""

from __future__ import annotations

from moto.iam.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
