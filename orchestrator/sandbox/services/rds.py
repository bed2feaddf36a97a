"""Amazon RDS: where enhanced monitoring writes, and that a Multi-AZ cluster is in several zones.

Certificate authorities and engine versions are listed: of the versions a few that were there in the
middle of 2025, and none of them is asked for when a database is made.
Source: Amazon RDS API Reference, DBInstance (EnhancedMonitoringResourceArn), DBCluster (MultiAZ),
DescribeCertificates; Amazon RDS User Guide, "Multi-AZ DB cluster deployments": a writer, and two
readers in other zones; and "Using SSL/TLS to encrypt a connection to a DB instance".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.rds.models import DBCluster, DBInstance
from moto.rds.responses import RDSResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import AwsError, InvalidParameterValue, Json, result

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


DESCRIPTIONS: Mapping[str, str] = {
    "aurora-mysql": "Aurora MySQL",
    "aurora-postgresql": "Aurora (PostgreSQL)",
    "mariadb": "MariaDb Community Edition",
    "mysql": "MySQL Community Edition",
    "postgres": "PostgreSQL",
}
VERSIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("aurora-mysql", "8.0"): ("8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.09.0"),
    ("aurora-postgresql", "15"): ("15.12",),
    ("aurora-postgresql", "16"): ("16.8",),
    ("mariadb", "10.11"): ("10.11.11",),
    ("mariadb", "11.4"): ("11.4.5",),
    ("mysql", "8.0"): ("8.0.41", "8.0.42"),
    ("mysql", "8.4"): ("8.4.4", "8.4.5"),
    ("postgres", "15"): ("15.12", "15.13"),
    ("postgres", "16"): ("16.8", "16.9"),
    ("postgres", "17"): ("17.4", "17.5"),
}
"""Engine and major version → versions: fewer than a page has at least, which is 20."""


@dataclass(frozen=True, slots=True)
class Version:
    engine: str
    major: str
    name: str

    @property
    def family(self) -> str:
        return f"{self.engine}{self.major}"


ALL = tuple(
    Version(engine, major, name) for (engine, major), names in VERSIONS.items() for name in names
)
FILTERS: Mapping[str, Callable[[Version], str]] = {
    "db-parameter-group-family": lambda version: version.family,
    "engine": lambda version: version.engine,
    "engine-version": lambda version: version.name,
    "status": lambda _: "available",
}


def describe_db_engine_versions(self: Any) -> Any:
    found = [version for version in ALL if _asked(version, self.params)]
    if self.params.get("DefaultOnly"):
        found = list({version.engine: version for version in found}.values())
    return result({"DBEngineVersions": [_described(version) for version in found]})


def _asked(version: Version, params: Json) -> bool:
    named = params.get("EngineVersion")
    return (
        params.get("Engine") in (None, version.engine)
        and named in (None, version.name, version.major)
        and params.get("DBParameterGroupFamily") in (None, version.family)
        and all(_passes(version, each) for each in params.get("Filters") or ())
    )


def _passes(version: Version, wanted: Json) -> bool:
    if wanted["Name"] not in FILTERS:
        raise InvalidParameterValue(f"Unrecognized filter name: {wanted['Name']}")
    return FILTERS[wanted["Name"]](version) in wanted["Values"]


def _described(version: Version) -> Json:
    described = DESCRIPTIONS[version.engine]
    return {
        "Engine": version.engine,
        "EngineVersion": version.name,
        "MajorEngineVersion": version.major,
        "DBParameterGroupFamily": version.family,
        "DBEngineDescription": described,
        "DBEngineVersionDescription": f"{described} {version.name}",
        "Status": "available",
    }


def install() -> None:
    extend.amend(DBCluster, "multi_az", multi_az)
    RDSResponse.describe_certificates = describe_certificates
    RDSResponse.describe_db_engine_versions = describe_db_engine_versions
    DBInstance.enhanced_monitoring_resource_arn = property(monitored)


def multi_az(original: Callable[..., bool], self: Any) -> bool:
    """A cluster with an instance class of its own is such a deployment."""
    return bool(self.db_cluster_instance_class) or original(self)


def monitored(self: Any) -> str | None:
    if not self.monitoring_interval:
        return None
    group = f"arn:{self.partition}:logs:{self.region}:{self.account_id}:log-group:RDSOSMetrics"
    return f"{group}:log-stream:{self.dbi_resource_id}"
