"""AWS IAM: service-linked roles are named as AWS names them, and made once."""

from __future__ import annotations

from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.iam.models import IAMBackend
from orchestrator.sandbox.services.iam.root_access import list_organizations_features
from orchestrator.sandbox.services.iam.simulation import simulate_custom_policy


def install() -> None:
    extend.substitute(iam_backends, IAMBackend)
    IamResponse.simulate_custom_policy = simulate_custom_policy
    IamResponse.list_organizations_features = list_organizations_features
