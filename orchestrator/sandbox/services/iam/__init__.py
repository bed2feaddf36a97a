"""AWS IAM: service-linked roles are named as AWS names them, made once, and stay while in use.

Reports of what was last accessed name the services that policies allow, and no access: AWS, too,
shows one only after hours (IAM User Guide, "Refine permissions using last accessed information").
"""

from __future__ import annotations

from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.iam.backend import (
    IAMBackend,
    get_service_linked_role_deletion_status,
)
from orchestrator.sandbox.services.iam.requests import (
    generate_service_last_accessed_details,
    get_service_last_accessed_details,
    list_organizations_features,
    list_service_specific_credentials,
    simulate_custom_policy,
)


def install() -> None:
    extend.substitute(iam_backends, IAMBackend)
    IamResponse.simulate_custom_policy = simulate_custom_policy
    IamResponse.generate_service_last_accessed_details = generate_service_last_accessed_details
    IamResponse.get_service_last_accessed_details = get_service_last_accessed_details
    IamResponse.list_service_specific_credentials = list_service_specific_credentials
    IamResponse.get_service_linked_role_deletion_status = get_service_linked_role_deletion_status
    IamResponse.list_organizations_features = list_organizations_features
