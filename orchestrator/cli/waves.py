"""Waves as a command line names them."""

from __future__ import annotations

from difflib import get_close_matches

from orchestrator.errors import UsageError
from orchestrator.model.organization import Organization
from orchestrator.stages.jobs import wave_name


def pause(organization: Organization, wave: str | None) -> str:
    """The group after which the run ends; '' for none. Raises UsageError for an unknown wave."""
    if wave is None:
        return ""
    if wave not in organization.waves:
        suggestions = get_close_matches(wave, organization.waves, n=1)
        known = ", ".join(organization.waves)
        fix = f"did you mean '{suggestions[0]}'?" if suggestions else f"choose one of {known}"
        raise UsageError(f"there is no wave '{wave}'", fix)
    return wave_name(wave)
