"""Which stacks a command is about: one grammar for every command.

Pure: a text to an expression (grammar), its words to the stacks they mean (atoms), and the whole
to a selection (evaluating). Everything must be asked for: nothing means everything but 'all'.
What is not in the organization itself, earlier runs and git's history, is asked of `Records`.
"""

from orchestrator.accounts.selection.evaluation import Selection, select
from orchestrator.accounts.selection.world import Records

__all__ = ["Records", "Selection", "select"]
