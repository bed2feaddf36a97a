"""The stages of a run, one a file: stack.py puts them in order, rollout.py says which stacks when.

    write → init → plan → scan → gate → apply → verify

Only ports touch the world.
"""
