"""Security Hub's checks as this sandbox runs them: every control known, and the evaluation of one.

Each control is written from its text in the AWS Security Hub User Guide and from the parameters of
the AWS Config rule behind it, never from a remediation: nothing of `orchestrator.findings` may be
imported here. What a remediation calls fixed is thereby asked of somebody else.
"""

from __future__ import annotations

from itertools import chain

from orchestrator.sandbox.checks import (
    cloudfront,
    compute,
    databases,
    delivery,
    detection,
    ec2_tags,
    exposure,
    identity,
    logging,
    messaging,
    more_tags,
    network,
    secrets,
    storage,
    stores,
    tags,
    workloads,
)
from orchestrator.sandbox.checks.answers import Reader
from orchestrator.sandbox.checks.rule import Parameters, Rules, Verdict, judged

RULES: Rules = {
    **cloudfront.RULES,
    **compute.RULES,
    **databases.RULES,
    **delivery.RULES,
    **detection.RULES,
    **identity.RULES,
    **logging.RULES,
    **messaging.RULES,
    **more_tags.RULES,
    **network.RULES,
    **secrets.RULES,
    **storage.RULES,
    **stores.RULES,
    **ec2_tags.RULES,
    **exposure.RULES,
    **tags.RULES,
    **workloads.RULES,
}


def evaluate(control: str, reader: Reader, parameters: Parameters) -> tuple[Verdict, ...]:
    """The verdict on every resource of the account and region that the control looks at.

    Global resources are looked at in the home region only. Raises KeyError for a control that the
    evaluator does not have, and botocore's ClientError as it comes.
    """
    here = reader.scope.region == reader.scope.home
    rules = [rule for rule in RULES[control] if here or not rule.subject.once]
    return tuple(chain.from_iterable(judged(control, r, reader, parameters) for r in rules))
