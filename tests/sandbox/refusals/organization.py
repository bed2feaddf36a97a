"""Organizations, Security Hub and GuardDuty: quotas, names, lengths."""

from __future__ import annotations

from typing import Any

from tests.sandbox.refusals.probe import Bench, Case, Params, allow, document

INPUT, POLICY, HUB = (
    "InvalidInputException",
    "MalformedPolicyDocumentException",
    "InvalidInputException",
)


DEV, WORKLOADS, SANDBOX = "ou-ex01-dev00000", "ou-ex01-workload", "ou-ex01-sandbox0"


SCP = document({"Effect": "Deny", "Action": "chime:*", "Resource": "*"})


def _new_policy(name: str = "probe-policy", **more: Any) -> Params:
    kind = "SERVICE_CONTROL_POLICY"
    return {"Name": name, "Description": "d", "Type": kind, "Content": SCP, **more}


def _enable(bench: Bench) -> str:
    organizations = bench.client("organizations", "200000000001")
    if "scps" not in bench.made:
        kinds = {one["Type"] for one in organizations.list_roots()["Roots"][0]["PolicyTypes"]}
        if "SERVICE_CONTROL_POLICY" not in kinds:
            organizations.enable_policy_type(RootId="r-ex01", PolicyType="SERVICE_CONTROL_POLICY")
        made = [organizations.create_policy(**_new_policy(f"probe-{n}")) for n in range(11)]
        bench.made["scps"] = [one["Policy"]["PolicySummary"]["Id"] for one in made]
        there = organizations.list_policies_for_target(
            TargetId=SANDBOX, Filter="SERVICE_CONTROL_POLICY"
        )["Policies"]
        for policy in bench.made["scps"][: 10 - len(there)]:
            organizations.attach_policy(PolicyId=policy, TargetId=SANDBOX)
    return str(bench.made["scps"][10])


def _tags(bench: Bench) -> Params:
    """A policy of a type that nobody has enabled."""
    organizations = bench.client("organizations", "200000000001")
    made = organizations.create_policy(
        Name="probe-tags", Description="d", Type="TAG_POLICY", Content='{"tags": {}}'
    )
    return {"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": DEV}


def _content(*statements: Any) -> Params:
    return {"Content": document(*statements)}


LARGE = document(*[allow(f"s3:Get{n:040d}") for n in range(150)])


def _unit(bench: Bench) -> str:
    organizations = bench.client("organizations", "200000000001")
    if "unit" not in bench.made:
        made = organizations.create_organizational_unit(ParentId=WORKLOADS, Name="probe-gone")
        bench.made["unit"] = made["OrganizationalUnit"]["Id"]
    return str(bench.made["unit"])


