"""Copies of journals in the state bucket, for runners that are thrown away."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.errors import AwsDenied
from orchestrator.model.organization import Organization

log = logging.getLogger(__name__)
PREFIX = "journal/"


class Archive:
    """Puts whole journals below `journal/`, with keys that may do nothing else."""

    def __init__(self, credential_cache: CredentialCache, organization: Organization) -> None:
        self._credential_cache, self._facts = credential_cache, organization.facts
        self._management = organization.management.id

    def __call__(self, file: Path, *, last: bool) -> None:
        """Replace the copy. What goes wrong is a warning: the run does not depend on it.

        The reader role may not replace what is there, and makes the last copy alone.
        """
        bucket, name = self._facts.state.bucket, f"{PREFIX}{file.stem}.jsonl"
        try:
            new = {"IfNoneMatch": "*"} if self._credential_cache.reads_only else {}
            if new and not last:
                return
            keys = self._credential_cache.start_keys(policy(bucket, name, self._facts.home_region))
            role = self._credential_cache.start_role
            session = self._credential_cache.caller.acting_as(keys, self._management, role)
            session.call("s3", "PutObject", Bucket=bucket, Key=name, Body=file.read_bytes(), **new)
        except (AwsDenied, OSError) as error:
            log.warning("the journal is not copied to s3://%s/%s: %s", bucket, name, error)


def policy(bucket: str, name: str, region: str) -> str:
    """A session policy for one object, to be written."""
    via = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    keys = ["kms:Encrypt", "kms:GenerateDataKey"]
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/{name}"},
        {"Effect": "Allow", "Action": keys, "Resource": "*", "Condition": via},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
