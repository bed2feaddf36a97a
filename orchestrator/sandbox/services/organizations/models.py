"""moto's Organizations as AWS lets it be used: by whom, with which policies, from which account."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations import utils
from moto.organizations.exceptions import (
    AccountAlreadyClosedException,
    AWSOrganizationsNotInUseException,
)
from moto.organizations.models import (
    FakeAccount,
    FakeOrganization,
    FakePolicy,
    organizations_backends,
)

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import AwsError


class AccessDenied(AwsError):
    """A member account that asks for what only the management account may see."""

    code = "AccessDeniedException"

    def __init__(self) -> None:
        super().__init__("You don't have permissions to access this resource.")


class InvalidInput(AwsError):
    code = "InvalidInputException"


class ConstraintViolation(AwsError):
    code = "ConstraintViolationException"


FOR_OUTSIDERS = frozenset({"CreateOrganization", "DescribeOrganization"})
FOR_MEMBERS = frozenset({"DescribeOrganization", "LeaveOrganization"})
FOR_ADMINISTRATORS = frozenset(
    {
        "DescribeAccount",
        "DescribeCreateAccountStatus",
        "DescribeEffectivePolicy",
        "DescribeOrganizationalUnit",
        "DescribePolicy",
        "DescribeResourcePolicy",
        "ListAWSServiceAccessForOrganization",
        "ListAccounts",
        "ListAccountsForParent",
        "ListAccountsWithInvalidEffectivePolicy",
        "ListChildren",
        "ListCreateAccountStatus",
        "ListDelegatedAdministrators",
        "ListDelegatedServicesForAccount",
        "ListEffectivePolicyValidationErrors",
        "ListOrganizationalUnitsForParent",
        "ListParents",
        "ListPolicies",
        "ListPoliciesForTarget",
        "ListRoots",
        "ListTagsForResource",
        "ListTargetsForPolicy",
    }
)


def organizations_backend(original: Callable[..., Any], self: Any) -> Any:
    """The management account's backend, for whoever may see it."""
    action, account_id = self._get_action(), self.current_account
    member = organizations_backends.master_accounts.get(account_id)
    if member is None:
        own = original(self)
        if own.org is None and action not in FOR_OUTSIDERS:
            raise AWSOrganizationsNotInUseException
        return own
    if action in FOR_MEMBERS:
        return original(self)
    management = organizations_backends[member[0]][member[1]]
    delegated = any(admin.account.id == account_id for admin in management.admins)
    if action not in FOR_ADMINISTRATORS or not delegated:
        raise AccessDenied
    return management


TYPES = (
    "BEDROCK_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "GUARDDUTY_POLICY",
    "INSPECTOR_POLICY",
    "NETWORK_SECURITY_DIRECTOR_POLICY",
    "S3_POLICY",
    "SECURITYHUB_CSPM_POLICY",
    "SECURITYHUB_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
)
"""Those that moto does not know. Source: AWS Organizations API Reference, PolicyType."""


class Policy(FakePolicy):  # type: ignore[misc]
    """A policy of any type, those that moto does not know included."""

    SUPPORTED_POLICY_TYPES = (*FakePolicy.SUPPORTED_POLICY_TYPES, *TYPES)

    def __init__(self, organization: Any, **kwargs: Any) -> None:
        kind = kwargs.get("Type", "")
        known = "TAG_POLICY" if kind in TYPES else kind
        super().__init__(organization, **{**kwargs, "Type": known})
        self.type = kind
        if kind in TYPES:
            self._arn_format = utils.TAG_POLICY_ARN_FORMAT.replace("tag_policy", kind.lower())

    @staticmethod
    def supported_policy_type(policy_type: str) -> bool:
        return policy_type in Policy.SUPPORTED_POLICY_TYPES


ACCESS_ROLE = "OrganizationAccountAccessRole"
ADMINISTRATOR = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


CLOSING = "PENDING_CLOSURE"


class Account(FakeAccount):  # type: ignore[misc]
    """An account; `AccountId` chooses its id, which AWS does not allow and a rehearsal needs."""

    def __init__(self, organization: FakeOrganization, **kwargs: Any) -> None:
        self._id = kwargs.pop("AccountId", "") or (
            organization.master_account_id if kwargs["AccountName"] == "master" else ""
        )
        super().__init__(organization, **kwargs)
        iam = iam_backends[self.id]["aws"]
        role = iam.get_role(kwargs.get("RoleName") or ACCESS_ROLE)
        role.policies.setdefault("AdministratorAccess", ADMINISTRATOR)

    @property
    def id(self) -> str:
        return str(self._id)

    @id.setter
    def id(self, drawn: str) -> None:
        """moto draws an id by lot, which counts only where none was chosen."""
        self._id = self._id or drawn

    status: str

    def close(self) -> None:
        """Source: AWS Organizations API Reference, CloseAccount: first PENDING_CLOSURE."""
        if self.status == CLOSING:
            raise AccountAlreadyClosedException
        super().close()
        self.status = CLOSING

        def end() -> None:
            self.status = "SUSPENDED"

        DELAYS.later("closure", end)


class SoundPatterns:
    """Ids as long as AWS allows them; moto knows only the shortest.

    Source: AWS Organizations API Reference, patterns of Root, OrganizationalUnit and Account.
    """

    ORG_ID_REGEX = r"o-[a-z0-9]{10,32}"
    ROOT_ID_REGEX = r"r-[a-z0-9]{4,32}"
    OU_ID_REGEX = r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}"
    ACCOUNT_ID_REGEX = r"\d{12}"

    @classmethod
    def install(cls) -> None:
        for name in ("ORG_ID_REGEX", "ROOT_ID_REGEX", "OU_ID_REGEX", "ACCOUNT_ID_REGEX"):
            setattr(utils, name, getattr(cls, name))


class AnyService(list[str]):
    """Every service principal is one that can be trusted; AWS adds some each year."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.rstrip(".").endswith(".amazonaws.com")


def delete_organization(original: Callable[..., Any], self: Any) -> Any:
    """Closed accounts stay listed for 90 days, but do not keep an organization alive."""
    kept = [account for account in self.accounts if account.status != "SUSPENDED"]
    if {account.id for account in kept} == {self.account_id}:
        self.accounts = []
    return original(self)
