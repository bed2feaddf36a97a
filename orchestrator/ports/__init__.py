"""The stages that touch the world, as the pipeline sees them. Adapters implement them."""

from orchestrator.ports.adopting import Existing
from orchestrator.ports.bundle import Ports
from orchestrator.ports.course import AccountLocks, Capacity, Clock, Findings, Rest, sleeping
from orchestrator.ports.keeping import (
    Baselines,
    Journal,
    KmsApprovals,
    PlanBucket,
    Sightings,
    StateArchive,
    StateRepair,
    StoredPlans,
)
from orchestrator.ports.outside import (
    Branches,
    CallQueue,
    Census,
    History,
    Message,
    Remains,
    Revisions,
    Tickets,
)
from orchestrator.ports.reviewing import Forge
from orchestrator.ports.working import (
    Doors,
    Entry,
    Environment,
    Folders,
    Inspector,
    Purpose,
    Reader,
    Scan,
    Scanner,
    Terraform,
)

__all__ = [
    "AccountLocks",
    "Baselines",
    "Branches",
    "CallQueue",
    "Capacity",
    "Census",
    "Clock",
    "Doors",
    "Entry",
    "Environment",
    "Existing",
    "Findings",
    "Folders",
    "Forge",
    "History",
    "Inspector",
    "Journal",
    "KmsApprovals",
    "Message",
    "PlanBucket",
    "Ports",
    "Purpose",
    "Reader",
    "Remains",
    "Rest",
    "Revisions",
    "Scan",
    "Scanner",
    "Sightings",
    "StateArchive",
    "StateRepair",
    "StoredPlans",
    "Terraform",
    "Tickets",
    "sleeping",
]
