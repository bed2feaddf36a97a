"""The condition keys of a request: those of the caller, of the call, and of the resource.

Most policies ask for few of them, and some are dear to find out; so each group is found out when
the first of its keys is asked for.
Source: IAM User Guide, "AWS global condition context keys".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import Call, Principal
from orchestrator.sandbox.standing import about_caller, of_organization
from orchestrator.sandbox.subjects import resource_tags

Group = tuple[tuple[str, ...], Callable[[], Context]]
"""What the keys of a group begin with, and how they are found out."""

CALLER = (
    *("aws:principal", "aws:user", "aws:username", "aws:viaawsservice", "aws:tokenissuetime"),
    *("aws:multifactorauth", "aws:sourceidentity"),
)


class Lazy(Mapping[str, Sequence[str]]):
    """Keys that are known, and groups of keys that are not yet."""

    def __init__(self, known: Context, groups: Sequence[Group] = ()) -> None:
        self._known, self._groups = dict(known), list(groups)

    def __getitem__(self, key: str) -> Sequence[str]:
        if key not in self._known:
            for group in [g for g in self._groups if key.startswith(g[0])]:
                self._groups.remove(group)
                self._known = {**group[1](), **self._known}
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        for _, find in self._groups:
            self._known = {**find(), **self._known}
        self._groups = []
        return iter(self._known)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def knowing(self, known: Context, *groups: Group) -> Lazy:
        """The same and more."""
        return Lazy({**self._known, **known}, [*self._groups, *groups])


def of_call(principal: Principal, call: Call, agent: str = "") -> Lazy:
    """Keys of the caller and of the moment."""
    now = time.time()
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    keys: dict[str, Sequence[str]] = {
        "aws:currenttime": [moment.replace("+00:00", "Z")],
        "aws:epochtime": [str(int(now))],
        "aws:requestedregion": [call.region],
        "aws:securetransport": ["true"],
        "aws:sourceip": ["127.0.0.1"],
    }
    if agent:
        keys["aws:useragent"] = [agent]
    return Lazy(keys, [(CALLER, lambda: about_caller(principal))])


def of_resource(arn: str, owner: str) -> tuple[Group, ...]:
    """`aws:ResourceAccount` and its like are the resource's, whoever asks."""
    return (
        (("aws:resourceaccount", "s3:resourceaccount"), lambda: _account(owner)),
        (("aws:resourceorg",), lambda: of_organization("resource", owner)),
        (TAGGED, lambda: _tagged(arn)),
    )


TAGGED = ("aws:resourcetag/", "iam:resourcetag/", "ec2:resourcetag/", "secretsmanager:resourcetag/")


def _account(owner: str) -> Context:
    return {"aws:resourceaccount": [owner], "s3:resourceaccount": [owner]}


def _tagged(arn: str) -> Context:
    tags = resource_tags(arn).items()
    return {f"{start}{key.lower()}": [value] for start in TAGGED for key, value in tags}
