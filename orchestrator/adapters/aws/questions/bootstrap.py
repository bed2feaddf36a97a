"""The roles that everything else starts from."""

from __future__ import annotations

from orchestrator.adapters.aws.questions.asking import Questions, Subject, roles


def questions(subject: Subject) -> Questions:
    organization, keyring = subject.organization, subject.keyring
    yield "runner role can be assumed", lambda: "" if keyring.runner_keys() else "no keys"
    for account in (organization.management, organization.security, organization.log_archive):
        yield from roles(keyring, account)