CASES = [
    Case(
        "organizations",
        "create_account",
        lambda _: {"Email": "aws+probe@example.com", "AccountName": "probe"},
        [
            ("an e-mail that is none", {"Email": "nobody"}, INPUT),
            ("an e-mail of 65", {"Email": "e" * 53 + "@example.com"}, INPUT),
            ("an e-mail of 5", {"Email": "a@b.c"}, INPUT),
            ("a name of 51", {"AccountName": "n" * 51}, INPUT),
            ("a role's name with a blank", {"RoleName": "a role"}, INPUT),
        ],
        "AWS Organizations API Reference, CreateAccount",
        management=True,
    ),
    Case(
        "organizations",
        "create_organizational_unit",
        lambda _: {"ParentId": WORKLOADS, "Name": "Größe & Ähnliches / 100 %"},
        [
            ("a name its parent has", {"Name": "Dev"}, "DuplicateOrganizationalUnitException"),
            ("a name of 129", {"Name": "n" * 129}, INPUT),
            ("no name", {"Name": ""}, INPUT),
            ("a parent nobody has", {"ParentId": "ou-ex01-99999999"}, "ParentNotFoundException"),
            ("half a parent", {"ParentId": "ou-1"}, INPUT),
        ],
        "AWS Organizations API Reference, CreateOrganizationalUnit",
        management=True,
    ),
    Case(
        "organizations",
        "update_organizational_unit",
        lambda b: {"OrganizationalUnitId": _unit(b), "Name": "probe-renamed"},
        [
            ("a name its parent has", {"Name": "Prod"}, "DuplicateOrganizationalUnitException"),
            ("a name of 129", {"Name": "n" * 129}, INPUT),
        ],
        "AWS Organizations API Reference, UpdateOrganizationalUnit",
        management=True,
    ),
    Case(
        "organizations",
        "move_account",
        lambda _: {
            "AccountId": "200000000010",
            "SourceParentId": DEV,
            "DestinationParentId": "ou-ex01-prod0000",
        },
        [
            ("from where it is not", {"SourceParentId": SANDBOX}, "SourceParentNotFoundException"),
            ("to where it is", {"DestinationParentId": DEV}, "DuplicateAccountException"),
            (
                "to a unit nobody has",
                {"DestinationParentId": "ou-ex01-99999999"},
                "DestinationParentNotFoundException",
            ),
            ("half an account", {"AccountId": "12"}, INPUT),
        ],
        "AWS Organizations API Reference, MoveAccount",
        management=True,
    ),
    Case(
        "organizations",
        "delete_organizational_unit",
        lambda b: {"OrganizationalUnitId": _unit(b)},
        [
            (
                "one with accounts in it",
                {"OrganizationalUnitId": SANDBOX},
                "OrganizationalUnitNotEmptyException",
            ),
            (
                "one with units in it",
                {"OrganizationalUnitId": WORKLOADS},
                "OrganizationalUnitNotEmptyException",
            ),
        ],
        "AWS Organizations API Reference, DeleteOrganizationalUnit",
        management=True,
    ),
    Case(
        "organizations",
        "create_policy",
        lambda b: (_enable(b), _new_policy())[1],
        [
            ("not JSON", {"Content": "{"}, POLICY),
            ("a principal", _content({**allow("*"), "Principal": "*"}), POLICY),
            ("no action", _content({"Effect": "Deny", "Resource": "*"}), POLICY),
            ("no resource", _content({"Effect": "Deny", "Action": "*"}), POLICY),
            ("an effect of neither kind", _content({"Effect": "Maybe", "Action": "*"}), POLICY),
            ("a Sid with a blank", _content({**allow("*"), "Sid": "a b"}), POLICY),
            (
                "a resource control policy that allows",
                {"Type": "RESOURCE_CONTROL_POLICY", **_content({**allow("*"), "Principal": "*"})},
                POLICY,
            ),
            ("over its size", {"Content": LARGE}, "ConstraintViolationException"),
            ("a kind AWS does not have", {"Type": "GUESS_POLICY"}, INPUT),
            ("a name that is taken", {"Name": "probe-1"}, "DuplicatePolicyException"),
            ("a name of 129", {"Name": "n" * 129}, INPUT),
        ],
        "AWS Organizations API Reference, CreatePolicy; User Guide, SCP and RCP syntax",
        management=True,
    ),
    Case(
        "organizations",
        "attach_policy",
        lambda b: {"PolicyId": _enable(b), "TargetId": DEV},
        [
            ("an eleventh", {"TargetId": SANDBOX}, "ConstraintViolationException"),
            ("a type nobody has enabled", _tags, "PolicyTypeNotEnabledException"),
            (
                "one that is there",
                lambda b: {"PolicyId": b.made["scps"][0], "TargetId": SANDBOX},
                "DuplicatePolicyAttachmentException",
            ),
            ("a policy nobody has", {"PolicyId": "p-99999999"}, "PolicyNotFoundException"),
        ],
        "AWS Organizations API Reference, AttachPolicy; quotas",
        management=True,
    ),
]
