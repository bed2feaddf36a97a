"""CloudTrail records of real shape: single ones by name, and a stream of any length by seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

Record = dict[str, object]

ACCOUNT, OTHER_ACCOUNT, REGION = "111122223333", "444455556666", "eu-west-1"
SSO_ROLE = "AWSReservedSSO_AdministratorAccess_0123456789abcdef"
START = datetime(2026, 3, 1, tzinfo=UTC)


def record(name: str, source: str = "ec2.amazonaws.com", **changed: object) -> Record:
    """A call by an SSO session, changed where the test cares."""
    return {
        "eventVersion": "1.09",
        "userIdentity": sso("alice@example.com"),
        "eventTime": "2026-03-01T10:05:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.1 lang/python#3.11.9",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "0f1d2c3b-4a59-4687-9c1e-2d3f4a5b6c7d",
        "eventID": "11111111-2222-4333-8444-555555555555",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"{source.partition('.')[0]}.{REGION}.amazonaws.com",
        },
        **changed,
    }


def assumed(role: str, session: str, account: str = ACCOUNT, **attributes: object) -> Record:
    """The identity of a role's session."""
    name = role.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": f"AROA{name.upper()[:12]:X<12}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "accessKeyId": f"ASIA{name.upper()[:8]:X<8}{session.upper()[:4]:X<4}",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": f"AROA{name.upper()[:12]:X<12}",
                "arn": f"arn:aws:iam::{account}:role/{role}",
                "accountId": account,
                "userName": name,
            },
            "attributes": {"creationDate": "2026-03-01T09:58:12Z", "mfaAuthenticated": "false"},
            **attributes,
        },
    }


def sso(person: str, account: str = ACCOUNT) -> Record:
    return assumed(f"aws-reserved/sso.amazonaws.com/{REGION}/{SSO_ROLE}", person, account)


def iam_user(name: str, account: str = ACCOUNT) -> Record:
    return {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEUSERID0000",
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": name,
    }


