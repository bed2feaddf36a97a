"""Which stacks a change to the repository affects, and why.

Two revisions are resolved and rendered by the program as it is now, and the results compared:
settings with settings, files with files. Paths in the repository mean nothing here. A change to
the program itself is therefore not seen.
"""

from orchestrator.affected.between import between
from orchestrator.affected.comparing import Affected, Comparison
from orchestrator.affected.reasons import Reason

__all__ = ["Affected", "Comparison", "Reason", "between"]
