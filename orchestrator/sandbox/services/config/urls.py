"""AWS Config's host and path, as moto has them."""

from __future__ import annotations

from moto.config.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
