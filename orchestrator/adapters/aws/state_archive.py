"""The states of accounts that have gone, copied below `archive/` of the state bucket.

The bucket keeps versions: what is archived twice is kept twice, and what is removed from where
Terraform looks for it is only hidden there.
"""

from __future__ import annotations

from orchestrator.adapters.aws import state
from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import UsageError
from orchestrator.model.leaving import KeptState
from orchestrator.model.names import AccountId, StackKey, StackName

OWN_RIGHTS = (
    "the runner role may delete no state, so your own credentials are used: take those of somebody "
    "who may delete objects of the state bucket in the management account"
)


class StateBucketArchive:
    """See ports.StateArchive."""

    def __init__(self, keyring: Keyring, bucket: str) -> None:
        self._keyring, self._bucket = keyring, bucket

    def states(self, account: AccountId, name: str) -> tuple[KeptState, ...]:
        """See ports.StateArchive."""
        aws = self._keyring.start()
        found = {*self._stacks(aws, f"{account}/"), *self._stacks(aws, f"archive/{account}/")}
        keys = [StackKey(account, name, stack) for stack in StackName if stack in found]
        return tuple(self._kept(aws, key) for key in keys)

    def archive(self, key: StackKey) -> None:
        """See ports.StateArchive."""
        aws = self._keyring.runner()
        kept = KeptState(key, live=True, archived=False)
        body = aws.read(self._bucket, key.state_key)
        aws.call("s3", "PutObject", Bucket=self._bucket, Key=kept.archive, Body=body)

    def remove(self, key: StackKey) -> None:
        """See ports.StateArchive. With the caller's own rights: the runner role has none to."""
        kept = self._kept(self._keyring.start(), key)
        if not kept.archived:
            raise UsageError(f"{key.state_key} is not archived as it is now", "archive it again")
        try:
            where = {"Bucket": self._bucket, "Key": key.state_key}
            self._keyring.caller.call("s3", "DeleteObject", **where)
        except Refused as refusal:
            if refusal.code == "AccessDenied":
                refusal.fix = OWN_RIGHTS
            raise

    def _kept(self, aws: AwsSession, key: StackKey) -> KeptState:
        kept = KeptState(key, live=True, archived=False)
        live = self._there(aws, key.state_key)
        archived = self._there(aws, kept.archive)
        same = archived and (not live or self._same(aws, key.state_key, kept.archive))
        return KeptState(key, live, archived=same)

    def _same(self, aws: AwsSession, one: str, other: str) -> bool:
        return aws.read(self._bucket, one) == aws.read(self._bucket, other)

    def _there(self, aws: AwsSession, key: str) -> bool:
        listed = aws.call("s3", "ListObjectsV2", Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return any(item["Key"] == key for item in listed.get("Contents", []))

    def _stacks(self, aws: AwsSession, prefix: str) -> frozenset[str]:
        listed = aws.pages("s3", "ListObjectsV2", "Contents", Bucket=self._bucket, Prefix=prefix)
        names = (str(item["Key"]).removeprefix(prefix).split("/") for item in listed)
        return frozenset(n[0] for n in names if len(n) == 2 and n[1] == state.STATE_FILE)
