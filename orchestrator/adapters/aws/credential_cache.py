"""Which role lets us in where, and its keys for as long as they last.

    the caller ─┬▶ runner role (management account) ─▶ plan, apply or entry role (any account)
                └▶ reader role (management account) ─▶ plan role (any account)

Who is told to, or is the reader role, starts as the reader; what that may not is refused here
already. In the management account there is no entry role: the caller's own credentials take its
place.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

from orchestrator.adapters.aws.credentials import Clock, Credentials, Kept, now
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused, closed
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.model.facts import Facts
from orchestrator.ports import Purpose

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts to assume a role that may have just been made.

Source: IAM User Guide, "Changes that I make are not always immediately visible".
"""

BOOTSTRAP = (
    "run 'orchestrator bootstrap' once with an administrator of the management account, and let "
    "your own identity assume the role; to plan and look only, start as the reader role: --reader"
)

READER_BOOTSTRAP = (
    "run 'orchestrator bootstrap' once more with an administrator of the management account, and "
    "let your own identity assume the role"
)

READER_ONLY_READS = (
    "the reader role changes nothing, and enters an account by its plan role alone, which the "
    "first apply makes"
)

READER_NOT_TRUSTED = (
    "apply the account once more as the runner role, so that its plan role trusts the reader role"
)

RUNNER_WANTED = (
    "do it as the runner role: leave out --reader and ORCHESTRATOR_ROLE, and use credentials that "
    "may assume the runner role"
)

LOOKING = frozenset({Purpose.PLAN, Purpose.LISTEN})
"""Why the reader role may enter accounts."""

NOT_LET_IN = frozenset({"AccessDenied", "AccessDeniedException", "NoSuchEntity"})


