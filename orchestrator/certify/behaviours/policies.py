"""Declarative policies of Organizations for Security Hub."""

from __future__ import annotations

import json

from orchestrator.certify.behaviour import Behaviour, Call, Evidence, Json, Kind, Place, documented

HUB, CSPM = "SECURITYHUB_POLICY", "SECURITYHUB_CSPM_POLICY"
SYNTAX = "AWS Organizations User Guide, Security Hub policy syntax and examples"
OPERATORS = "AWS Organizations User Guide, Inheritance operators"
MALFORMED = "MalformedPolicyDocumentException"


def regions(enable: Json, disable: Json) -> Json:
    return {"enable_in_regions": enable, "disable_in_regions": disable}


SOMEWHERE = regions({"@@assign": ["us-east-1"]}, {"@@assign": []})
CONFIGURATION = {
    "default": {
        "enabled_standards": {
            "@@assign": [
                "arn:aws:securityhub:us-east-1::standards/"
                "aws-foundational-security-best-practices/v/1.0.0"
            ]
        },
        "disabled_controls": {"@@assign": ["IAM.9"]},
        "control_parameters": {"IAM.7": {"MinimumPasswordLength": {"@@assign": 16}}},
    }
}


def making(kind: str, content: Json, refused: str = "") -> Call:
    parameters = {
        "Name": "certify-<run>",
        "Description": "certify",
        "Type": kind,
        "Content": json.dumps(content),
    }
    return Call(
        "organizations",
        "CreatePolicy",
        parameters,
        refused=refused,
        answers={} if refused else {"Policy.PolicySummary.Type": kind},
        keeps={} if refused else {"policy": "Policy.PolicySummary.Id"},
        place=Place.MANAGEMENT,
    )


GONE = Call("organizations", "DeletePolicy", {"PolicyId": "<policy>"}, place=Place.MANAGEMENT)

BEHAVIOURS = (
    Behaviour(
        "organizations.hub-policies-name-regions",
        "A policy for the unified Security Hub names regions to enable and to disable.",
        documented(SYNTAX),
        (making(HUB, {"securityhub": SOMEWHERE}),),
        after=(GONE,),
    ),
    Behaviour(
        "organizations.values-stand-under-operators",
        "A value that stands under no operator is refused.",
        documented(OPERATORS),
        (making(HUB, {"securityhub": {"enable_in_regions": ["us-east-1"]}}, MALFORMED),),
    ),
    Behaviour(
        "organizations.cspm-policies-have-these-keys",
        "A policy for Security Hub CSPM names standards, controls and parameters by the keys that "
        "are written here.",
        Evidence(
            Kind.ASSUMED,
            "AWS Organizations User Guide, Security Hub CSPM policy syntax and examples, has it",
        ),
        (
            making(
                CSPM,
                {
                    "securityhub_cspm": {
                        "cspm_enablement": SOMEWHERE,
                        "cspm_configuration": CONFIGURATION,
                    }
                },
            ),
        ),
        after=(GONE,),
    ),
)
