"""IAM and STS: what a policy may say, who may be whom, and what AWS keeps to itself."""

from __future__ import annotations

from orchestrator.certify.behaviour import (
    Behaviour,
    Call,
    Json,
    Like,
    Place,
    document,
    documented,
)

ACCOUNT = {"AWS": "arn:aws:iam::<member>:root"}
ROLE = "certify-<run>"
POLICY_ARN = "arn:aws:iam::<member>:policy/certify-<run>"


def trusting(principal: Json, **more: object) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def allowing(action: str = "s3:ListAllMyBuckets", **more: object) -> str:
    return document({"Effect": "Allow", "Action": action, "Resource": "*", **more})


def made(trust: str = "", **more: object) -> Call:
    trust = trust or trusting(ACCOUNT)
    parameters = {"RoleName": ROLE, "AssumeRolePolicyDocument": trust, **more}
    return Call("iam", "CreateRole", parameters)


def refused(trust: str, code: str, **more: object) -> Call:
    call = made(trust, **more)
    return Call(call.service, call.operation, call.parameters, refused=code)


REMOVED = (
    Call("iam", "DeleteRolePolicy", {"RoleName": ROLE, "PolicyName": "one"}),
    Call("iam", "DeleteRole", {"RoleName": ROLE}),
)
QUOTAS = "IAM User Guide, IAM and AWS STS quotas"
PRINCIPALS = "IAM User Guide, AWS JSON policy elements: Principal"
LONG = [f"arn:aws:s3:::a-bucket-with-a-rather-long-name-{number:04}/*" for number in range(220)]
LINKED = "AWSServiceRoleForAccessAnalyzer"

