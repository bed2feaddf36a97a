"""Property tests try the same examples everywhere, and take the time a busy machine needs."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("config", derandomize=True, database=None, deadline=None)
settings.load_profile("config")
