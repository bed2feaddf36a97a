"""The conformance port: AWS, asked with the plan role whether a stack is as declared.

A question reads and compares; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from orchestrator.adapters.aws.conformance import account, arrivals, organization, security
from orchestrator.adapters.aws.conformance.checks import (
    Checks,
    PoliciesOf,
    Subject,
    ask,
    no_policies,
)
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.errors import AwsDenied
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import Answer, Probe

CHECKS: Mapping[StackName, Callable[[Subject], Checks]] = {
    StackName.BOOTSTRAP: organization.bootstrap_checks,
    StackName.LOG_ARCHIVE: organization.log_archive_checks,
    StackName.ORGANIZATION: organization.checks,
    StackName.SECURITY: security.checks,
    StackName.ACCOUNT: account.checks,
}

ARRIVALS: Mapping[StackName, Callable[[Subject], Checks]] = {
    StackName.LOG_ARCHIVE: arrivals.archive_checks,
    StackName.SECURITY: arrivals.security_checks,
}


class AwsConformance:
    """Puts a stack's questions to AWS. `policies_of` says what is to be attached in the
    organization.
    """

    def __init__(
        self,
        credential_cache: CredentialCache,
        organization: Organization,
        policies_of: PoliciesOf = no_policies,
    ) -> None:
        self._credential_cache, self._organization = credential_cache, organization
        self._policies_of = policies_of

    def inspect(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        return tuple(_answers(CHECKS[key.stack](self._subject(account))))

    def arrivals(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        if key.stack not in ARRIVALS:
            return ()
        return tuple(_answers(ARRIVALS[key.stack](self._subject(account))))

    def _subject(self, account: Account) -> Subject:
        return Subject(account, self._organization, self._credential_cache, self._policies_of)


def _answers(checks: Checks) -> Iterator[Probe]:
    """One probe a question; one more when the plan role itself does not let us in."""
    try:
        for what, check in checks:
            yield ask(what, check)
    except AwsDenied as denied:
        reason = f"{denied.call} as '{denied.role}': {denied.reason}"
        yield Probe("all other questions", Answer.DENIED, reason)
