"""The policy a resource has of its own, by ARN, in whatever account and region the ARN names.

Nothing is made by looking: a backend that moto has not begun yet is a place with no resources.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.backends import get_backend
from moto.core.exceptions import JsonRESTError, ServiceException

NOTHING = '{"Statement": []}'
"""The policy of a resource that has none."""

Read = Callable[[Any, str], str | None]
"""(backend, the last part of the ARN) → the document, or None."""


def document(arn: str) -> str | None:
    """The resource's policy as JSON text: NOTHING where it has none, None where nothing is there.

    An ARN of an object asks its bucket, an alias of a key the key, a qualified function that
    version. None, too, for a kind of resource that has no policy.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return None
    _, _, service, region, account_id, resource = parts
    if service == "s3":
        return _bucket(resource.partition("/")[0])
    reader = READERS.get(service)
    backend = existing(service, account_id, region) if reader else None
    return reader(backend, resource) if reader and backend is not None else None


def existing(service: str, account_id: str, region: str) -> Any:
    """moto's backend of a service, as its ARNs name it; None where nothing was ever asked of it."""
    backends = get_backend(service)
    return dict.get(dict.get(backends, account_id, {}), region)


def bucket_owner(name: str) -> str:
    """The account that has a bucket; '' when nobody has."""
    return str(get_backend("s3").bucket_accounts.get(name, ("", ""))[1])


def _bucket(name: str) -> str | None:
    accounts = get_backend("s3").bucket_accounts
    if name not in accounts:
        return None
    partition, account_id = accounts[name]
    bucket = get_backend("s3")[account_id][partition].buckets.get(name)
    if bucket is None:
        return None
    return bucket.policy.decode("utf-8", "replace") if bucket.policy else NOTHING


def _queue(backend: Any, name: str) -> str | None:
    queue = backend.queues.get(name)
    return None if queue is None else queue.policy or NOTHING


def _topic(backend: Any, name: str) -> str | None:
    topic = next((t for t in list(backend.topics.values()) if t.name == name), None)
    return None if topic is None else topic.policy or NOTHING


def _function(backend: Any, resource: str) -> str | None:
    """`function:NAME`, with or without a version or alias, each of which has its own policy."""
    kind, _, rest = resource.partition(":")
    if kind != "function":
        return None
    name, _, qualifier = rest.partition(":")
    try:
        found = backend._lambdas.get_function_by_name_with_qualifier(name, qualifier or None)
    except (ServiceException, JsonRESTError):
        return None
    return json.dumps({"Statement": found.policy.statements if found.policy else []})


def _bus(backend: Any, resource: str) -> str | None:
    kind, _, name = resource.partition("/")
    bus = backend.event_buses.get(name) if kind == "event-bus" else None
    return None if bus is None else bus.policy or NOTHING


def _key(backend: Any, resource: str) -> str | None:
    key = find_key(backend, resource)
    return None if key is None else str(key.policy)


def find_key(backend: Any, resource: str) -> Any:
    """moto's key of `key/ID` or `alias/NAME`; None when there is none."""
    if resource.startswith("alias/"):
        keys = list(backend.keys.values())
        return next((key for key in keys if resource in key.aliases), None)
    return backend.keys.get(resource.removeprefix("key/"))


def _logs(backend: Any, resource: str) -> str | None:
    """A destination has a policy of its own; log groups share those of account and region."""
    kind, _, name = resource.partition(":")
    if kind == "destination":
        held = backend.destinations.values()
        found = next((one for one in held if one.destination_name == name), None)
        return None if found is None else found.access_policy or NOTHING
    if name.partition(":")[0] not in backend.groups:
        return None
    statements: list[object] = []
    for policy in list(backend.resource_policies.values()):
        stated = json.loads(policy.policy_document).get("Statement", [])
        statements += stated if isinstance(stated, list) else [stated]
    return json.dumps({"Statement": statements})


def _secret(backend: Any, resource: str) -> str | None:
    secrets = [secret for secret in backend.secrets.values() if secret.arn.endswith(f":{resource}")]
    return None if not secrets else secrets[0].policy or NOTHING


def _repository(backend: Any, resource: str) -> str | None:
    repository = backend.repositories.get(resource.removeprefix("repository/"))
    return None if repository is None else repository.policy or NOTHING


READERS: Mapping[str, Read] = {
    "ecr": _repository,
    "events": _bus,
    "kms": _key,
    "lambda": _function,
    "logs": _logs,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
"""By the service of the ARN; buckets, which have no account in theirs, apart."""
