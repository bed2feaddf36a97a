"""Errors of an apply that has been carried out: AWS has taken it, and is late or refuses a target.

The provider waits for AWS to come to its end. What it does not wait for, or what ends badly, is an
error of its own after the resource's id is set: Terraform then takes the resource as spoilt, and
would make it anew with the next plan, for ever. A configuration policy would be taken from an
account and given back; central configuration would be switched off, with all its policies.
Source: provider 5.100, run in the sandbox: an association that ends FAILED comes back "tainted, so
must be replaced" from each plan, and each apply of that fails in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from orchestrator.adapters.terraform.diagnostics import Diagnostic

WORDS: Mapping[str, re.Pattern[str]] = {
    "aws_securityhub_configuration_policy_association": re.compile(
        r"Configuration Policy Association \(\S+\) success: unexpected state 'FAILED'"
    ),
    "aws_securityhub_organization_configuration": re.compile(
        r"Organization Configuration \(\S+\) enable: timeout while waiting .*'PENDING'"
    ),
}
"""By type, how the provider says it."""

NOT_TAINTED = "is not currently tainted"


def unfinished(errors: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The resources that are as they should be in the state, whatever the provider says."""
    return tuple(error.address for error in errors if _is_unfinished(error))


def _is_unfinished(error: Diagnostic) -> bool:
    kinds = (kind for kind in WORDS if f".{kind}." in f".{error.address}.")
    said = " ".join(f"{error.summary} {error.detail}".split())
    return any(WORDS[kind].search(said) for kind in kinds)
