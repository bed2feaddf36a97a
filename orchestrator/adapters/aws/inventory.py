"""AWS Organizations, asked in the management account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.inventory import Branch, Landscape, Member, Standing
from orchestrator.model.names import AccountId


class AwsInventory:
    """See ports.Inventory."""

    def __init__(self, session: Callable[[], AwsSession]) -> None:
        self._session = session

    def member(self, account: AccountId) -> Member | None:
        aws = self._session()
        try:
            found = aws.call("organizations", "DescribeAccount", AccountId=account)["Account"]
        except Refused as refusal:
            if refusal.code == "AccountNotFoundException":
                return None
            raise
        parents = aws.call("organizations", "ListParents", ChildId=account)["Parents"]
        tags = _tags(aws, account)
        return _member(found, parents[0]["Id"], tags)

    def members(self) -> tuple[Member, ...]:
        aws = self._session()
        root = _root(aws)
        return tuple(sorted(_all(aws, root, _branches(aws, root)), key=_by_id))

    def tree(self) -> tuple[tuple[Branch, ...], tuple[Member, ...]]:
        """The OUs, each after its parent, and the accounts, without tags: a call an OU."""
        aws = self._session()
        root = _root(aws)
        branches = tuple(_branches(aws, root))
        return branches, tuple(sorted(_all(aws, root, branches), key=_by_id))

    def landscape(self) -> Landscape:
        aws = self._session()
        organization = aws.call("organizations", "DescribeOrganization")["Organization"]
        root = _root(aws)
        branches = tuple(_branches(aws, root))
        found = _all(aws, root, branches)
        return Landscape(
            organization["Id"],
            root,
            AccountId(organization["MasterAccountId"]),
            branches,
            tuple(sorted((_tagged(aws, member) for member in found), key=_by_id)),
        )


def _root(aws: AwsSession) -> str:
    found: str = aws.pages("organizations", "ListRoots", "Roots")[0]["Id"]
    return found


def _branches(aws: AwsSession, parent: str) -> Iterator[Branch]:
    """Through the tree: a call an OU instead of one an account."""
    operation, key = "ListOrganizationalUnitsForParent", "OrganizationalUnits"
    for unit in aws.pages("organizations", operation, key, ParentId=parent):
        yield Branch(unit["Id"], unit["Name"], parent)
        yield from _branches(aws, unit["Id"])


def _all(aws: AwsSession, root: str, branches: Iterable[Branch]) -> Iterator[Member]:
    for parent in (root, *(branch.id for branch in branches)):
        yield from _directly_below(aws, parent)


def _directly_below(aws: AwsSession, parent: str) -> Iterator[Member]:
    operation = "ListAccountsForParent"
    for account in aws.pages("organizations", operation, "Accounts", ParentId=parent):
        yield _member(account, parent, {})


def _tagged(aws: AwsSession, member: Member) -> Member:
    return replace(member, tags=_tags(aws, member.id))


def _by_id(member: Member) -> str:
    return member.id


def _tags(aws: AwsSession, account: AccountId) -> dict[str, str]:
    found = aws.pages("organizations", "ListTagsForResource", "Tags", ResourceId=account)
    return {tag["Key"]: tag["Value"] for tag in found}


def _member(found: dict[str, str], parent: str, tags: dict[str, str]) -> Member:
    known = {standing.value for standing in Standing}
    said = found.get("State") or found.get("Status", "")
    standing = Standing(said) if said in known else Standing.UNKNOWN
    return Member(AccountId(found["Id"]), found["Name"], found["Email"], standing, parent, tags)
