"""What files say about each other. A check yields problems; it never stops the others.

A check is silent about what another file settles when that file has problems of its own, so that
one mistake is one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestrator.config.checks.accounts import (
    check_adopted,
    check_identities,
    check_quarantine,
    check_required,
    check_tags,
)
from orchestrator.config.checks.facts import check_facts, check_logs, check_roles, check_runner
from orchestrator.config.checks.layers import (
    check_controls,
    check_exceptions,
    check_hub_controls,
    check_locks,
    check_remediations,
)
from orchestrator.config.checks.references import check_dates, check_parameters, check_references
from orchestrator.config.checks.waves import check_teams, check_waves
from orchestrator.config.layers import Sources
from orchestrator.errors import Problem

CHECKS: tuple[Callable[[Sources], Iterator[Problem]], ...] = (
    check_facts,
    check_roles,
    check_identities,
    check_controls,
    check_references,
    check_exceptions,
    check_hub_controls,
    check_locks,
    check_required,
    check_dates,
    check_parameters,
    check_tags,
    check_waves,
    check_remediations,
    check_teams,
    check_quarantine,
    check_logs,
    check_runner,
    check_adopted,
)
