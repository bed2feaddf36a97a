"""The certificate authorities of a region.

Source: Amazon RDS User Guide, "Using SSL/TLS to encrypt a connection to a DB instance"; API
Reference, DescribeCertificates.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from orchestrator.sandbox.extend import AwsError, Json, result

DEFAULT = "rds-ca-rsa2048-g1"
YEARS = {DEFAULT: 40, "rds-ca-rsa4096-g1": 100, "rds-ca-ecc384-g1": 100}
"""How long each is valid. Source: as of the module."""
SINCE = datetime(2021, 5, 25, tzinfo=UTC)


class CertificateNotFound(AwsError):
    code = "CertificateNotFound"


def describe_certificates(self: Any) -> Any:
    """All of them, or one, in whatever case it is written."""
    wanted = str(self.params.get("CertificateIdentifier") or "").lower()
    if wanted and wanted not in YEARS:
        raise CertificateNotFound(f"Certificate not found: {wanted}")
    found = [_certificate(name, self.region) for name in YEARS if wanted in ("", name)]
    return result({"DefaultCertificateForNewLaunches": DEFAULT, "Certificates": found})


def _certificate(name: str, region: str) -> Json:
    """Each region has certificates of its own; their thumbprints here are made up."""
    arn = f"arn:aws:rds:{region}::cert:{name}"
    return {
        "CertificateIdentifier": name,
        "CertificateType": "CA",
        "Thumbprint": hashlib.sha1(arn.encode(), usedforsecurity=False).hexdigest(),
        "ValidFrom": SINCE,
        "ValidTill": SINCE.replace(year=SINCE.year + YEARS[name]),
        "CertificateArn": arn,
        "CustomerOverride": False,
    }
