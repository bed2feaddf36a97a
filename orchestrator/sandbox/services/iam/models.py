"""moto's IAM, with service-linked roles as AWS has them."""

from __future__ import annotations

from typing import Any

from moto.iam.models import SERVICE_NAME_CONVERSION
from moto.iam.models import IAMBackend as MotoIAMBackend

from orchestrator.sandbox.services.iam.exceptions import InvalidInput

# Names behind AWSServiceRoleFor…, where they are not the service's own in small letters.
# Source: the "Using service-linked roles" page of each service.
SERVICE_NAMES = {
    "access-analyzer": "AccessAnalyzer",
    "cloudtrail": "CloudTrail",
    "config": "Config",
    "guardduty": "AmazonGuardDuty",
    "malware-protection": "AmazonGuardDutyMalwareProtection",
    "opensearchservice": "AmazonOpenSearchService",
    "organizations": "Organizations",
    "securityhub": "SecurityHub",
    "securitylake": "SecurityLake",
}
SERVICE_NAME_CONVERSION.update(SERVICE_NAMES)


class IAMBackend(MotoIAMBackend):  # type: ignore[misc]
    roles: dict[str, Any]

    def create_service_linked_role(self, service_name: str, description: str, suffix: str) -> Any:
        path = f"/aws-service-role/{service_name}/"
        for role in list(self.roles.values()):
            if role.path == path and role.name.endswith(f"_{suffix}" if suffix else role.name):
                raise InvalidInput(
                    f"Service role name {role.name} has been taken in this account, please try a "
                    "different suffix."
                )
        return super().create_service_linked_role(service_name, description, suffix)
