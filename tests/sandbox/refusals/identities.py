"""IAM: sizes, principals, boundaries."""

from __future__ import annotations

from tests.sandbox.refusals.probe import Bench, Case, Row, allow, document, trust

LAMBDA = {"Service": "lambda.amazonaws.com"}
NOBODY = "arn:aws:iam::200000000009:role/nobody-has-this"
MALFORMED = "MalformedPolicyDocument"
SID = document({**allow("s3:GetObject"), "Sid": "not allowed!"})
PADDING = [f"s3:GetObject{number:04d}" for number in range(900)]
LARGE = document(allow("s3:GetObject", [f"arn:aws:s3:::{n:060d}/*" for n in range(200)]))
LONG_TRUST = trust(LAMBDA, Condition={"StringEquals": {"aws:SourceAccount": ["2" * 12] * 200}})


def _document_rows(name: str, code: str = MALFORMED) -> list[tuple[str, dict[str, object], str]]:
    return [
        ("not JSON", {name: "{"}, code),
        ("no statement", {name: '{"Version": "2012-10-17"}'}, code),
        ("an unknown version", {name: '{"Version": "2020-01-01", "Statement": []}'}, code),
        ("an effect of neither kind", {name: document({"Effect": "Maybe", "Action": "*"})}, code),
        ("no action", {name: document({"Effect": "Allow", "Resource": "*"})}, code),
        ("a Sid with a blank and a mark", {name: SID}, code),
        ("a principal in an identity's policy", {name: document(allow("*", Principal="*"))}, code),
        ("no resource", {name: document({"Effect": "Allow", "Action": "s3:*"})}, code),
    ]


def _role(bench: Bench) -> dict[str, object]:
    return {"RoleName": "probe-new-role", "AssumeRolePolicyDocument": trust(LAMBDA)}


def _trust_row(what: str, principal: object) -> tuple[str, dict[str, object], str]:
    return (what, {"AssumeRolePolicyDocument": trust(principal)}, MALFORMED)


TRUST_ROWS: list[Row] = [
    ("not JSON", {"AssumeRolePolicyDocument": "{"}, MALFORMED),
    _trust_row("a role nobody has", {"AWS": NOBODY}),
    _trust_row("a user nobody has", {"AWS": NOBODY.replace("role", "user")}),
    _trust_row("a service AWS does not have", {"Service": "no-such-thing.amazonaws.com"}),
    _trust_row("a service's name alone", {"Service": "lambda"}),
    _trust_row(
        "an identity provider nobody has",
        {"Federated": "arn:aws:iam::200000000009:oidc-provider/idp.example.com"},
    ),
    _trust_row("a half account id", {"AWS": "12345"}),
    (
        "a resource in a trust",
        {"AssumeRolePolicyDocument": document(allow("sts:AssumeRole", Principal=LAMBDA))},
        MALFORMED,
    ),
    (
        "no principal in a trust",
        {"AssumeRolePolicyDocument": document(allow("sts:AssumeRole", None))},
        MALFORMED,
    ),
    (
        "an action that is not an AssumeRole",
        {"AssumeRolePolicyDocument": document(allow("s3:GetObject", None, Principal=LAMBDA))},
        MALFORMED,
    ),
    (
        "a Sid with a blank",
        {"AssumeRolePolicyDocument": trust(LAMBDA, Sid="a b")},
        MALFORMED,
    ),
    ("over 2,048 characters", {"AssumeRolePolicyDocument": LONG_TRUST}, "LimitExceeded"),
]

