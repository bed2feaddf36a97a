"""IAM calls name a role without its path; policies speak of its whole ARN."""

from __future__ import annotations

from moto.iam.models import iam_backends


def located(arn: str | None) -> str | None:
    """The ARN of the role meant, with the path it was made with; other ARNs as they are."""
    if arn is None or not arn.startswith("arn:aws:iam::") or ":role/" not in arn:
        return arn
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    roles = list(iam_backends[account]["aws"].roles.values())
    return next((str(role.arn) for role in roles if role.name == name), arn)
