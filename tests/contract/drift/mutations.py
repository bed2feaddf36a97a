"""What somebody may do by hand to what a stack manages, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from orchestrator.model.names import AccountId, StackName
from orchestrator.sandbox.client import Sandbox

HOME, OTHER = "ap-northeast-1", "us-east-1"


@dataclass(frozen=True, slots=True)
class Hands:
    """Clients of somebody with too many rights in one account."""

    sandbox: Sandbox
    account: AccountId

    def __call__(self, service: str, region: str = HOME) -> Any:
        return self.sandbox.client(service, self.account, region=region)


Mutation = Callable[..., Iterator[None]]


@dataclass(frozen=True, slots=True)
class Case:
    """`type` is that of a resource which the plan must find changed; '' where it finds nothing.

    `lasting` ones cannot be undone to the byte, and come last.
    """

    name: str
    stack: StackName
    type: str
    done: Callable[[Hands], AbstractContextManager[None]]
    lasting: bool = False


class Book:
    """Collects the cases of one stack."""

    def __init__(self, stack: StackName) -> None:
        self.stack = stack
        self.cases: list[Case] = []

    def case(
        self, type_: str, *, over: tuple[str, ...] = (), lasting: bool = False
    ) -> Callable[[Mutation], Mutation]:
        """Register a mutation; once for each text of `over`, which it is given."""

        def register(mutation: Mutation) -> Mutation:
            name = mutation.__name__
            for value in over:
                done = _done(mutation, value)
                self.cases.append(Case(f"{name}-{value}", self.stack, type_, done, lasting))
            if not over:
                self.cases.append(Case(name, self.stack, type_, _done(mutation), lasting))
            return mutation

        return register


def _done(mutation: Mutation, *over: str) -> Callable[[Hands], AbstractContextManager[None]]:
    @contextmanager
    def done(hands: Hands) -> Iterator[None]:
        """Undone also where the test has failed, or the next ones would fail with it."""
        steps = mutation(hands, *over)
        next(steps)
        try:
            yield
        finally:
            next(steps, None)

    return done


def only(response: Any, *names: str) -> dict[str, Any]:
    """The named parts of an answer, to be sent back as they were."""
    return {name: response[name] for name in names if name in response}
