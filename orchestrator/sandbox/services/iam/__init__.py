"""AWS IAM: service-linked roles are named as AWS names them, and made once."""

from __future__ import annotations

from moto.iam.models import iam_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.iam.models import IAMBackend


def install() -> None:
    extend.substitute(iam_backends, IAMBackend)
