"""The inspector port: AWS, asked with the plan role whether a stack is as declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from orchestrator.adapters.aws.conformance import account, organization, security
from orchestrator.adapters.aws.conformance import organization as bootstrap
from orchestrator.adapters.aws.conformance import organization as log_archive
from orchestrator.adapters.aws.conformance.questions import Questions, Subject, ask
from orchestrator.adapters.aws.credential_cache import Keyring
from orchestrator.errors import AwsDenied
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import Answer, Probe
from orchestrator.model.settings import Standard

QUESTIONS: Mapping[StackName, Callable[[Subject], Questions]] = {
    StackName.BOOTSTRAP: bootstrap.bootstrap_questions,
    StackName.LOG_ARCHIVE: log_archive.log_archive_questions,
    StackName.ORGANIZATION: organization.questions,
    StackName.SECURITY: security.questions,
    StackName.ACCOUNT: account.questions,
}


class AwsInspector:
    """Puts a stack's questions to AWS. `arn` is a standard's ARN in a region."""

    def __init__(
        self, keyring: Keyring, organization: Organization, arn: Callable[[Standard, str], str]
    ) -> None:
        self._keyring, self._organization, self._arn = keyring, organization, arn

    def inspect(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        subject = Subject(account, self._organization, self._keyring, self._arn)
        return tuple(_answers(QUESTIONS[key.stack](subject)))


def _answers(questions: Questions) -> Iterator[Probe]:
    """One probe a question; one more when the plan role itself does not let us in."""
    try:
        for what, look in questions:
            yield ask(what, look)
    except AwsDenied as denied:
        reason = f"{denied.call} as '{denied.role}': {denied.reason}"
        yield Probe("all other questions", Answer.DENIED, reason)
