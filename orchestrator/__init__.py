"""Rolls out AWS Security Hub, remediation and log forwarding across hundreds of AWS accounts."""

__version__ = "1.0.0"