class CredentialCache:
    """Keys of roles, each asked for once and kept until shortly before they end."""

    def __init__(
        self,
        caller: AwsSession,
        facts: Facts,
        management: str,
        run: str,
        clock: Clock = now,
        sleep: Callable[[float], None] = time.sleep,
        *,
        reader: bool = False,
    ) -> None:
        self.caller, self._access, self._management = caller, facts.access, management
        self._session_name = re.sub(r"[^\w+=,.@-]", "-", f"orchestrator-{run}")[:64]
        self._sleep, self._told_to_read = sleep, reader
        self._entered: set[str] = set()
        self._caller_arn: str | None = None
        self._start: AwsSession | None = None
        self._kept = Kept(clock)
        self._guard = threading.Lock()

    def role(self, account: str, purpose: Purpose) -> str:
        """The ARN of the role by which `account` is entered."""
        names = {
            Purpose.PLAN: self._access.plan_role,
            Purpose.APPLY: self._access.apply_role,
            Purpose.ENTRY: self._access.entry_role,
            Purpose.LISTEN: "orchestrator-listen",
            Purpose.INVESTIGATE: "orchestrator-investigate",
            Purpose.DETECT: "orchestrator-detect",
        }
        if purpose is Purpose.ENTRY and account == self._management:
            return self.caller.identity().arn
        return f"arn:aws:iam::{account}:role/{names[purpose]}"

    def keys(self, account: str, purpose: Purpose) -> Credentials:
        """Of the role by which `account` is entered. Raises AwsDenied."""
        if purpose not in LOOKING:
            self.refuse_reader(account, f"sts:AssumeRole {self.role(account, purpose)}")
        if purpose is Purpose.ENTRY:
            found = self._entry(account, "by runner", self.start)
            self._entered.add(account)
            return found
        arn = self.role(account, purpose)
        return self._kept.fresh((account, purpose), lambda: self._assume(account, arn))

    def keys_by_caller(self, account: str) -> Credentials:
        """Of the entry role, without the runner role: there is none before the bootstrap."""
        if self._told_to_read:
            self.refuse_reader(account, "the bootstrap")
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
        """AWS as the runner role sees it; for what the reader role may not do. Raises AwsDenied."""
        self.refuse_reader(self._management, "what is asked for")
        return self.start()

    def changing(self) -> None:
        """To be asked before anything is started that changes something.

        Raises UsageError for who starts as the reader, and AwsDenied for who cannot be the runner.
        AWS out of reach is for those to say who then ask it.
        """
        try:
            if self.reads_only:
                raise UsageError(
                    f"this changes accounts, and the role '{self.start_role}' only reads",
                    RUNNER_WANTED,
                )
            self.start_keys()
        except Refused as refusal:
            if refusal.code in NOT_LET_IN:
                raise

    def start(self) -> AwsSession:
        """AWS as the role sees it that we start as; as the caller, when the caller is that role."""
        keys = self.start_keys()
        arn = f"arn:aws:iam::{self._management}:role/{self.start_role}"
        with self._guard:
            if self._start is None or self._start.credentials() != keys:
                self._start = self.caller.acting_as(keys, self._management, arn)
            return self._start

    def start_keys(self, policy: str = "") -> Credentials:
        """The keys of the role that we start as, narrowed by a session policy.

        A caller that is this role already keeps its own keys, whole: a role may assume itself only
        if its trust policy says so, and these roles' do not.
        """
        role = self.start_role
        if self._is(role):
            return self.caller.credentials()
        return self._kept.fresh(
            (role, policy),
            lambda: self._patiently(self._management, lambda: self._assume_start(role, policy)),
        )

    @property
    def start_role(self) -> str:
        """The runner role, or the reader role for who only reads."""
        return self._access.reader_role if self.reads_only else self._access.runner_role

    @property
    def reads_only(self) -> bool:
        """Whether we start as the reader role."""
        return self._told_to_read or self._is(self._access.reader_role)

    def _entry(self, account: str, who: str, by: Callable[[], AwsSession]) -> Credentials:
        if account == self._management:
            return self.caller.credentials()
        arn = self.role(account, Purpose.ENTRY)
        return self._kept.fresh((account, who), lambda: by().assume(arn, self._session_name))

    def _assume(self, account: str, arn: str) -> Credentials:
        start, external_id = self.start(), self._access.external_id
        try:
            return self._patiently(
                account, lambda: start.assume(arn, self._session_name, external_id)
            )
        except Refused as refusal:
            if refusal.code in NOT_LET_IN and (said := self._standing(account)):
                raise closed(refusal, said) from refusal
            if self.reads_only and refusal.code in NOT_LET_IN:
                refusal.fix = READER_NOT_TRUSTED
            raise

    def _standing(self, account: str) -> str:
        """What AWS Organizations calls an account that refuses us; '' if that says nothing."""
        if account == self._management:
            return ""
        try:
            aws = self.session(self._management, Purpose.PLAN)
            found = aws.call("organizations", "DescribeAccount", AccountId=account)["Account"]
        except Refused as refusal:
            return "no account of it" if refusal.code == "AccountNotFoundException" else ""
        standing = str(found.get("State") or found.get("Status", ""))
        return "" if standing == "ACTIVE" else standing

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

    def _assume_start(self, role: str, policy: str) -> Credentials:
        arn = f"arn:aws:iam::{self._management}:role/{role}"
        try:
            return self.caller.assume(arn, self._session_name, policy=policy)
        except Refused as refusal:
            if refusal.code in NOT_LET_IN:
                refusal.fix = READER_BOOTSTRAP if self._told_to_read else BOOTSTRAP
            raise

    def refuse_reader(self, account: str, call: str) -> None:
        """Raises AwsDenied for who starts as the reader role, without asking AWS."""
        if self.reads_only:
            denied = AwsDenied(account, self.start_role, call, READER_ONLY_READS)
            denied.fix = RUNNER_WANTED
            raise denied

    def _is(self, role: str) -> bool:
        """Whether the caller is a role of the management account already."""
        with self._guard:
            if self._caller_arn is None:
                self._caller_arn = self.caller.identity().arn
        return self._caller_arn.startswith(f"arn:aws:sts::{self._management}:assumed-role/{role}/")
