"""The stages that touch the world, as the pipeline sees them. Adapters implement them."""

from orchestrator.ports.bundle import Ports
from orchestrator.ports.course import AccountLocks, Capacity, Clock, Findings, Rest, sleeping
from orchestrator.ports.keeping import (
    Baselines,
    Journal,
    KmsApprovals,
    PlanBucket,
    Sightings,
    StoredPlans,
)
from orchestrator.ports.outside import Census, History, Revisions, Tickets
from orchestrator.ports.working import (
    Doors,
    Entry,
    Environment,
    Folders,
    Inspector,
    Purpose,
    Reader,
    Scanner,
    Terraform,
)

__all__ = [
    "AccountLocks",
    "Baselines",
    "Capacity",
    "Census",
    "Clock",
    "Doors",
    "Entry",
    "Environment",
    "Findings",
    "Folders",
    "History",
    "Inspector",
    "Journal",
    "KmsApprovals",
    "PlanBucket",
    "Ports",
    "Purpose",
    "Reader",
    "Rest",
    "Revisions",
    "Scanner",
    "Sightings",
    "StoredPlans",
    "Terraform",
    "Tickets",
    "sleeping",
]
