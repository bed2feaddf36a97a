"""From a drift check to tickets: one for each class of drift, opened, kept up to date, closed."""

from orchestrator.notices.deciding import steps
from orchestrator.notices.gathering import notices

__all__ = ["notices", "steps"]
