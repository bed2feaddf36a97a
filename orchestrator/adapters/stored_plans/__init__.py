"""Plans kept for a review below `.orchestrator/plans/`, and carried out from there.

Plan files and their JSON may hold secret values: only their owner can read them, nothing of them
is printed.
"""
