"""Controls that Security Hub has retired: it no longer checks them, so findings do not come.

Source: AWS Security Hub User Guide, the pages of each service's controls ("Security Hub CSPM
retired this control in April 2024"), and "Control reference", which leaves retired ones out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SPRING = "in April 2024"


@dataclass(frozen=True, slots=True)
class Retired:
    """Since when, and what to do in its place: a phrase that follows 'remove it'."""

    since: str
    instead: str

    def __str__(self) -> str:
        return f"AWS retired it {self.since}"


RETIRED: Mapping[str, Retired] = {
    "athena.1": Retired(SPRING, "Athena encrypts results; Athena.4 watches its workgroups"),
    "autoscaling.4": Retired(SPRING, "AutoScaling.3 asks for IMDSv2"),
    "cloudformation.1": Retired(SPRING, "nothing asks for topics of stacks any more"),
    "codebuild.5": Retired(SPRING, "forbid privileged builds by a service control policy"),
    "iam.20": Retired(SPRING, "CloudWatch.1 watches for the use of the root user"),
    "mq.3": Retired("by 2026", "Amazon MQ installs minor versions by itself"),
    "s3.4": Retired("in 2024", "S3 encrypts every object since January 2023; S3.17 asks for KMS"),
    "sns.2": Retired(SPRING, "nothing asks for delivery logs of topics any more"),
}
"""By the control's id in lower case."""


def retired(control: str) -> Retired | None:
    """None for a control that Security Hub checks, or that we have not heard of."""
    return RETIRED.get(control.lower())
