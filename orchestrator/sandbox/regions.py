"""The layer of places: regions an account has not enabled, and buckets that are elsewhere."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.sandbox.answers import error, not_enabled
from orchestrator.sandbox.bucket_access import bucket_named
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle
from orchestrator.sandbox.hosts import scope
from orchestrator.sandbox.services.account import is_enabled

ANYWHERE = frozenset({"CreateBucket", "GetBucketLocation", "ListBuckets"})
"""Answered whatever region the bucket is in. Source: Amazon S3 API Reference, of each."""


def regions(inner: Handle) -> Handle:
    """Refuse whoever is not known in a region, and send on who asks for a bucket elsewhere."""

    def handle(exchange: Exchange) -> Answer:
        call, principal = exchange.call, exchange.principal
        if principal is None:
            return inner(exchange)
        if not is_enabled(principal.account_id, call.region):
            return not_enabled(call, session=principal.is_role)
        elsewhere = _elsewhere(exchange)
        if elsewhere:
            return _redirect(call, str(exchange.parameters["Bucket"]), elsewhere)
        return inner(exchange)

    return handle


def _elsewhere(exchange: Exchange) -> str:
    """The region of the bucket, if it is another one than the request was signed for.

    S3's old form of signing names none.
    """
    call, (_, signed, _) = exchange.call, scope(exchange)
    if call.service != "s3" or call.operation in ANYWHERE or not call.operation or not signed:
        return ""
    bucket = bucket_named(str(exchange.parameters.get("Bucket", "")))
    region = str(bucket.region_name) if bucket is not None else call.region
    return "" if region == call.region else region


def _redirect(call: Call, bucket: str, region: str) -> Answer:
    """Source: Amazon S3 User Guide, "Making requests over REST API", "Request redirection"; API
    Reference, PermanentRedirect. SDKs for Python follow by themselves, those for Go do not.
    """
    text = "The bucket you are attempting to access must be addressed using the specified endpoint."
    text += " Please send all future requests to this endpoint."
    answer = error(call, 301, "PermanentRedirect", text)
    endpoint = f"<Endpoint>{bucket}.s3.{region}.amazonaws.com</Endpoint><Bucket>{bucket}</Bucket>"
    body = answer.body.replace(b"<RequestId>", f"{endpoint}<RequestId>".encode())
    return replace(answer, headers=[*answer.headers, ("x-amz-bucket-region", region)], body=body)
