"""The roles that everything else starts from."""

from __future__ import annotations

from orchestrator.adapters.aws.questions.asking import Questions, Subject, roles


def questions(subject: Subject) -> Questions:
    organization, keyring = subject.organization, subject.keyring
    what = f"{keyring.start_role} can be assumed"
    yield what, lambda: "" if keyring.start_keys() else "no keys"
    for account in (organization.management, organization.security, organization.log_archive):
        yield from roles(keyring, account)