def shapes() -> Mapping[str, Record]:
    """One record of each shape that a mapping must understand."""
    return {
        "api call by SSO": record(
            "AuthorizeSecurityGroupIngress",
            requestParameters=open_port("sg-0a1b2c3d4e5f60718", 22),
            responseElements={"requestId": "0f1d", "_return": True},
        ),
        "console sign-in": sign_in("Success", "Yes"),
        "failed console sign-in": sign_in(
            "Failure", "No", errorMessage="Failed authentication", userIdentity=hidden()
        ),
        "root": record(
            "CreateAccessKey",
            "iam.amazonaws.com",
            userIdentity={
                "type": "Root",
                "principalId": ACCOUNT,
                "arn": f"arn:aws:iam::{ACCOUNT}:root",
                "accountId": ACCOUNT,
                "accessKeyId": "",
            },
            responseElements={"accessKey": {"userName": "root", "accessKeyId": "AKIAEXAMPLE"}},
        ),
        "IAM user": record("CreateBucket", "s3.amazonaws.com", userIdentity=iam_user("bob")),
        "role chain": record(
            "PutBucketPolicy",
            "s3.amazonaws.com",
            userIdentity=assumed("deploy", "deploy-7", sourceIdentity="alice@example.com"),
        ),
        "assume role": assume_role("deploy", "deploy-7", "ASIADEPLOYXXDEPL"),
        "federated by SAML": record(
            "AssumeRoleWithSAML",
            "sts.amazonaws.com",
            userIdentity={
                "type": "SAMLUser",
                "principalId": "SampleUkh1i4+ExamplexL/jEvs=:SamlExample",
                "userName": "SamlExample",
                "identityProvider": "bdGOnTesti4+ExamplexL/jEvs=",
            },
            requestParameters={
                "sAMLAssertionID": "_c0046cEXAMPLEb9d4b8eEXAMPLE2619aEXAMPLE",
                "roleSessionName": "SamlExample",
                "roleArn": f"arn:aws:iam::{ACCOUNT}:role/SamlTestRole",
            },
        ),
        "federated by web identity": record(
            "GetObject",
            "s3.amazonaws.com",
            userIdentity=assumed(
                "github-deploy",
                "GitHubActions",
                webIdFederationData={
                    "federatedProvider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example",
                    "attributes": {},
                },
            ),
        ),
        "Identity Center user": record(
            "CreateToken",
            "sso.amazonaws.com",
            userIdentity={
                "type": "IdentityCenterUser",
                "accountId": ACCOUNT,
                "onBehalfOf": {
                    "userId": "544894e8-80c1-707f-60e3-3ba6510dfac1",
                    "identityStoreArn": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-9067",
                },
                "credentialId": "EXAMPLEVHULjJdTUdPJfofVa1sufHDoj7aYcOYcxFVllWR_Whr1fEXAMPLE",
            },
        ),
        "AWS service": record(
            "Decrypt",
            "kms.amazonaws.com",
            userIdentity={"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"},
            sourceIPAddress="cloudtrail.amazonaws.com",
            userAgent="cloudtrail.amazonaws.com",
            readOnly=True,
            resources=[
                {
                    "accountId": ACCOUNT,
                    "type": "AWS::KMS::Key",
                    "ARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234",
                }
            ],
        ),
        "CloudFormation on behalf": record(
            "CreateSecurityGroup",
            userIdentity={**sso("alice@example.com"), "invokedBy": "cloudformation.amazonaws.com"},
            sourceIPAddress="cloudformation.amazonaws.com",
            responseElements={"groupId": "sg-0a1b2c3d4e5f60718"},
        ),
        "cross-account": record(
            "PutObject",
            "s3.amazonaws.com",
            userIdentity={
                "type": "AWSAccount",
                "principalId": "AROAEXAMPLE:session",
                "accountId": OTHER_ACCOUNT,
            },
            sharedEventID="0a1b2c3d-0000-4000-8000-000000000000",
            eventCategory="Data",
            managementEvent=False,
            resources=[
                {"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::the-bucket/"},
                {
                    "accountId": ACCOUNT,
                    "type": "AWS::S3::Bucket",
                    "ARN": "arn:aws:s3:::the-bucket",
                },
            ],
            vpcEndpointId="vpce-0a1b2c3d",
            vpcEndpointAccountId=OTHER_ACCOUNT,
        ),
        "service event": record(
            "RotateKey",
            "kms.amazonaws.com",
            userIdentity={"accountId": ACCOUNT, "invokedBy": "AWS Internal"},
            sourceIPAddress="AWS Internal",
            userAgent="AWS Internal",
            eventType="AwsServiceEvent",
            serviceEventDetails={"keyId": "1234abcd-12ab-34cd-56ef-1234567890ab"},
            requestID=None,
        ),
        "insight": {
            "eventVersion": "1.09",
            "eventTime": "2026-03-01T10:05:00Z",
            "awsRegion": REGION,
            "eventID": "a9edc959-9488-4790-be0f-05d60e56b547",
            "eventType": "AwsCloudTrailInsight",
            "eventSource": "ec2.amazonaws.com",
            "eventName": "RunInstances",
            "recipientAccountId": ACCOUNT,
            "sharedEventID": "c2806063-d85d-42c3-9027-d2c56a477314",
            "insightDetails": {
                "state": "Start",
                "eventSource": "ec2.amazonaws.com",
                "eventName": "RunInstances",
                "insightType": "ApiCallRateInsight",
                "insightContext": {
                    "statistics": {"baseline": {"average": 0.02}, "insight": {"average": 12.5}},
                    "baselineDuration": 10181,
                },
            },
            "eventCategory": "Insight",
        },
        "denied": record(
            "DeleteTrail",
            "cloudtrail.amazonaws.com",
            errorCode="AccessDenied",
            errorMessage="User: … is not authorized to perform: cloudtrail:DeleteTrail",
            requestParameters={"name": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org"},
        ),
        "unicode": record(
            "CreateTags",
            requestParameters={
                "resourcesSet": {"items": [{"resourceId": "i-0a1b2c3d4e5f60718"}]},
                "tagSet": {
                    "items": [{"key": "Ort \"'", "value": "Zürich 東京 🗻 \\ \n </script>"}]
                },
            },
        ),
        "large": record(
            "PutDashboard",
            "monitoring.amazonaws.com",
            requestParameters={"dashboardBody": "x" * 1_000_000},
        ),
        "account change": record(
            "AttachUserPolicy",
            "iam.amazonaws.com",
            awsRegion="us-east-1",
            requestParameters={
                "userName": "carol",
                "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
            },
        ),
        "user created": record(
            "CreateUser",
            "iam.amazonaws.com",
            requestParameters={"userName": "carol"},
            responseElements={
                "user": {
                    "path": "/",
                    "userName": "carol",
                    "userId": "AIDAEXAMPLE",
                    "arn": f"arn:aws:iam::{ACCOUNT}:user/carol",
                    "createDate": "Mar 1, 2026, 10:05:00 AM",
                }
            },
        ),
        "Identity Center sign-in": identity_center_sign_in("Success"),
        "failed Identity Center sign-in": identity_center_sign_in("Failure"),
        "session token": record(
            "GetSessionToken", "sts.amazonaws.com", userIdentity=iam_user("bob"), readOnly=True
        ),
        "group policy": record(
            "AttachGroupPolicy",
            "iam.amazonaws.com",
            requestParameters={"groupName": "admins", "policyArn": "arn:aws:iam::aws:policy/X"},
        ),
        "e-mail of the account": record(
            "EmailUpdated", "signin.amazonaws.com", userIdentity={"type": "Root"}
        ),
        "insight of calls": {
            "eventVersion": "1.07",
            "eventTime": "2026-03-01T10:05:00Z",
            "awsRegion": REGION,
            "eventID": "7b1d2f3c-0000-4000-8000-05d60e56b547",
            "eventType": "AwsCloudTrailInsight",
            "recipientAccountId": ACCOUNT,
            "sharedEventID": "c2806063-d85d-42c3-9027-d2c56a477314",
            "insightDetails": {
                "state": "Start",
                "eventSource": "ssm.amazonaws.com",
                "eventName": "UpdateInstanceInformation",
                "insightType": "ApiCallRateInsight",
            },
            "eventCategory": "Insight",
        },
        "network activity": record(
            "ListKeys",
            "kms.amazonaws.com",
            userIdentity={"type": "AWSAccount", "principalId": "AROAX:s", "accountId": ACCOUNT},
            errorCode="VpceAccessDenied",
            errorMessage="The request was denied due to a VPC endpoint policy",
            eventType="AwsVpceEvent",
            eventCategory="NetworkActivity",
            managementEvent=False,
            vpcEndpointId="vpce-0a1b2c3d",
            vpcEndpointAccountId=ACCOUNT,
        ),
        "a function invoked": record(
            "Invoke",
            "lambda.amazonaws.com",
            requestParameters={"functionName": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pay"},
            additionalEventData={"functionVersion": f"arn:aws:lambda:{REGION}:{ACCOUNT}:pay:1"},
            resources=[
                {
                    "accountId": ACCOUNT,
                    "type": "AWS::Lambda::Function",
                    "ARN": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pay",
                }
            ],
            eventCategory="Data",
            managementEvent=False,
        ),
        "by IPv6": record(
            "DescribeInstances",
            sourceIPAddress="2001:db8::7",
            readOnly=True,
            apiVersion="2016-11-15",
        ),
    }


def open_port(group: str, port: int, cidr: str = "0.0.0.0/0") -> Record:
    """The parameters of AuthorizeSecurityGroupIngress."""
    return {
        "groupId": group,
        "ipPermissions": {
            "items": [
                {
                    "ipProtocol": "tcp",
                    "fromPort": port,
                    "toPort": port,
                    "groups": {},
                    "ipRanges": {"items": [{"cidrIp": cidr}]},
                    "ipv6Ranges": {},
                    "prefixListIds": {},
                }
            ]
        },
    }


def sign_in(outcome: str, mfa: str, **changed: object) -> Record:
    return record(
        "ConsoleLogin",
        "signin.amazonaws.com",
        **{
            "userIdentity": {**iam_user("bob"), "accessKeyId": ""},
            "responseElements": {"ConsoleLogin": outcome},
            "additionalEventData": {
                "LoginTo": "https://console.aws.amazon.com/console/home?state=hashArgs%23",
                "MobileVersion": "No",
                "MFAUsed": mfa,
            },
            "eventType": "AwsConsoleSignIn",
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            **changed,
        },
    )


def identity_center_sign_in(outcome: str) -> Record:
    """A password given at the access portal: no ARN, and no error code where it is wrong."""
    return record(
        "UserAuthentication",
        "signin.amazonaws.com",
        userIdentity={
            "type": "IdentityCenterUser",
            "accountId": ACCOUNT,
            "onBehalfOf": {
                "userId": "544894e8-80c1-707f-60e3-3ba6510dfac1",
                "identityStoreArn": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-9067",
            },
            "credentialId": "90e292de-5eb8-446e-9602-90f7c45044f7",
        },
        eventType="AwsServiceEvent",
        additionalEventData={"UserName": "mary", "CredentialType": "PASSWORD"},
        serviceEventDetails={"UserAuthentication": outcome},
    )


def hidden() -> Record:
    return {
        "type": "IAMUser",
        "accountId": ACCOUNT,
        "accessKeyId": "",
        "userName": "HIDDEN_DUE_TO_SECURITY_REASONS",
    }


def assume_role(role: str, session: str, key: str, **changed: object) -> Record:
    """A call that gives temporary keys of a role."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    assumed_arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/{session}"
    return record(
        "AssumeRole",
        "sts.amazonaws.com",
        **{
            "readOnly": True,
            "requestParameters": {"roleArn": arn, "roleSessionName": session},
            "responseElements": {
                "credentials": {
                    "accessKeyId": key,
                    "sessionToken": "AQoDYXdzEPT//////////wEXAMPLE",
                    "expiration": "Mar 1, 2026, 11:05:00 AM",
                },
                "assumedRoleUser": {
                    "assumedRoleId": f"AROAEXAMPLE:{session}",
                    "arn": assumed_arn,
                },
            },
            "resources": [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": arn}],
            **changed,
        },
    )


class Stream:
    """Records of everyday business, the same for the same seed, spread evenly over some days.

    What happens most is reading, by a scanner, by services and by people's consoles. Each record
    is a text made from a template, since a million of them must not take minutes.
    """

    def __init__(self, count: int, days: int = 30, accounts: int = 1, seed: int = 1) -> None:
        self.count, self.days, self.seed = count, days, seed
        self.accounts = [f"{200000000000 + number}" for number in range(accounts)]

    def account_days(self) -> Iterator[tuple[str, datetime]]:
        """Each account and day, for files as CloudTrail writes them."""
        for day in range(self.days):
            for account in self.accounts:
                yield account, START + timedelta(days=day)

    def texts(self, account: str, day: datetime) -> Iterator[str]:
        """The records of an account's day in order of time."""
        random = Random(f"{self.seed}/{account}/{day:%Y%m%d}")  # noqa: S311  # not for secrets
        count = self.count // (self.days * len(self.accounts))
        principals = [f"person-{n}@example.com" for n in range(20)]
        for number in range(count):
            at = day + timedelta(seconds=number * 86_400 // count)
            template = _TEMPLATES[random.randrange(len(_TEMPLATES))]
            yield template % {
                "id": UUID(int=random.getrandbits(128), version=4),
                "request": UUID(int=random.getrandbits(128), version=4),
                "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                "account": account,
                "person": principals[random.randrange(20)],
                "n": f"{random.randrange(5000):017x}",
                "ip": f"198.51.100.{random.randrange(256)}",
            }

    def records(self) -> Iterator[Record]:
        for account, day in self.account_days():
            for text in self.texts(account, day):
                yield json.loads(text)


def document(texts: Iterator[str] | list[str]) -> bytes:
    """A log file as CloudTrail writes it, not compressed."""
    return ('{"Records":[' + ",".join(texts) + "]}").encode()


def _template(**changed: object) -> str:
    base = record(
        **{  # type: ignore[arg-type]
            "name": "DescribeInstances",
            "eventID": "%(id)s",
            "requestID": "%(request)s",
            "eventTime": "%(time)s",
            "recipientAccountId": "%(account)s",
            "sourceIPAddress": "%(ip)s",
            "userIdentity": sso("PERSON", "%(account)s"),
            **changed,
        }
    )
    return json.dumps(base, separators=(",", ":")).replace("PERSON", "%(person)s")


_SCANNER = assumed("config-scanner", "scanner", "%(account)s")
_TEMPLATES = [
    _template(
        readOnly=True,
        userIdentity=_SCANNER,
        requestParameters={"instancesSet": {"items": [{"instanceId": "i-%(n)s"}]}, "filterSet": {}},
    ),
    _template(
        name="DescribeSecurityGroups",
        readOnly=True,
        userIdentity=_SCANNER,
        requestParameters={"maxResults": 1000, "securityGroupSet": {}, "filterSet": {}},
    ),
    _template(
        name="GetBucketPolicy",
        source="s3.amazonaws.com",
        readOnly=True,
        userIdentity=_SCANNER,
        requestParameters={"bucketName": "data-%(n)s", "Host": "s3.eu-west-1.amazonaws.com"},
        resources=[
            {
                "accountId": "%(account)s",
                "type": "AWS::S3::Bucket",
                "ARN": "arn:aws:s3:::data-%(n)s",
            }
        ],
    ),
    _template(
        name="Decrypt",
        source="kms.amazonaws.com",
        readOnly=True,
        requestParameters={
            "encryptionContext": {"aws:lambda:FunctionArn": "arn:aws:lambda:x:function:%(n)s"},
            "keyId": "arn:aws:kms:eu-west-1:%(account)s:key/%(n)s",
        },
    ),
    _template(
        name="AssumeRole",
        source="sts.amazonaws.com",
        readOnly=True,
        userIdentity={"type": "AWSService", "invokedBy": "lambda.amazonaws.com"},
        sourceIPAddress="lambda.amazonaws.com",
        requestParameters={
            "roleArn": "arn:aws:iam::%(account)s:role/service-%(n)s",
            "roleSessionName": "service-%(n)s",
        },
        responseElements={"credentials": {"accessKeyId": "ASIA%(n)s", "expiration": "%(time)s"}},
    ),
    _template(
        name="ListObjects",
        source="s3.amazonaws.com",
        readOnly=True,
        requestParameters={"bucketName": "data-%(n)s", "list-type": "2", "prefix": "in/"},
    ),
    _template(
        name="CreateNetworkInterface",
        requestParameters={
            "subnetId": "subnet-%(n)s",
            "groupSet": {"items": [{"groupId": "sg-%(n)s"}]},
        },
        responseElements={"networkInterface": {"networkInterfaceId": "eni-%(n)s"}},
    ),
    _template(
        name="CreateTags",
        requestParameters={
            "resourcesSet": {"items": [{"resourceId": "vol-%(n)s"}]},
            "tagSet": {"items": [{"key": "team", "value": "payments"}]},
        },
    ),
    _template(
        name="PutMetricAlarm",
        source="monitoring.amazonaws.com",
        requestParameters={"alarmName": "alarm-%(n)s", "threshold": 1.0, "period": 60},
    ),
    _template(
        name="CreateLogStream",
        source="logs.amazonaws.com",
        requestParameters={"logGroupName": "/aws/lambda/f-%(n)s", "logStreamName": "%(id)s"},
    ),
]
