"""Which role lets us in where, and its keys for as long as they last.

    the caller ─▶ runner role (management account) ─▶ plan, apply or entry role (any account)

In the management account there is no entry role: the caller's own credentials take its place.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.aws.kept import Clock, Kept, now
from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.model.facts import Facts
from orchestrator.ports import Purpose

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts to assume a role that may have just been made.

Source: IAM User Guide, "Changes that I make are not always immediately visible".
"""

BOOTSTRAP = (
    "run 'orchestrator bootstrap' once with an administrator of the management account, and let "
    "your own identity assume the runner role"
)


class Keyring:
    """Keys of roles, each asked for once and kept until shortly before they end."""

    def __init__(
        self,
        caller: AwsSession,
        facts: Facts,
        management: str,
        run: str,
        clock: Clock = now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.caller, self._access, self._management = caller, facts.access, management
        self._session_name = re.sub(r"[^\w+=,.@-]", "-", f"orchestrator-{run}")[:64]
        self._sleep = sleep
        self._entered: set[str] = set()
        self._caller_arn: str | None = None
        self._runner: AwsSession | None = None
        self._kept = Kept(clock)
        self._guard = threading.Lock()

    def role(self, account: str, purpose: Purpose) -> str:
        """The ARN of the role by which `account` is entered."""
        names = {
            Purpose.PLAN: self._access.plan_role,
            Purpose.APPLY: self._access.apply_role,
            Purpose.ENTRY: self._access.entry_role,
        }
        if purpose is Purpose.ENTRY and account == self._management:
            return self.caller.identity().arn
        return f"arn:aws:iam::{account}:role/{names[purpose]}"

    def keys(self, account: str, purpose: Purpose) -> Credentials:
        """Of the role by which `account` is entered. Raises AwsDenied."""
        if purpose is Purpose.ENTRY:
            found = self._entry(account, "by runner", self.runner)
            self._entered.add(account)
            return found
        arn = self.role(account, purpose)
        return self._kept.fresh((account, purpose), lambda: self._assume(account, arn))

    def keys_by_caller(self, account: str) -> Credentials:
        """Of the entry role, without the runner role: there is none before the bootstrap."""
        found = self._entry(account, "by caller", lambda: self.caller)
        self._entered.add(account)
        return found

    def session(self, account: str, purpose: Purpose) -> AwsSession:
        """AWS as that role sees it."""
        role = self.role(account, purpose)
        return self.caller.acting_as(self.keys(account, purpose), account, role)

    def through_runner(self, account: str, role: str, external_id: str) -> Credentials:
        """Of another role that trusts the runner role. Raises AwsDenied."""
        arn = f"arn:aws:iam::{account}:role/{role}"
        return self.runner().assume(arn, self._session_name, external_id)

    def runner(self) -> AwsSession:
        """AWS as the runner role sees it; as the caller, when the caller is that role."""
        keys = self.runner_keys()
        with self._guard:
            if self._runner is None or self._runner.credentials() != keys:
                arn = self._runner_arn()
                self._runner = self.caller.acting_as(keys, self._management, arn)
            return self._runner

    def runner_keys(self, policy: str = "") -> Credentials:
        """The runner role's keys, narrowed by a session policy.

        A caller that is the runner role already keeps its own keys, whole: a role may assume
        itself only if its trust policy says so, and this one's does not.
        """
        if self._is_runner():
            return self.caller.credentials()
        return self._kept.fresh(
            ("runner", policy),
            lambda: self._patiently(self._management, lambda: self._assume_runner(policy)),
        )

    def _entry(self, account: str, who: str, by: Callable[[], AwsSession]) -> Credentials:
        if account == self._management:
            return self.caller.credentials()
        arn = self.role(account, Purpose.ENTRY)
        return self._kept.fresh((account, who), lambda: by().assume(arn, self._session_name))

    def _assume(self, account: str, arn: str) -> Credentials:
        runner, external_id = self.runner(), self._access.external_id
        return self._patiently(account, lambda: runner.assume(arn, self._session_name, external_id))

    def _patiently(self, account: str, ask: Callable[[], Credentials]) -> Credentials:
        """Wait once for roles that this run may have made; any other refusal stands at once."""
        for pause in PAUSES if account in self._entered else ():
            try:
                return ask()
            except Refused as refusal:
                if refusal.code != "AccessDenied":
                    raise
                self._sleep(pause)
        self._entered.discard(account)
        return ask()

    def _assume_runner(self, policy: str) -> Credentials:
        try:
            return self.caller.assume(self._runner_arn(), self._session_name, policy=policy)
        except Refused as refusal:
            if refusal.code in {"AccessDenied", "NoSuchEntity", "AccessDeniedException"}:
                refusal.fix = BOOTSTRAP
            raise

    def _runner_arn(self) -> str:
        return f"arn:aws:iam::{self._management}:role/{self._access.runner_role}"

    def _is_runner(self) -> bool:
        with self._guard:
            if self._caller_arn is None:
                self._caller_arn = self.caller.identity().arn
        runner = f"arn:aws:sts::{self._management}:assumed-role/{self._access.runner_role}/"
        return self._caller_arn.startswith(runner)
