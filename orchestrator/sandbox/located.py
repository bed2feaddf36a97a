"""ARNs as they are, for what a call names in another way: a role without its path, an alias.

Source: IAM User Guide, "IAM identifiers"; AWS KMS Developer Guide, "Controlling access to aliases"
(a call that names an alias is asked on the key); AWS Secrets Manager User Guide, "What's in a
secret" (its ARN ends in six characters that only AWS knows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.iam.models import iam_backends

from orchestrator.sandbox.resource_policies import existing, find_key

Locate = Callable[[str, str], str | None]
"""(whole ARN, its last part) → what is there; None where nothing is."""


def located(arn: str) -> str:
    """The ARN of what is meant; as it is where there is no such thing, or it is whole already."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or "*" in parts[5]:
        return arn
    locate = SERVICES.get(parts[2])
    return (locate(arn, parts[5]) if locate else None) or arn


def _iam(arn: str, resource: str) -> str | None:
    kind, _, path = resource.partition("/")
    account_id, name = arn.split(":")[4], path.rpartition("/")[2]
    if account_id not in iam_backends:
        return None
    iam = iam_backends[account_id]["aws"]
    things: Mapping[str, Iterable[Any]] = {
        "role": iam.roles.values(),
        "user": iam.users.values(),
        "group": iam.groups.values(),
        "policy": iam.managed_policies.values(),
        "instance-profile": iam.instance_profiles.values(),
    }
    found = (thing for thing in list(things.get(kind, ())) if thing.name == name)
    return next((str(thing.arn) for thing in found), None)


def _kms(arn: str, resource: str) -> str | None:
    """`key/alias/NAME`, as a call gives it where a key is meant."""
    if not resource.startswith("key/alias/"):
        return None
    _, _, _, region, account_id, _ = arn.split(":", 5)
    backend = existing("kms", account_id, region)
    key = find_key(backend, resource.removeprefix("key/")) if backend is not None else None
    return str(key.arn) if key is not None else None


def _secret(arn: str, resource: str) -> str | None:
    _, _, _, region, account_id, _ = arn.split(":", 5)
    backend = existing("secretsmanager", account_id, region)
    name = resource.removeprefix("secret:")
    secrets = list(backend.secrets.values()) if backend is not None else []
    found = next((secret.arn for secret in secrets if name in (secret.name, secret.arn)), None)
    whole = name.startswith("arn:") or name[-7:-6] == "-"
    return str(found) if found else None if whole else f"{arn}-AbCdEf"


def _work_group(arn: str, resource: str) -> str | None:
    """`query/ID`, of one that has run or one that is saved.

    Source: Service Authorization Reference, Amazon Athena: its queries' actions know work groups.
    """
    kind, _, name = resource.partition("/")
    _, _, _, region, account_id, _ = arn.split(":", 5)
    backend = existing("athena", account_id, region) if kind == "query" else None
    held = (backend.executions, backend.named_queries) if backend is not None else ()
    query = next((each[name] for each in held if name in each), None)
    if query is None:
        return None
    group = getattr(query.workgroup, "name", query.workgroup)
    return f"{arn.removesuffix(resource)}workgroup/{group}"


SERVICES: Mapping[str, Locate] = {
    "athena": _work_group,
    "iam": _iam,
    "kms": _kms,
    "secretsmanager": _secret,
}
