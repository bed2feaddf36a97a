"""Rules of security groups: read, replaced, and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.findings import arn
from orchestrator.findings.errors import client_error_code
from orchestrator.findings.exposure import Replacing, Rule, kept, key, permission
from orchestrator.findings.remediation import Aws, Check, Json, Permission, Status, Target
from orchestrator.findings.services.ec2.kinds import GROUP, looks

GROUPS = (
    "arn:{partition}:ec2:{region}:{account}:security-group/*",
    "arn:{partition}:ec2:{region}:{account}:security-group-rule/*",
)
READS = (*GROUP.reads, looks("DescribeSecurityGroupRules"))


def writes(*directions: str) -> tuple[Permission, ...]:
    """Taking rules away, making them and giving them their tags back."""
    names = tuple(
        f"{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in directions
    )
    made = {"ec2:CreateAction": [f"AuthorizeSecurityGroup{way}" for way in directions]}
    return (
        Permission(tuple(f"ec2:{name}" for name in names), GROUPS),
        Permission(("ec2:CreateTags",), GROUPS[1:], {"StringEquals": made}),
    )


def rules(target: Target, aws: Aws) -> list[Rule]:
    """The group's rules, in and out."""
    only = [{"Name": "group-id", "Values": [arn.name(target.arn)]}]
    pages = aws("ec2").get_paginator("describe_security_group_rules").paginate(Filters=only)
    return [rule for page in pages for rule in page["SecurityGroupRules"]]


def before(target: Target, aws: Aws) -> Json:
    return {"rules": sorted((kept(rule) for rule in rules(target, aws)), key=key)}


def replace(target: Target, aws: Aws, replacing: Replacing) -> None:
    """The narrower rules first, so that nothing which may go on is interrupted."""
    there = rules(target, aws)
    bad = [rule for rule in there if replacing(rule) is not None]
    authorize(target, aws, absent(made_of(bad, replacing), there))
    revoke(target, aws, bad)


def restore(target: Target, aws: Aws, stored: Json, replacing: Replacing) -> None:
    """What was replaced comes back; what was made for it and was not there before goes."""
    there, were = rules(target, aws), stored["rules"]
    bad = [rule for rule in were if replacing(rule) is not None]
    made = {key(rule) for rule in absent(made_of(bad, replacing), were)}
    authorize(target, aws, absent(bad, there))
    revoke(target, aws, [rule for rule in there if key(rule) in made])


def made_of(bad: Iterable[Rule], replacing: Replacing) -> list[Rule]:
    """All that stands in for `bad`, each rule once."""
    made = [piece for rule in bad for piece in replacing(rule) or ()]
    return list({key(rule): rule for rule in made}.values())


def absent(rules: Iterable[Rule], there: Iterable[Rule]) -> list[Rule]:
    known = {key(rule) for rule in there}
    return [rule for rule in rules if key(rule) not in known]


def authorize(target: Target, aws: Aws, rules: Iterable[Rule]) -> None:
    """Make the rules, with their descriptions and tags."""
    client = aws("ec2")
    for rule in rules:
        call = (
            client.authorize_security_group_egress
            if rule["IsEgress"]
            else client.authorize_security_group_ingress
        )
        tagged = {"ResourceType": "security-group-rule", "Tags": list(rule.get("Tags") or ())}
        more: dict[str, Any] = {"TagSpecifications": [tagged]} if tagged["Tags"] else {}
        try:
            call(GroupId=arn.name(target.arn), IpPermissions=[permission(rule)], **more)
        except ClientError as error:
            if client_error_code(error) != "InvalidPermission.Duplicate":
                raise


def revoke(target: Target, aws: Aws, rules: Iterable[Rule]) -> None:
    """Take the rules away by their ids."""
    client, group = aws("ec2"), arn.name(target.arn)
    into = [rule["SecurityGroupRuleId"] for rule in rules if not rule["IsEgress"]]
    out = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"]]
    if into:
        client.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=into)
    if out:
        client.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=out)


def checking(replacing: Callable[[Target], Replacing]) -> Callable[[Target, Aws], Check]:
    """Fails where any rule of the group would be replaced."""

    def check(target: Target, aws: Aws) -> Check:
        if GROUP.read(target, aws) is None:
            return Check(Status.GONE)
        judge = replacing(target)
        bad = [rule for rule in rules(target, aws) if judge(rule) is not None]
        told = ", ".join(sorted(said(rule) for rule in bad))
        return Check(Status.FAILS, f"open: {told}") if bad else Check(Status.PASSES)

    return check


def said(rule: Rule) -> str:
    """'tcp 22-23 from 0.0.0.0/0'."""
    group = (rule.get("ReferencedGroupInfo") or {}).get("GroupId", "")
    other = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or group
    protocol = "everything" if rule["IpProtocol"] == "-1" else rule["IpProtocol"]
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    ports = "" if first in (-1, None) else f" {first}" if first == last else f" {first}-{last}"
    return f"{protocol}{ports} {'to' if rule['IsEgress'] else 'from'} {other}"