BEHAVIOURS = (
    Behaviour(
        "iam.trust-names-roles-that-exist",
        "A trust policy that names a role that does not exist is refused.",
        documented(PRINCIPALS),
        (
            refused(
                trusting({"AWS": "arn:aws:iam::<member>:role/certify-nobody-<run>"}),
                "MalformedPolicyDocument",
            ),
        ),
        after=REMOVED[1:],
    ),
    Behaviour(
        "iam.trust-names-services-that-exist",
        "A trust policy that names an unknown service is refused.",
        documented(PRINCIPALS),
        (refused(trusting({"Service": "nosuch.amazonaws.com"}), "MalformedPolicyDocument"),),
        after=REMOVED[1:],
    ),
    Behaviour(
        "iam.trust-has-no-resource",
        "A trust policy with a Resource is refused.",
        documented("IAM User Guide, IAM JSON policy elements: Resource"),
        (refused(trusting(ACCOUNT, Resource="*"), "MalformedPolicyDocument"),),
        after=REMOVED[1:],
    ),
    Behaviour(
        "iam.sid-has-letters-and-digits",
        "A Sid of an identity policy holds ASCII letters and digits only.",
        documented("IAM User Guide, IAM JSON policy elements: Sid"),
        (
            Call(
                "iam",
                "PutRolePolicy",
                {"RoleName": ROLE, "PolicyName": "one", "PolicyDocument": allowing(Sid="A-b")},
                refused="MalformedPolicyDocument",
            ),
        ),
        before=(made(),),
        after=REMOVED,
    ),
    Behaviour(
        "iam.trust-has-2048-characters",
        "A trust policy of more than 2,048 characters is refused.",
        documented(QUOTAS),
        (
            refused(
                trusting(ACCOUNT, Condition={"StringEquals": {"aws:PrincipalArn": LONG[:60]}}),
                "LimitExceeded",
            ),
        ),
        after=REMOVED[1:],
    ),
    Behaviour(
        "iam.managed-policy-has-6144-characters",
        "A managed policy of more than 6,144 characters is refused.",
        documented(QUOTAS),
        (
            Call(
                "iam",
                "CreatePolicy",
                {
                    "PolicyName": ROLE,
                    "PolicyDocument": document(
                        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": LONG}
                    ),
                },
                refused="LimitExceeded",
            ),
        ),
        after=(Call("iam", "DeletePolicy", {"PolicyArn": POLICY_ARN}),),
    ),
    Behaviour(
        "iam.inline-policies-have-10240-characters",
        "All inline policies of a role have 10,240 characters at most.",
        documented(QUOTAS),
        (
            Call(
                "iam",
                "PutRolePolicy",
                {
                    "RoleName": ROLE,
                    "PolicyName": "one",
                    "PolicyDocument": document(
                        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": LONG}
                    ),
                },
                refused="LimitExceeded",
            ),
        ),
        before=(made(),),
        after=REMOVED,
    ),
    Behaviour(
        "iam.sessions-last-12-hours",
        "MaxSessionDuration is 43,200 seconds at most.",
        documented("IAM API Reference, CreateRole"),
        (refused("", "ValidationError", MaxSessionDuration=43201),),
        after=REMOVED[1:],
    ),
    Behaviour(
        "iam.service-linked-roles-are-aws-own",
        "A service-linked role takes no policy, and DeleteRole does not delete it.",
        documented("IAM User Guide, Create a service-linked role"),
        (
            Call(
                "iam",
                "PutRolePolicy",
                {"RoleName": LINKED, "PolicyName": "one", "PolicyDocument": allowing()},
                refused="UnmodifiableEntity",
            ),
            Call("iam", "DeleteRole", {"RoleName": LINKED}, refused="UnmodifiableEntity"),
        ),
        before=(
            Call(
                "iam",
                "CreateServiceLinkedRole",
                {"AWSServiceName": "access-analyzer.amazonaws.com"},
                tolerates=("InvalidInput",),
            ),
        ),
    ),
    Behaviour(
        "iam.trust-keeps-the-unique-id",
        "A trust policy that named a role shows its unique id once the role is gone.",
        documented(PRINCIPALS),
        (
            Call(
                "iam",
                "GetRole",
                {"RoleName": "certify-trusts-<run>"},
                answers={
                    "Role.AssumeRolePolicyDocument.Statement[0].Principal.AWS": Like(
                        "AROA[A-Z0-9]+"
                    )
                },
                within=60,
            ),
        ),
        before=(
            made(),
            Call(
                "iam",
                "CreateRole",
                {
                    "RoleName": "certify-trusts-<run>",
                    "AssumeRolePolicyDocument": trusting(
                        {"AWS": f"arn:aws:iam::<member>:role/{ROLE}"}
                    ),
                },
                within=30,
            ),
            Call("iam", "DeleteRole", {"RoleName": ROLE}),
        ),
        after=(Call("iam", "DeleteRole", {"RoleName": "certify-trusts-<run>"}),),
    ),
    Behaviour(
        "sts.both-accounts-have-a-say",
        "A role that trusts no other account is not assumed from there, by no principal at all.",
        documented("IAM User Guide, Cross-account policy evaluation logic"),
        (
            Call(
                "sts",
                "AssumeRole",
                {"RoleArn": f"arn:aws:iam::<member>:role/{ROLE}", "RoleSessionName": "certify"},
                refused="AccessDenied",
                place=Place.MANAGEMENT,
            ),
        ),
        before=(made(),),
        after=REMOVED[1:],
    ),
    Behaviour(
        "sts.session-tags-need-tagsession",
        "Session tags are refused where the trust policy allows sts:AssumeRole alone.",
        documented("IAM User Guide, Pass session tags in AWS STS"),
        (
            Call(
                "sts",
                "AssumeRole",
                {
                    "RoleArn": f"arn:aws:iam::<member>:role/{ROLE}",
                    "RoleSessionName": "certify",
                    "Tags": [{"Key": "team", "Value": "one"}],
                },
                refused="AccessDenied",
                place=Place.MANAGEMENT,
            ),
        ),
        before=(
            made(trusting({"AWS": "arn:aws:iam::<management>:root"})),
            Call(
                "sts",
                "AssumeRole",
                {"RoleArn": f"arn:aws:iam::<member>:role/{ROLE}", "RoleSessionName": "certify"},
                place=Place.MANAGEMENT,
                within=30,
            ),
        ),
        after=REMOVED[1:],
    ),
)
