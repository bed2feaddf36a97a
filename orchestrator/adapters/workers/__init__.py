"""Runs on many machines: their records in the state bucket, the queue, and the state machine."""
