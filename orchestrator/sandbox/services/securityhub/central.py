"""Central configuration: policies, what they are associated with, and the accounts they reach."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.organization import Organization, organization_of
from orchestrator.sandbox.services.securityhub import policies
from orchestrator.sandbox.services.securityhub.findings import Arrivals
from orchestrator.sandbox.services.securityhub.governed import is_governed
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    AccessDeniedException,
    LimitExceededException,
    Part,
    ResourceConflictException,
    ResourceNotFoundException,
    now,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

LIMIT = 20
SELF_MANAGED = "SELF_MANAGED_SECURITY_HUB"
SUMMARY = ("Arn", "Id", "Name", "Description", "UpdatedAt")


class Central(Part):
    """Lives in the administrator's home region. `applied` maps a target to a policy's id."""

    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.policies: dict[str, Json] = {}
        self.applied: dict[str, str] = {}
        self.applied_at: dict[str, str] = {}
        self.arrivals = Arrivals()

    @operation
    def create_configuration_policy(self, params: Json) -> Json:
        self._as_administrator()
        policies.check(params["ConfigurationPolicy"], self.backend.region_name)
        identifier = str(uuid.uuid4())
        arn = self.backend.arn(f"configuration-policy/{identifier}")
        with LOCK:
            if len(self.policies) >= LIMIT:
                raise LimitExceededException(f"An organization has at most {LIMIT} policies")
            self.policies[identifier] = {
                "Arn": arn,
                "Id": identifier,
                "Name": params["Name"],
                "Description": params.get("Description", ""),
                "ConfigurationPolicy": params["ConfigurationPolicy"],
                "CreatedAt": now(),
                "UpdatedAt": now(),
            }
        self.backend.hub.tags[arn] = dict(params.get("Tags") or {})
        return self.policies[identifier]

    @operation
    def get_configuration_policy(self, params: Json) -> Json:
        self._as_administrator()
        return self._policy(params["Identifier"])

    @operation
    def list_configuration_policies(self, params: Json) -> Json:
        self._as_administrator()
        found = [_summarize(policy) for policy in self.policies.values()]
        return page(found, params, "ConfigurationPolicySummaries")

    @operation
    def update_configuration_policy(self, params: Json) -> Json:
        self._as_administrator()
        policy = self._policy(params["Identifier"])
        if "ConfigurationPolicy" in params:
            policies.check(params["ConfigurationPolicy"], self.backend.region_name)
        changed = ("Name", "Description", "ConfigurationPolicy")
        policy.update({key: params[key] for key in changed if key in params}, UpdatedAt=now())
        self.roll_out(policy=policy["Id"])
        return policy

    @operation
    def delete_configuration_policy(self, params: Json) -> None:
        self._as_administrator()
        identifier = self._policy(params["Identifier"])["Id"]
        with LOCK:
            if identifier in self.applied.values():
                raise ResourceConflictException(
                    f"Configuration policy {identifier} is associated with a target; disassociate "
                    "it before it is deleted"
                )
            self.backend.hub.tags.pop(self.policies.pop(identifier)["Arn"], None)

    @operation
    def start_configuration_policy_association(self, params: Json) -> Json:
        organization = self._as_administrator()
        target = self._target(params["Target"], organization)
        wanted = params["ConfigurationPolicyIdentifier"]
        policy = SELF_MANAGED if wanted == SELF_MANAGED else self._policy(wanted)["Id"]
        self.applied[target], self.applied_at[target] = policy, now()
        self.roll_out(target)
        return self._describe(target, organization)

    @operation
    def start_configuration_policy_disassociation(self, params: Json) -> None:
        organization = self._as_administrator()
        target = self._target(params["Target"], organization)
        if target not in self.applied:
            raise ResourceNotFoundException(f"No policy is associated with target {target}")
        del self.applied[target], self.applied_at[target]
        self.roll_out(target)

    @operation
    def get_configuration_policy_association(self, params: Json) -> Json:
        organization = self._as_administrator()
        target = self._target(params["Target"], organization)
        found = self._describe(target, organization)
        if not found:
            raise ResourceNotFoundException(f"No policy is associated with target {target}")
        return found

    @operation
    def batch_get_configuration_policy_associations(self, params: Json) -> Json:
        organization = self._as_administrator()
        found: list[Json] = []
        missing: list[Json] = []
        for wanted in params["ConfigurationPolicyAssociationIdentifiers"]:
            target = next(iter(wanted["Target"].values()))
            association = self._describe(target, organization)
            if association:
                found.append(association)
            else:
                problem = {"ErrorCode": "NOT_FOUND", "ErrorReason": f"No policy for {target}"}
                missing.append({"ConfigurationPolicyAssociationIdentifiers": wanted, **problem})
        return {
            "ConfigurationPolicyAssociations": found,
            "UnprocessedConfigurationPolicyAssociations": missing,
        }

    @operation
    def list_configuration_policy_associations(self, params: Json) -> Json:
        organization = self._as_administrator()
        targets = (organization.root, *organization.parents)
        described = (self._describe(target, organization) for target in targets)
        wanted = params.get("Filters") or {}
        found = [a for a in described if a and all(a[key] == wanted[key] for key in wanted)]
        return page(found, params, "ConfigurationPolicyAssociationSummaries")

    def roll_out(self, below: str = "", policy: str = "") -> None:
        """Configure the accounts below a target, or under a policy, in every region.

        Until it has come to an account, what it has there is as before.
        """
        organization = organization_of(self.backend.account_id)
        if organization is None or is_governed(organization):
            return
        paths = {t: organization.path(t) for t in (*organization.parents, organization.root)}
        reached = tuple(
            target
            for target, path in paths.items()
            if below in ("", *path) and policy in ("", self._effective(path)[1])
        )
        arrivals = self.arrivals
        arrivals.start(reached)
        DELAYS.later("association", lambda: self._arrive(arrivals, reached))

    def _arrive(self, arrivals: Arrivals, targets: tuple[str, ...]) -> None:
        """An account that has moved meanwhile gets what it has where it is now."""
        arrivals.end(targets)
        organization = organization_of(self.backend.account_id)
        for account in organization.emails if organization else ():
            if organization and account in targets and not arrivals.failed.get(account):
                self._configure(account, organization.path(account), organization.management)

    def forget(self) -> None:
        """Central configuration ends: policies go, what they configured stays."""
        self.applied.clear()
        self.policies.clear()
        self.applied_at.clear()
        self.arrivals = Arrivals()
        organization = organization_of(self.backend.account_id)
        for account in organization.emails if organization else ():
            self._configure(account, (), "")

    def _configure(self, account: str, path: tuple[str, ...], management: str) -> None:
        policy = self.policies.get(self._effective(path)[1])
        for region in (self.backend.region_name, *self.backend.aggregation.linked_regions()):
            administrator = self.backend.peer(region=region)
            peer = administrator.peer(account)
            # Nobody but itself enables the hub of the management account (API Reference,
            # CreateMembers); a policy reaches it from then on.
            absent = account == management and not peer.hub.enabled
            peer.hub.managed_centrally = policy is not None and not absent
            if policy is None or absent:
                continue
            policies.apply(policy["ConfigurationPolicy"]["SecurityHub"], peer)
            if account != self.backend.account_id and peer.hub.enabled:
                administrator.hub.switch_on()
                administrator.members.join(account)

    def _effective(self, path: tuple[str, ...]) -> tuple[str, str]:
        """The nearest target on the way up that has a policy, and the policy's id."""
        return next(((t, self.applied[t]) for t in path if t in self.applied), ("", ""))

    def _describe(self, target: str, organization: Organization) -> Json:
        source, policy = self._effective(organization.path(target))
        if not policy:
            return {}
        governed = {"AssociationStatus": "DISABLED"} if is_governed(organization) else {}
        return {
            "ConfigurationPolicyId": policy,
            "TargetId": target,
            "TargetType": _type(target),
            "AssociationType": "APPLIED" if source == target else "INHERITED",
            "UpdatedAt": self.applied_at[source],
            **self.arrivals.describe(target, organization),
            **governed,
        }

    def _policy(self, identifier: str) -> Json:
        policy = self.policies.get(identifier.rsplit("/", 1)[-1])
        if policy is None:
            raise ResourceNotFoundException(f"Configuration policy {identifier} was not found")
        return policy

    def _target(self, target: Json, organization: Organization) -> str:
        identifier: str = next(iter(target.values()))
        if not organization.knows(identifier):
            raise ResourceNotFoundException(f"Target {identifier} is not in the organization")
        return identifier

    def _as_administrator(self) -> Organization:
        """Refuse all but the delegated administrator of a central organization, at home."""
        self.backend.require_hub()
        organization = organization_of(self.backend.account_id)
        homes = [peer for peer in self.backend.regions_in_use() if is_central_home(peer)]
        if organization is None or not homes:
            raise AccessDeniedException(
                "Must be a Security Hub delegated administrator with Central Configuration enabled"
            )
        if self.backend not in homes:
            raise AccessDeniedException(
                "Central Configuration APIs can only be called from the aggregation region"
            )
        return organization


def is_central_home(backend: SecurityHubBackend) -> bool:
    administration = backend.administration
    central = (administration.type, administration.status) == ("CENTRAL", "ENABLED")
    return central and administration.is_administrator()


def _type(target: str) -> str:
    if target.isdigit():
        return "ACCOUNT"
    return "ROOT" if target.startswith("r-") else "ORGANIZATIONAL_UNIT"


def _summarize(policy: Json) -> Json:
    enabled = policy["ConfigurationPolicy"]["SecurityHub"]["ServiceEnabled"]
    return {**{key: policy[key] for key in SUMMARY}, "ServiceEnabled": enabled}
