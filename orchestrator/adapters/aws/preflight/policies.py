"""Policies of the organization: those that own a setting, and those that would deny our roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import or_none
from orchestrator.adapters.aws.preflight.probes import PreflightContext, Probes
from orchestrator.model.facts import Mode
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Found, in_the_way, ok

Needed = Mapping[str, tuple[str, ...]]
"""Resource → the actions on it."""

EVERYWHERE: Needed = {
    "*": (
        "ec2:EnableEbsEncryptionByDefault",
        "ec2:ModifyInstanceMetadataDefaults",
        "iam:UpdateAccountPasswordPolicy",
        "s3:PutAccountPublicAccessBlock",
    ),
    "arn:aws:config:{region}:{account}:configuration-recorder/default/*": (
        "config:PutConfigurationRecorder",
        "config:StartConfigurationRecorder",
    ),
    "arn:aws:config:{region}:{account}:delivery-channel/default": ("config:PutDeliveryChannel",),
    "arn:aws:iam::{account}:policy/orchestrator-boundary": ("iam:CreatePolicy",),
    "arn:aws:iam::{account}:role/{apply}": (
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePolicy",
    ),
    "arn:aws:iam::{account}:role/{remediation}": ("iam:AttachRolePolicy", "iam:CreateRole"),
    "arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig": (
        "iam:CreateServiceLinkedRole",
    ),
}
SECURITY: Needed = {
    "*": ("kms:CreateKey", "securityhub:CreateConfigurationPolicy"),
    "arn:aws:dynamodb:{region}:{account}:table/orchestrator-remediation": ("dynamodb:CreateTable",),
    "arn:aws:events:{region}:{account}:rule/orchestrator-findings": ("events:PutRule",),
    "arn:aws:lambda:{region}:{account}:function:orchestrator-findings": ("lambda:CreateFunction",),
    "arn:aws:sns:{region}:{account}:orchestrator-team": ("sns:CreateTopic",),
    "arn:aws:sqs:{region}:{account}:orchestrator-findings": ("sqs:CreateQueue",),
}
LOG_ARCHIVE: Needed = {
    "*": ("kms:CreateKey",),
    "arn:aws:s3:::{archive}-cloudtrail": (
        "s3:CreateBucket",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketPolicy",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
    ),
}
"""Source of the resource types: Service Authorization Reference. A stack does more than this; what
it does is of these kinds."""


def needed(organization: Organization, account: Account, region: str) -> Needed:
    """Of one account in one region, each resource by its ARN."""
    facts = organization.facts
    kinds = [EVERYWHERE]
    if account == organization.security and region == facts.home_region:
        kinds.append(SECURITY)
    if account == organization.log_archive and region == facts.home_region:
        kinds.append(LOG_ARCHIVE)
    names = {
        "account": account.id,
        "apply": facts.access.apply_role,
        "archive": facts.log_archive.bucket_prefix,
        "region": region,
        "remediation": facts.remediation.role,
    }
    found: dict[str, tuple[str, ...]] = {}
    for kind in kinds:
        for resource, actions in kind.items():
            arn = resource.format_map(names)
            found[arn] = (*found.get(arn, ()), *actions)
    return found


SCP = "SERVICE_CONTROL_POLICY"

OWNED: Mapping[str, tuple[str, str, str]] = {
    "DECLARATIVE_POLICY_EC2": ("ec2", "instance_metadata_defaults", "baseline.imdsv2"),
    "S3_POLICY": ("s3", "public_access_block_configuration", "baseline.s3_public_access_block"),
    "SECURITYHUB_CSPM_POLICY": (
        "Security Hub CSPM",
        "cspm_enablement",
        "organization.security_hub.mode",
    ),
    "GUARDDUTY_POLICY": ("GuardDuty", "guardduty", "organization.guardduty.enabled"),
}
"""Policy type → whose it is, the key in its effective content, and the setting that goes with it.

