"""Every table of probes."""

from __future__ import annotations

from tests.sandbox.refusals import (
    buckets,
    buses,
    functions,
    hub,
    identities,
    keys,
    machines,
    messages,
    organization,
    recorders,
    records,
    storage,
)

CASES = (
    *identities.CASES,
    *keys.CASES,
    *storage.CASES,
    *buckets.CASES,
    *messages.CASES,
    *buses.CASES,
    *functions.CASES,
    *machines.CASES,
    *records.CASES,
    *recorders.CASES,
    *organization.CASES,
    *hub.CASES,
)
