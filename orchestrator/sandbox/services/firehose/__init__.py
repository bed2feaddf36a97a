"""Amazon Data Firehose: a stream writes to its bucket as its role, if that may."""

from __future__ import annotations

from moto.firehose.models import FirehoseBackend

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.firehose import delivery


def install() -> None:
    extend.amend(FirehoseBackend, "put_s3_records", delivery.put_s3_records)
