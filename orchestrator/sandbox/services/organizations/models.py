"""Accounts with an id of our choosing and an administrator's role; organizations that can end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations import utils
from moto.organizations.exceptions import AccountAlreadyClosedException
from moto.organizations.models import FakeAccount, FakeOrganization

from orchestrator.sandbox.delays import DELAYS

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
