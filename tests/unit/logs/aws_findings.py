"""Findings of AWS's services, of our own values, in the shape of published ones."""

from __future__ import annotations

import json

from tests.unit.logs.aws_records import Sample

ACCOUNT = "111122223333"
ASFF = {
    "SchemaVersion": "2018-10-08",
    "Id": f"arn:aws:securityhub:us-east-2:{ACCOUNT}:subscription/x/finding/1",
    "ProductArn": "arn:aws:securityhub:us-east-2::product/aws/securityhub",
    "ProductName": "Security Hub",
    "CompanyName": "AWS",
    "Region": "us-east-2",
    "GeneratorId": "security-control/S3.1",
    "AwsAccountId": ACCOUNT,
    "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
    "FirstObservedAt": "2026-02-01T10:00:00.000Z",
    "LastObservedAt": "2026-03-01T10:00:00.000Z",
    "CreatedAt": "2026-02-01T10:00:00.000Z",
    "UpdatedAt": "2026-03-01T10:00:00.060Z",
    "ProcessedAt": "2026-03-01T10:00:02.060Z",
    "Severity": {"Label": "MEDIUM", "Normalized": 40},
    "Confidence": 90,
    "Criticality": 50,
    "Title": "S3.1 buckets should block public access",
    "Description": "d",
    "SourceUrl": "https://example.com/finding",
    "Note": {"Text": "seen", "UpdatedBy": "alice"},
    "RelatedFindings": [{"ProductArn": "arn:aws:securityhub:::product/x", "Id": "other"}],
    "Remediation": {"Recommendation": {"Text": "Do.", "Url": "https://example.com/S3.1"}},
    "ProductFields": {"aws/securityhub/ProductName": "Security Hub"},
    "Resources": [
        {
            "Type": "AwsS3Bucket",
            "Id": "arn:aws:s3:::bucket-1",
            "Partition": "aws",
            "Region": "us-east-2",
            "Tags": {"team": "web"},
            "Details": {"AwsS3Bucket": {"OwnerId": "0a1"}},
        }
    ],
    "Compliance": {
        "Status": "FAILED",
        "SecurityControlId": "S3.1",
        "RelatedRequirements": ["PCI DSS 1.2"],
        "AssociatedStandards": [{"StandardsId": "standards/x"}],
        "StatusReasons": [{"ReasonCode": "CONFIG", "Description": "no block"}],
    },
    "WorkflowState": "NEW",
    "Workflow": {"Status": "NEW"},
    "RecordState": "ACTIVE",
}
WEAK = {
    **{name: value for name, value in ASFF.items() if name != "Compliance"},
    "ProductName": "Inspector",
    "ProductArn": "arn:aws:securityhub:us-east-2::product/aws/inspector",
    "Vulnerabilities": [
        {
            "Id": "CVE-2026-0001",
            "Cvss": [{"BaseScore": 5.9, "BaseVector": "CVSS:3.1/AV:N", "Version": "3.1"}],
            "Vendor": {
                "Name": "NVD",
                "Url": "https://nvd.nist.gov/vuln/detail/CVE-2026-0001",
                "VendorCreatedAt": "2026-01-20T13:15:06Z",
                "VendorUpdatedAt": "2026-01-21T13:15:06Z",
            },
            "ReferenceUrls": ["https://example.com/cve"],
            "RelatedVulnerabilities": ["CVE-2026-0002"],
            "FixAvailable": "YES",
            "ExploitAvailable": "NO",
            "EpssScore": "0.00066",
            "VulnerablePackages": [
                {
                    "Name": "openssl",
                    "Version": "3.0.8",
                    "Epoch": "0",
                    "Release": "r3",
                    "Architecture": "X86_64",
                    "PackageManager": "OS",
                    "FixedInVersion": "0:3.0.8-r4",
                    "Remediation": "upgrade",
                }
            ],
            "CodeVulnerabilities": [
                {"FilePath": {"FileName": "a.py", "FilePath": "src/a.py", "StartLine": 3}}
            ],
        }
    ],
}
SEEN_BY_HUB = {
    **{name: value for name, value in ASFF.items() if name != "Compliance"},
    "ProductName": "GuardDuty",
    "CompanyName": "Amazon",
    "CreatedAt": "2026-03-01T10:00:00.060Z",
    "ProductArn": "arn:aws:securityhub:us-east-2::product/aws/guardduty",
    "ProductFields": {
        "aws/guardduty/service/action/actionType": "AWS_API_CALL",
        "aws/guardduty/service/action/awsApiCallAction/api": "DeleteTrail",
        "aws/guardduty/service/action/awsApiCallAction/serviceName": "cloudtrail.amazonaws.com",
        "aws/guardduty/service/action/awsApiCallAction/remoteIpDetails/ipAddressV4": "198.51.100.7",
        "aws/guardduty/service/action/awsApiCallAction/remoteIpDetails/country/countryName": "X",
        "aws/guardduty/service/action/awsApiCallAction/remoteIpDetails/geoLocation/lat": "37.7",
        "aws/guardduty/service/action/awsApiCallAction/remoteIpDetails/geoLocation/lon": "-100.8",
    },
}
GUARDDUTY = {
    "schemaVersion": "2.0",
    "accountId": ACCOUNT,
    "region": "us-east-1",
    "partition": "aws",
    "id": "0a1",
    "arn": f"arn:aws:guardduty:us-east-1:{ACCOUNT}:detector/d1/finding/0a1",
    "type": "UnauthorizedAccess:EC2/SSHBruteForce",
    "resource": {
        "resourceType": "Instance",
        "instanceDetails": {"instanceId": "i-0a1"},
        "accessKeyDetails": {
            "accessKeyId": "ASIAEXAMPLE",
            "principalId": "AROAEXAMPLE:alice",
            "userType": "AssumedRole",
            "userName": "Admin",
        },
        "s3BucketDetails": [{"arn": "arn:aws:s3:::bucket-1"}],
    },
    "service": {
        "serviceName": "guardduty",
        "detectorId": "d1",
        "action": {
            "actionType": "NETWORK_CONNECTION",
            "networkConnectionAction": {
                "connectionDirection": "INBOUND",
                "protocol": "TCP",
                "blocked": False,
                "remoteIpDetails": {
                    "ipAddressV4": "198.51.100.7",
                    "country": {"countryName": "X"},
                    "city": {"cityName": "Y"},
                    "geoLocation": {"lat": 1.5, "lon": 2.5},
                },
                "remotePortDetails": {"port": 40000},
                "localPortDetails": {"port": 22},
                "localIpDetails": {"ipAddressV4": "10.1.2.3"},
            },
        },
        "runtimeDetails": {
            "process": {
                "name": "sshd",
                "pid": 7,
                "uuid": "u1",
                "executablePath": "/usr/sbin/sshd",
                "executableSha256": "ab",
                "user": "root",
                "parentUuid": "u0",
            }
        },
        "additionalInfo": {"value": '{"x":1}', "type": "default"},
        "eventFirstSeen": "2026-03-01T09:00:00Z",
        "eventLastSeen": "2026-03-01T09:30:00Z",
        "archived": False,
        "count": 3,
    },
    "severity": 8,
    "createdAt": "2026-03-01T09:31:00.000Z",
    "updatedAt": "2026-03-01T10:00:00.000Z",
    "title": "t",
    "description": "d",
}
INSPECTOR = {
    "awsAccountId": ACCOUNT,
    "findingArn": f"arn:aws:inspector2:us-east-1:{ACCOUNT}:finding/0a1",
    "type": "PACKAGE_VULNERABILITY",
    "severity": "HIGH",
    "status": "ACTIVE",
    "title": "CVE-2026-0001 - openssl",
    "description": "d",
    "firstObservedAt": "2026-02-01T10:00:00.000Z",
    "lastObservedAt": "2026-03-01T10:00:00.000Z",
    "updatedAt": "2026-03-01T10:00:00.000Z",
    "fixAvailable": "YES",
    "exploitAvailable": "NO",
    "epss": {"score": 0.00066},
    "remediation": {"recommendation": {"text": "upgrade"}},
    "resources": [
        {
            "id": "i-0a1",
            "type": "AWS_EC2_INSTANCE",
            "region": "us-east-1",
            "partition": "aws",
            "tags": {"team": "web"},
            "details": {"awsEc2Instance": {"platform": "AMAZON_LINUX_2"}},
        }
    ],
    "packageVulnerabilityDetails": {
        "vulnerabilityId": "CVE-2026-0001",
        "source": "NVD",
        "sourceUrl": "https://nvd.nist.gov/vuln/detail/CVE-2026-0001",
        "vendorSeverity": "HIGH",
        "cvss": [{"baseScore": 7.5, "scoringVector": "CVSS:3.1/AV:N", "version": "3.1"}],
        "referenceUrls": ["https://example.com/cve"],
        "relatedVulnerabilities": ["CVE-2026-0002"],
        "vulnerablePackages": [{"name": "openssl", "version": "3.0.8", "epoch": 1, "arch": "X"}],
    },
}
MACIE = {
    "schemaVersion": "1.0",
    "id": "m1",
    "accountId": ACCOUNT,
    "region": "us-east-1",
    "partition": "aws",
    "type": "SensitiveData:S3Object/Personal",
    "title": "t",
    "description": "d",
    "severity": {"score": 3, "description": "High"},
    "createdAt": "2026-03-01T10:00:00Z",
    "updatedAt": "2026-03-01T10:00:00Z",
    "resourcesAffected": {
        "s3Bucket": {"arn": "arn:aws:s3:::bucket-1", "name": "bucket-1"},
        "s3Object": {"path": "bucket-1/a.csv", "versionId": "v1"},
    },
    "category": "CLASSIFICATION",
    "count": 1,
    "archived": False,
}
OCSF = {
    "class_uid": 2004,
    "class_name": "Detection Finding",
    "category_uid": 2,
    "type_uid": 200401,
    "activity_id": 1,
    "severity_id": 4,
    "status_id": 1,
    "time": 1772359200000,
    "time_dt": "2026-03-01T10:00:00Z",
    "cloud": {"provider": "AWS", "region": "us-east-1", "account": {"uid": ACCOUNT}},
    "metadata": {
        "version": "1.6.0",
        "uid": "m-1",
        "product": {"name": "GuardDuty", "vendor_name": "AWS", "uid": "p"},
        "profiles": ["cloud", "datetime"],
    },
    "finding_info": {"uid": "f-1", "title": "t", "analytic": {"name": "rule", "type_id": 1}},
    "resources": [{"uid": "arn:aws:s3:::bucket-1", "type": "AWS::S3::Bucket", "role_id": 1}],
    "evidences": [{"src_endpoint": {"ip": "198.51.100.7", "autonomous_system": {"number": 1}}}],
    "vendor_attributes": {"severity_id": 4},
}


