"""Trust in a role or user that is gone: its unique id is left, which nobody will have again.

Source: IAM User Guide, "AWS JSON policy elements: Principal", "IAM role principals": "When you save
the policy, the ARN is transformed to the role's unique principal ID".
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import iam_backends


def forget(arn: str, unique_id: str) -> None:
    """Put the unique id where trust policies, of whichever account, named the ARN."""
    for account in list(iam_backends.values()):
        iam = dict.get(account, "aws")
        for role in list(iam.roles.values()) if iam is not None else ():
            text = str(role.assume_role_policy_document)
            if json.dumps(arn) in text:
                role.assume_role_policy_document = _without(text, arn, unique_id)


def _without(text: str, arn: str, unique_id: str) -> str:
    document: dict[str, Any] = json.loads(text)
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Principal", "NotPrincipal"):
            named = statement.get(element)
            if isinstance(named, dict) and "AWS" in named:
                given = named["AWS"] if isinstance(named["AWS"], list) else [named["AWS"]]
                left = [unique_id if each == arn else each for each in given]
                named["AWS"] = left if isinstance(named["AWS"], list) else left[0]
    return json.dumps(document)
