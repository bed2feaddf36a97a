"""AWS Organizations, account_configs/, states and earlier runs, held against each other. Pure."""

from orchestrator.ledger.drawing import Known, draw

__all__ = ["Known", "draw"]