Source: AWS Organizations User Guide, "Declarative policies", "Amazon S3 policies", "Security Hub
policies".
"""
NONE = "EffectivePolicyNotFoundException"


@dataclass
class Attached:
    """What is attached where, each asked for once."""

    aws: Aws
    _ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _contents: dict[str, str] = field(default_factory=dict)
    _verdicts: dict[tuple[object, ...], tuple[str, ...]] = field(default_factory=dict)

    def ids(self, target: str) -> tuple[str, ...]:
        if target not in self._ids:
            found = self.aws.pages(
                "organizations", "ListPoliciesForTarget", "Policies", TargetId=target, Filter=SCP
            )
            self._ids[target] = tuple(sorted(each["Id"] for each in found))
        return self._ids[target]

    def content(self, policy: str) -> str:
        if policy not in self._contents:
            answer = self.aws.call("organizations", "DescribePolicy", PolicyId=policy)
            self._contents[policy] = answer["Policy"]["Content"]
        return self._contents[policy]

    def denied(
        self, level: tuple[str, ...], principal: str, region: str, resource: str, *actions: str
    ) -> tuple[str, ...]:
        """What the policies of one level do not allow a principal.

        Asked once for all accounts, unless a policy names accounts.
        """
        texts = [self.content(policy) for policy in level]
        key = (level, principal, region, resource, actions)
        if not any(re.search(r"\d{12}|PrincipalAccount", text) for text in texts):
            key = (level, principal.rpartition("/")[2], region, _anywhere(resource), actions)
        if key not in self._verdicts:
            found = _refused(self.aws, texts, principal, region, resource, actions)
            self._verdicts[key] = tuple(found)
        return self._verdicts[key]


def _anywhere(resource: str) -> str:
    return re.sub(r":\d{12}:", "::", resource)


def probes(context: PreflightContext) -> Probes:
    kinds = cache(partial(_kinds, context.aws))
    attached = Attached(context.aws)
    for account in context.accounts:
        if account != context.organization.management:  # which no SCP binds
            yield f"{account.name}: SCPs", partial(scps, context, account, attached, kinds)
    for account in context.accounts:
        yield f"{account.name}: policies of settings", partial(owned, context, account, kinds)


def _kinds(aws: Aws) -> frozenset[str]:
    """The types of policy that are enabled."""
    (root,) = aws.pages("organizations", "ListRoots", "Roots")
    return frozenset(
        each["Type"] for each in root.get("PolicyTypes", []) if each["Status"] == "ENABLED"
    )


def scps(
    context: PreflightContext,
    account: Account,
    attached: Attached,
    kinds: Callable[[], frozenset[str]],
) -> Found:
    """Whether the SCPs on the way from the root to the account let our roles work.

    Source: AWS Organizations User Guide, "SCP evaluation".
    """
    if SCP not in kinds():
        return ok("SCPs are not enabled")
    levels = tuple(attached.ids(target) for target in _path(context, account))
    access = context.organization.facts.access
    refused = dict.fromkeys(
        action
        for name in (access.entry_role, access.apply_role)
        for region in account.regions or (context.organization.facts.home_region,)
        for level in levels
        for action in _denied(context, account, attached, level, name, region)
    )
    if not refused:
        return ok()
    fix = (
        f"except the roles '{access.entry_role}' and '{access.apply_role}' in the SCP by "
        "ArnNotLike aws:PrincipalArn, or leave the setting to the owner of that policy"
    )
    return in_the_way(f"denied: {', '.join(sorted(refused))}", fix)


def _denied(
    context: PreflightContext,
    account: Account,
    attached: Attached,
    level: tuple[str, ...],
    role: str,
    region: str,
) -> Iterator[str]:
    """Every level must allow it, and none may deny it."""
    principal = f"arn:aws:iam::{account.id}:role/{role}"
    for resource, actions in needed(context.organization, account, region).items():
        yield from attached.denied(level, principal, region, resource, *actions)


def _path(context: PreflightContext, account: Account) -> tuple[str, ...]:
    """From the root to the account, as it is declared."""
    ids: dict[str, str] = {unit.path: unit.id for unit in context.organization.units}
    parts = account.ou.split("/") if account.ou else []
    paths = ["", *("/".join(parts[: n + 1]) for n in range(len(parts)))]
    return (*(ids[path] for path in paths if path in ids), account.id)


def _refused(
    aws: Aws,
    policies: list[str],
    principal: str,
    region: str,
    resource: str,
    actions: tuple[str, ...],
) -> Iterator[str]:
    """Source: IAM API Reference, SimulateCustomPolicy."""
    said = {
        "aws:PrincipalArn": principal,
        "aws:PrincipalAccount": principal.split(":")[4],
        "aws:RequestedRegion": region,
    }
    entries = [
        {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for name, value in said.items()
    ]
    results = aws.pages(
        "iam",
        "SimulateCustomPolicy",
        "EvaluationResults",
        PolicyInputList=policies,
        ActionNames=list(actions),
        ResourceArns=[resource],
        ContextEntries=entries,
    )
    yield from (each["EvalActionName"] for each in results if each["EvalDecision"] != "allowed")


def owned(
    context: PreflightContext, account: Account, kinds: Callable[[], frozenset[str]]
) -> Found:
    """Whether a policy of the organization sets what the stacks would set as well."""
    baseline, facts = account.settings.baseline, context.organization.facts
    set_by_us = {
        "DECLARATIVE_POLICY_EC2": baseline.imdsv2,
        "S3_POLICY": baseline.s3_public_access_block,
        "SECURITYHUB_CSPM_POLICY": account.settings.security_hub.enabled
        and facts.security_hub.mode is not Mode.POLICY,
        "GUARDDUTY_POLICY": facts.guardduty.enabled,
    }
    for kind in sorted(kinds() & OWNED.keys()):
        whose, key, setting = OWNED[kind]
        if set_by_us[kind] and f'"{key}"' in _effective(context.aws, account, kind):
            fix = "leave it to the policy by the setting, or detach the policy"
            return in_the_way(f"{kind} sets {key} of {whose}", fix, setting)
    return ok()


def _effective(aws: Aws, account: Account, kind: str) -> str:
    answer = or_none(
        lambda: aws.call(
            "organizations", "DescribeEffectivePolicy", PolicyType=kind, TargetId=account.id
        ),
        NONE,
    )
    return str(answer["EffectivePolicy"]["PolicyContent"]) if answer else ""