def envelope(source: str, kind: str, detail: object) -> str:
    """An event of EventBridge."""
    event = {"version": "0", "id": "e1", "detail-type": kind, "source": source, "account": ACCOUNT}
    return json.dumps({**event, "time": "2026-03-01T10:00:01Z", "detail": detail})


FINDINGS: dict[str, Sample] = {
    # ocsf/examples, mappings/markdown/AWS/v1.1.0/Security Hub/Compliance Finding
    "finding of a control": Sample(
        "finding",
        json.dumps(ASFF),
        2003,
        {
            "time_dt": "2026-03-01T10:00:00.060000+00:00",
            "type_name": "Compliance Finding: Update",
            "severity": "Medium",
            "status": "New",
            "compliance.control": "S3.1",
            "compliance.status_id": 3,
            "compliance.standards": ["standards/x"],
            "resource.uid": "arn:aws:s3:::bucket-1",
            "resource.labels": ["team:web"],
            "finding_info.related_events": [
                {"uid": "other", "product_uid": "arn:aws:securityhub:::product/x"}
            ],
            "unmapped.Severity": {"Normalized": 40},
        },
    ),
    "finding of a control in an event": Sample(
        "finding",
        envelope("aws.securityhub", "Security Hub Findings - Imported", {"findings": [ASFF]}),
        2003,
        {"compliance.control": "S3.1"},
    ),
    # the same, Vulnerability Finding
    "vulnerability that Security Hub passes on": Sample(
        "finding",
        json.dumps(WEAK),
        2002,
        {
            "resource.type": "AwsS3Bucket",
            "vulnerabilities": [
                {
                    "cve": {
                        "uid": "CVE-2026-0001",
                        "cvss": [
                            {
                                "base_score": 5.9,
                                "version": "3.1",
                                "vector_string": "CVSS:3.1/AV:N",
                            }
                        ],
                        "epss": {"score": "0.00066"},
                        "references": ["https://nvd.nist.gov/vuln/detail/CVE-2026-0001"],
                        "created_time_dt": "2026-01-20T13:15:06+00:00",
                        "modified_time_dt": "2026-01-21T13:15:06+00:00",
                    },
                    "vendor_name": "NVD",
                    "references": ["https://example.com/cve"],
                    "related_vulnerabilities": ["CVE-2026-0002"],
                    "is_fix_available": True,
                    "is_exploit_available": False,
                    "affected_packages": [
                        {
                            "name": "openssl",
                            "version": "3.0.8",
                            "release": "r3",
                            "architecture": "X86_64",
                            "epoch": 0,
                            "package_manager": "OS",
                            "fixed_in_version": "0:3.0.8-r4",
                            "remediation": {"desc": "upgrade"},
                        }
                    ],
                    "affected_code": [
                        {
                            "file": {"name": "a.py", "type_id": 1, "path": "src/a.py"},
                            "start_line": 3,
                        }
                    ],
                    "remediation": {"desc": "Do.", "references": ["https://example.com/S3.1"]},
                }
            ],
        },
    ),
    # the same, Detection Finding
    "threat that Security Hub passes on": Sample(
        "finding",
        json.dumps(SEEN_BY_HUB),
        2004,
        {
            "type_name": "Detection Finding: Create",
            "metadata.product.vendor_name": "Amazon",
            "evidences": [
                {
                    "api": {
                        "operation": "DeleteTrail",
                        "service": {"name": "cloudtrail.amazonaws.com"},
                    },
                    "src_endpoint": {
                        "ip": "198.51.100.7",
                        "location": {"country": "X", "coordinates": [-100.8, 37.7]},
                    },
                }
            ],
        },
    ),
    # SEKOIA-IO/intake-formats, aws-guardduty; Amazon GuardDuty API, Finding
    "threat as GuardDuty has it": Sample(
        "finding",
        json.dumps(GUARDDUTY),
        2004,
        {
            "severity": "High",
            "finding_info.uid": f"arn:aws:guardduty:us-east-1:{ACCOUNT}:detector/d1/finding/0a1",
            "finding_info.first_seen_time_dt": "2026-03-01T09:00:00+00:00",
            "action": "Allowed",
            "count": 3,
        },
    ),
    "threat as GuardDuty's API and its events have it": Sample(
        "finding",
        envelope("aws.guardduty", "GuardDuty Finding", {**GUARDDUTY, "severity": 2}),
        2004,
        {"severity": "Low", "cloud.account.uid": ACCOUNT},
    ),
    # Amazon Inspector user guide, "Amazon EventBridge event schema"
    "vulnerability as Inspector has it": Sample(
        "finding",
        envelope("aws.inspector2", "Inspector2 Finding", INSPECTOR),
        2002,
        {
            "severity": "High",
            "cloud.region": "us-east-1",
            "resource.uid": "i-0a1",
            "type_name": "Vulnerability Finding: Update",
        },
    ),
    "open port as Inspector has it": Sample(
        "finding",
        json.dumps(
            {
                **{k: v for k, v in INSPECTOR.items() if k != "packageVulnerabilityDetails"},
                "type": "NETWORK_REACHABILITY",
                "status": "CLOSED",
            }
        ),
        2004,
        {"status": "Resolved", "type_name": "Detection Finding: Close"},
    ),
    # Amazon Macie user guide, "EventBridge event schema for findings"
    "sensitive data as Macie has it": Sample(
        "finding",
        envelope("aws.macie", "Macie Finding", MACIE),
        2004,
        {"severity": "High", "type_name": "Detection Finding: Create", "count": 1},
    ),
    # AWS Security Hub user guide, OCSF findings
    "finding that is OCSF already": Sample(
        "finding",
        json.dumps(OCSF),
        2004,
        {
            "metadata.version": "1.1.0",
            "metadata.log_version": "1.6.0",
            "severity": "High",
            "finding_info": {"uid": "f-1", "title": "t"},
            "resources": [{"uid": "arn:aws:s3:::bucket-1", "type": "AWS::S3::Bucket"}],
            "evidences": [{"src_endpoint": {"ip": "198.51.100.7"}}],
            "unmapped.finding_info": {"analytic": {"name": "rule", "type_id": 1}},
        },
    ),
}
