"""Security Hub's checks as this sandbox runs them: an evaluator of its own.

Each control is written from its text in the AWS Security Hub User Guide and from the parameters of
the AWS Config rule behind it, never from a remediation: nothing of `orchestrator.findings` may be
imported here. What a remediation calls fixed is thereby asked of somebody else.
"""
