"""A question, what it is about, how its answer is taken down, and what several stacks are asked.

These are asked how far Security Hub's configuration policies have come, and whether the logs that
are declared as collected are. An association may stay PENDING for 24 hours, and a parent is FAILED
if any of its children is, so a failure is reported where it is, not at what lies above.
Source: AWS Security Hub User Guide, "Viewing the status of a configuration policy".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.errors import AwsDenied
from orchestrator.model.facts import Mode
from orchestrator.model.organization import Account, Organization, archived, collected, subscribed
from orchestrator.model.organization_policies import PolicySet
from orchestrator.model.run import Answer, Probe
from orchestrator.model.settings import LogSource
from orchestrator.ports import Purpose


class Aws(Protocol):
    """The part of a session that questions need."""

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any: ...

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]: ...


PoliciesOf = Callable[[Organization], PolicySet]


def no_policies(_: Organization) -> PolicySet:
    """Of an organization without any."""
    return PolicySet()


@dataclass(frozen=True, slots=True)
class Subject:
    """An account as declared, and AWS as its plan role sees it."""

    account: Account
    organization: Organization
    credential_cache: CredentialCache
    policies_of: PoliciesOf = no_policies
    """What is to be attached in the organization; made only where that is asked."""

    @property
    def aws(self) -> Aws:
        return self.credential_cache.session(self.account.id, Purpose.PLAN)

    @property
    def governed(self) -> tuple[str, ...]:
        """The home region, and every region that some account governs."""
        home = self.organization.facts.home_region
        named = (region for account in self.organization.accounts for region in account.regions)
        return tuple(dict.fromkeys((home, *named)))


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that is more than different: `what` was found, and what that means."""

    answer: Answer
    what: str


Check = Callable[[], str | Found]
"""'' when everything is as declared, else what was found instead."""

Checks = Iterator[tuple[str, Check]]


def ask(what: str, check: Check) -> Probe:
    """Denied or unreachable is an answer of its own, never 'as declared'."""
    try:
        found = check()
    except AwsDenied as denied:
        return Probe(what, Answer.DENIED, f"{denied.call} as '{denied.role}': {denied.reason}")
    if isinstance(found, Found):
        return Probe(what, found.answer, found.what)
    return Probe(what, Answer.DIFFERENT if found else Answer.AS_DECLARED, found)


def on_its_way(what: str) -> Found:
    """AWS has taken it, and is still at it."""
    return Found(Answer.ON_ITS_WAY, what)


def roles(credential_cache: CredentialCache, account: Account) -> Checks:
    """Whether the account's plan and apply roles let us in; the reader learns of its own alone."""
    for purpose in (
        (Purpose.PLAN,) if credential_cache.reads_only else (Purpose.PLAN, Purpose.APPLY)
    ):
        yield (
            f"{account.name}: {purpose} role can be assumed",
            lambda purpose=purpose: "" if credential_cache.keys(account.id, purpose) else "no keys",  # type: ignore[misc]
        )


FIX = (
    "remove the reason, then associate the policy again, in the security account: aws securityhub "
    "start-configuration-policy-association --configuration-policy-identifier {policy} "
    "--target {target}"
)
KINDS = {"ACCOUNT": "AccountId", "ORGANIZATIONAL_UNIT": "OrganizationalUnitId", "ROOT": "RootId"}

Association = Mapping[str, Any]


def associations(aws: Aws, organization: Organization) -> str | Found:
    """Also those an account or OU inherits: that is where a policy fails to arrive."""
    operation = "ListConfigurationPolicyAssociations"
    found = aws.pages("securityhub", operation, "ConfigurationPolicyAssociationSummaries")
    if not found:
        return "there are none"
    failed = _lowest([a for a in found if a["AssociationStatus"] == "FAILED"], organization)
    late = [a for a in found if a["AssociationStatus"] == "PENDING"]
    waiting = f"{len(late)} of {len(found)} targets are PENDING"
    if failed:
        told = [_told(a, organization) for a in failed]
        told += [waiting] if late else []
        again = FIX.format(
            policy=failed[0]["ConfigurationPolicyId"], target=_source(failed[0], found)
        )
        return Found(Answer.NOT_EVERYWHERE, f"{'; '.join(told)}; {again}")
    return on_its_way(waiting) if late else ""


def excused(subject: Subject, check: Check) -> Check:
    """`look`, but what differs while the account's configuration policy is PENDING is on its way,
    and what differs because it has FAILED says so.
    """
    if subject.organization.facts.security_hub.mode is not Mode.CENTRAL:
        return check

    def looked() -> str | Found:
        found = check()
        if not found or isinstance(found, Found):
            return found
        status, message = _status(subject)
        if status == "PENDING":
            return on_its_way(f"{found}; its configuration policy is PENDING")
        return (
            f"{found}; its configuration policy FAILED: {message}" if status == "FAILED" else found
        )

    return looked


def _status(subject: Subject) -> tuple[str, str]:
    """Of the account's association, which only the administrator sees; '' if it does not say."""
    security = subject.credential_cache.session(subject.organization.security.id, Purpose.PLAN)
    operation, target = "GetConfigurationPolicyAssociation", {"AccountId": subject.account.id}
    try:
        found = security.call("securityhub", operation, Target=target)
    except AwsDenied:
        return "", ""
    return found["AssociationStatus"], found.get("AssociationStatusMessage", "")


def _lowest(failed: list[Association], organization: Organization) -> list[Association]:
    """Those below which nothing has failed."""
    paths = {a["TargetId"]: _path(a["TargetId"], organization) for a in failed}
    above = {
        target
        for target, path in paths.items()
        if any(_is_below(other, path) for each, other in paths.items() if each != target)
    }
    return [a for a in failed if a["TargetId"] not in above]


def _is_below(path: str, above: str) -> bool:
    return not above or path == above or path.startswith(f"{above}/")


def _path(target: str, organization: Organization) -> str:
    """'Workloads/Prod' of an OU, with the account's id behind it of an account; '' is the root.

    What account_configs/ does not know stands by its own id.
    """
    for account in organization.accounts:
        if account.id == target:
            return f"{account.ou}/{target}".lstrip("/")
    named = {unit.id: str(unit.path) for unit in organization.units}
    return named.get(target, "" if target.startswith("r-") else target)


def _told(association: Association, organization: Organization) -> str:
    target = association["TargetId"]
    names = {str(account.id): account.name for account in organization.accounts}
    names |= {unit.id: str(unit.path) or "the root" for unit in organization.units}
    name = f"{names[target]} ({target})" if target in names else target
    return f"{name}: {association.get('AssociationStatusMessage') or 'FAILED'}"


def _source(failed: Association, found: list[Association]) -> str:
    """The target that the policy was associated with: this one, or one it inherits from."""
    policy = failed["ConfigurationPolicyId"]
    applied = [a for a in found if a["AssociationType"] == "APPLIED"]
    applied = [a for a in applied if a["ConfigurationPolicyId"] == policy]
    own = [a for a in applied if a["TargetId"] == failed["TargetId"]]
    source = next(iter(own or [a for a in applied if a["AssociationStatus"] == "FAILED"]), failed)
    return f"{KINDS[source['TargetType']]}={source['TargetId']}"


SUBSCRIPTION = "SUBSCRIPTION_FILTER_POLICY"


def account_log_checks(subject: Subject) -> Checks:
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


def security_log_checks(subject: Subject) -> Checks:
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
