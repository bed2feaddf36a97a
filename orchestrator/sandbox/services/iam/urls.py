"""IAM's host and path, as moto has them."""

from __future__ import annotations

from moto.iam import urls

url_bases, url_paths = urls.url_bases, urls.url_paths