CASES = [
    Case(
        "iam",
        "create_role",
        _role,
        [
            *TRUST_ROWS,
            (
                "a boundary nobody has",
                {"PermissionsBoundary": NOBODY.replace("role", "policy")},
                "NoSuchEntity",
            ),
            ("the path of AWS's own roles", {"Path": "/aws-service-role/x/"}, "AccessDenied"),
            ("a name that is taken", {"RoleName": "probe-lambda"}, "EntityAlreadyExists"),
            ("a session of 30 minutes", {"MaxSessionDuration": 1800}, "ValidationError"),
            ("a session of 13 hours", {"MaxSessionDuration": 46800}, "ValidationError"),
            ("a description of 1,001", {"Description": "d" * 1001}, "ValidationError"),
            (
                "51 tags",
                {"Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(51)]},
                "ValidationError",
            ),
        ],
        "IAM API Reference, CreateRole; User Guide, quotas and policy elements",
    ),
    Case(
        "iam",
        "update_assume_role_policy",
        lambda _: {
            "RoleName": "probe-stranger",
            "PolicyDocument": trust({"Service": "ec2.amazonaws.com"}),
        },
        [
            (what, {"PolicyDocument": change["AssumeRolePolicyDocument"]}, code)
            for what, change, code in TRUST_ROWS
        ]
        + [
            (
                "a service-linked role",
                {"RoleName": "AWSServiceRoleForAmazonGuardDuty"},
                "UnmodifiableEntity",
            )
        ],
        "IAM API Reference, UpdateAssumeRolePolicy",
    ),
    Case(
        "iam",
        "put_role_policy",
        lambda _: {
            "RoleName": "probe-stranger",
            "PolicyName": "more",
            "PolicyDocument": document(allow("s3:GetObject")),
        },
        [
            *_document_rows("PolicyDocument"),
            ("over 10,240 characters", {"PolicyDocument": LARGE}, "LimitExceeded"),
            ("a role nobody has", {"RoleName": "nobody-has-this"}, "NoSuchEntity"),
            (
                "a service-linked role",
                {"RoleName": "AWSServiceRoleForAmazonGuardDuty"},
                "UnmodifiableEntity",
            ),
        ],
        "IAM API Reference, PutRolePolicy; User Guide, quotas",
    ),
    Case(
        "iam",
        "create_policy",
        lambda _: {"PolicyName": "probe-policy", "PolicyDocument": document(allow("s3:GetObject"))},
        [
            *_document_rows("PolicyDocument"),
            ("over 6,144 characters", {"PolicyDocument": LARGE}, "LimitExceeded"),
        ],
        "IAM API Reference, CreatePolicy; User Guide, quotas",
    ),
    Case(
        "iam",
        "attach_role_policy",
        lambda _: {
            "RoleName": "probe-stranger",
            "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        },
        [
            (
                "a policy nobody has",
                {"PolicyArn": NOBODY.replace("role", "policy")},
                "NoSuchEntity",
            ),
            (
                "a service-linked role",
                {"RoleName": "AWSServiceRoleForAmazonGuardDuty"},
                "UnmodifiableEntity",
            ),
        ],
        "IAM API Reference, AttachRolePolicy",
    ),
    Case(
        "iam",
        "put_role_permissions_boundary",
        lambda _: {
            "RoleName": "probe-stranger",
            "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        },
        [
            (
                "a boundary nobody has",
                {"PermissionsBoundary": NOBODY.replace("role", "policy")},
                "NoSuchEntity",
            ),
            (
                "a service-linked role",
                {"RoleName": "AWSServiceRoleForAmazonGuardDuty"},
                "UnmodifiableEntity",
            ),
        ],
        "IAM API Reference, PutRolePermissionsBoundary",
    ),
    Case(
        "iam",
        "create_service_linked_role",
        lambda _: {"AWSServiceName": "config.amazonaws.com"},
        [
            (
                "a service AWS does not have",
                {"AWSServiceName": "nothing.amazonaws.com"},
                "InvalidInput",
            ),
            ("one that is there", {"AWSServiceName": "guardduty.amazonaws.com"}, "InvalidInput"),
        ],
        "IAM API Reference, CreateServiceLinkedRole",
    ),
    Case(
        "iam",
        "delete_role",
        lambda _: {"RoleName": "probe-new-role"},
        [
            (
                "a service-linked role",
                {"RoleName": "AWSServiceRoleForAmazonGuardDuty"},
                "UnmodifiableEntity",
            ),
            ("a role with policies", {"RoleName": "probe-lambda"}, "DeleteConflict"),
        ],
        "IAM API Reference, DeleteRole",
    ),
]
