"""Whether the logs that are said to be collected are."""

from __future__ import annotations

from functools import partial

from orchestrator.adapters.aws.conformance.checks import Aws, Checks, Subject
from orchestrator.model.forwarding import archived, collected, subscribed
from orchestrator.model.settings import LogSource

SUBSCRIPTION = "SUBSCRIPTION_FILTER_POLICY"


def of_account(subject: Subject) -> Checks:
    """Log groups and the traffic of VPCs, on their way to the archive."""
    aws, account = subject.aws, subject.account
    archive = subject.organization.log_archive.id
    for region in account.regions:
        if subscribed(subject.organization, account, region):
            check = partial(subscription, aws, region, archive)
            yield f"{region}: log groups are forwarded", check
    for vpc, region in account.settings.logs.vpcs.items():
        if region in account.regions:
            yield from _of_vpc(subject, str(vpc), region)


def _of_vpc(subject: Subject, vpc: str, region: str) -> Checks:
    aws, account = subject.aws, subject.account
    if archived(account, LogSource.VPC_FLOW):
        bucket = f"{subject.organization.facts.log_archive.bucket_prefix}-logs"
        check = partial(flow_log, aws, region, vpc, bucket)
        yield f"{region}: traffic of {vpc} is delivered", check
    if archived(account, LogSource.RESOLVER_QUERIES):
        yield f"{region}: name queries of {vpc} are delivered", partial(queries, aws, region, vpc)


def of_security(subject: Subject) -> Checks:
    """Security Lake, in each governed region."""
    wanted = frozenset(collected(subject.organization.facts.logs.lake))
    for region in subject.governed if wanted else ():
        yield f"{region}: Security Lake collects", partial(lake, subject.aws, region, wanted)


def subscription(aws: Aws, region: str, archive: str) -> str:
    operation = "DescribeAccountPolicies"
    found = aws.call("logs", operation, region, policyType=SUBSCRIPTION)["accountPolicies"]
    here = f":logs:{region}:{archive}:destination:"
    if not found:
        return "there is no subscription"
    return "" if any(here in each["policyDocument"] for each in found) else "to somewhere else"


def flow_log(aws: Aws, region: str, vpc: str, bucket: str) -> str:
    only = [{"Name": "resource-id", "Values": [vpc]}]
    found = aws.pages("ec2", "DescribeFlowLogs", "FlowLogs", region, Filters=only)
    ours = [each for each in found if each.get("LogDestination", "").endswith(f":::{bucket}")]
    if not ours:
        return "there is no flow log"
    failed = [each for each in ours if each.get("DeliverLogsStatus") == "FAILED"]
    return failed[0].get("DeliverLogsErrorMessage", "the delivery failed") if failed else ""


def queries(aws: Aws, region: str, vpc: str) -> str:
    operation, key = (f"{verb}ResolverQueryLogConfigAssociations" for verb in ("List", ""))
    only = [{"Name": "ResourceId", "Values": [vpc]}]
    found = aws.pages("route53resolver", operation, key, region, Filters=only)
    if not found:
        return "they are not delivered"
    failed = [each for each in found if each["Status"] == "FAILED"]
    return failed[0].get("ErrorMessage") or "the delivery failed" if failed else ""


def lake(aws: Aws, region: str, wanted: frozenset[str]) -> str:
    found = aws.pages("securitylake", "ListLogSources", "sources", regions=[region])
    there = {
        source["awsLogSource"]["sourceName"]
        for each in found
        for source in each["sources"]
        if "awsLogSource" in source
    }
    missing = wanted - there
    return f"not collected: {', '.join(sorted(missing))}" if missing else ""
