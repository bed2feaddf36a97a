"""Policy documents: what they say, what no service of AWS takes in one, and what S3 does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from botocore.loaders import Loader
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from policy_sentry.querying.actions import get_action_data, get_actions_for_service
from policy_sentry.querying.all import get_all_service_prefixes

from orchestrator.sandbox.conditions import matches
from orchestrator.sandbox.refusals import Asked, Refused

Json = Mapping[str, Any]

SERVICE = re.compile(r"(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?")
OWN_PRINCIPALS = frozenset(
    {
        *("chatbot", "config-conforms", "config-multiaccountsetup", "console", "controltower"),
        *("cloudwatch-crossaccount", "diode", "dlm", "edgelambda", "ecs-tasks", "eks-fargate-pods"),
        *("hooks", "jellyfish", "logger", "opensearchservice", "osis-pipelines", "replicator"),
        *("resource-explorer-2", "spot", "spotfleet", "ssm-incidents", "ssm-quicksetup", "sso"),
        *("stacksets", "support", "trustedadvisor", "vmie", "vpc-flow-logs", "vpcflowlogs"),
        *("apidestinations", "billingconsole", "ops", "network", "nodegroup", "reporting"),
        *("export", "assets", "custom", "purchaseorders", "signin", "wellarchitected", "eks"),
    }
)
"""First words of service principals that are not a service's name in botocore or IAM.

Source: the "Service principals" of each service's guide.
"""

ROLE_OR_USER = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):(role|user)/(?:.*/)?([\w+=,.@-]+)")
ACCOUNT = re.compile(r"(?:arn:aws[\w-]*:iam::)?\d{12}(?::root)?")
SESSION = re.compile(r"arn:aws[\w-]*:sts::\d{12}:(assumed-role|federated-user)/.+")
UNIQUE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}")
FEDERATED = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):(saml-provider|oidc-provider)/(.+)")
SID = re.compile(r"[A-Za-z0-9]*")


def loaded(text: str) -> Json | None:
    """The document; None when it is not a JSON object."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def statements(document: Json) -> Sequence[Json]:
    found = document.get("Statement", [])
    return [s for s in (found if isinstance(found, list) else [found]) if isinstance(s, dict)]


def texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return [text for text in listed if isinstance(text, str)]


def malformed(document: Json, *, resources: bool, principals: bool) -> Iterator[str]:
    """What is wrong with a resource's policy, whatever service holds it.

    Source: IAM User Guide, "Grammar of the IAM JSON policy language".
    """
    if document.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):
        yield "The policy must contain a valid version string"
    if not document.get("Statement"):
        yield "Missing required field Statement"
    for one in statements(document):
        yield from _malformed_statement(one, resources=resources, principals=principals)


def _malformed_statement(one: Json, *, resources: bool, principals: bool) -> Iterator[str]:
    if one.get("Effect") not in ("Allow", "Deny"):
        yield f"Invalid effect: {one.get('Effect')}"
    if not texts(one.get("Action")) and not texts(one.get("NotAction")):
        yield "Missing required field Action"
    if principals and not one.get("Principal") and not one.get("NotPrincipal"):
        yield "Missing required field Principal"
    if resources and not texts(one.get("Resource")) and not texts(one.get("NotResource")):
        yield "Missing required field Resource"
    if not resources and ("Resource" in one or "NotResource" in one):
        yield "Has prohibited field Resource"


def unknown_principals(document: Json) -> Iterator[str]:
    """Principals of which nobody has heard: AWS looks each of them up when a policy is put."""
    for one in statements(document):
        named = one.get("Principal", one.get("NotPrincipal"))
        if not isinstance(named, dict):
            yield from () if named in (None, "*") else (str(named),)
            continue
        for kind, names in named.items():
            for name in texts(names):
                if not KNOWN.get(kind, _never)(name):
                    yield f'"{kind}":"{name}"'


def _known_aws(name: str) -> bool:
    if name == "*" or ACCOUNT.fullmatch(name) or SESSION.fullmatch(name):
        return True
    if UNIQUE_ID.fullmatch(name):
        return True
    match = ROLE_OR_USER.fullmatch(name)
    if match is None:
        return False
    backend = iam_backends[match[1]]["aws"]
    held = backend.roles if match[2] == "role" else backend.users
    return any(one.arn == name for one in list(held.values()))


def _known_service(name: str) -> bool:
    if not SERVICE.fullmatch(name):
        return False
    labels = name.removesuffix(".cn").removesuffix(".amazonaws.com").split(".")
    return any(label in _services() for label in labels)


@cache
def _services() -> frozenset[str]:
    """Words that stand for a service: botocore's names, IAM's prefixes, and those of principals."""
    names = Loader().list_available_services("service-2")
    prefixes = get_all_service_prefixes()
    return frozenset({*names, *prefixes, *OWN_PRINCIPALS})


def _known_provider(name: str) -> bool:
    match = FEDERATED.fullmatch(name)
    if match is None:
        return bool(re.fullmatch(r"[\w.-]+\.(com|net|org|io)(/.*)?", name))
    backend = iam_backends[match[1]]["aws"]
    return name in backend.saml_providers or name in backend.open_id_providers


def _never(_: str) -> bool:
    return False


KNOWN: Mapping[str, Callable[[str], bool]] = {
    "AWS": _known_aws,
    "Service": _known_service,
    "Federated": _known_provider,
    "CanonicalUser": lambda _: True,
}


def bad_sid(document: Json) -> str:
    """The first Sid of an identity's policy or a trust with other characters than AWS takes.

    Source: IAM User Guide, "IAM JSON policy elements: Sid".
    """
    sids = [one.get("Sid") for one in statements(document)]
    return next((sid for sid in sids if isinstance(sid, str) and not SID.fullmatch(sid)), "")


@cache
def actions_of(prefix: str) -> frozenset[str]:
    """Every action of a service, in small letters. Source: Service Authorization Reference."""
    return frozenset(action.lower() for action in get_actions_for_service(prefix))


LARGEST = 20 * 1024
FIXED_KEYS = frozenset(
    {
        *("aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner"),
        *("aws:sourceaccount", "aws:userid", "aws:principalorgid", "aws:principalorgpaths"),
        *("aws:principalaccount", "aws:principalarn", "aws:sourceorgid", "aws:sourceorgpaths"),
        *("s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption"),
        *("aws:calledvia", "aws:principaltag", "aws:vpcsourceip"),
    }
)
"""Source: Amazon S3 User Guide, "The meaning of 'public'"."""

OF_OBJECTS = re.compile(r"arn:aws[\w-]*:s3:::[^/]+/.+")


def bucket_policy(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Bucket policies"; error code MalformedPolicy."""
    if asked.text("Bucket") not in s3_backends.bucket_accounts:
        return
    for wrong in _wrong(asked.params.get("Policy", ""), asked.text("Bucket")):
        yield Refused("MalformedPolicy", wrong)


def _wrong(policy: object, bucket: str) -> Iterator[str]:
    text = policy.decode() if isinstance(policy, bytes) else str(policy)
    document = loaded(text)
    if document is None:
        yield "Policies must be valid JSON and the first byte must be '{'"
        return
    if len(text.encode()) > LARGEST:
        yield f"Policy exceeds the maximum allowed document size of {LARGEST} bytes"
    yield from malformed(document, resources=True, principals=True)
    if next(unknown_principals(document), None):
        yield "Invalid principal in policy"
    for one in statements(document):
        yield from _misplaced(one, bucket)


def _misplaced(one: Json, bucket: str) -> Iterator[str]:
    resources = texts(one.get("Resource")) or texts(one.get("NotResource"))
    for resource in resources:
        named = resource.rpartition(":::")[2].partition("/")[0]
        if resource != "*" and not matches(named, bucket):
            yield "Policy has invalid resource"
    actions = texts(one.get("Action")) or texts(one.get("NotAction"))
    for action in actions:
        if not _known(action):
            yield "Policy has invalid action"
    if "Action" in one and "Resource" in one and not _applies(actions, resources):
        yield "Action does not apply to any resource(s) in statement"


def _known(action: str) -> bool:
    if action == "*":
        return True
    prefix, _, name = action.lower().partition(":")
    every = actions_of("s3")
    return prefix == "s3" and any(matches(name, one.partition(":")[2]) for one in every)


def _applies(actions: list[str], resources: list[str]) -> bool:
    """Every action needs a resource of its kind among the statement's."""
    objects = any(OF_OBJECTS.fullmatch(one) or _wide(one) for one in resources)
    buckets = any(not OF_OBJECTS.fullmatch(one) or _wide(one) for one in resources)
    for action in actions:
        if "*" in action or "?" in action:
            continue
        if not (objects if _is_about_objects(action) else buckets):
            return False
    return True


def _wide(resource: str) -> bool:
    return resource == "*" or resource.partition("/")[0].endswith("*")


def _is_about_objects(action: str) -> bool:
    """By the resource types of the Service Authorization Reference."""
    data = get_action_data("s3", action.partition(":")[2])
    rows = data["s3"] if data else []
    return any("${ObjectName}" in str(row["resource_arn_format"]) for row in rows)


def is_public(document: Json) -> bool:
    """Whether a statement allows something to everyone without a fixed value that narrows it."""
    return any(
        one.get("Effect") == "Allow" and _everyone(one.get("Principal")) and not _narrow(one)
        for one in statements(document)
    )


def _everyone(principal: object) -> bool:
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return "*" in texts(named)


def _narrow(one: Json) -> bool:
    for operator, keys in (one.get("Condition") or {}).items():
        if "Not" in operator or operator.startswith("Null"):
            continue
        for key, values in keys.items():
            name = key.lower().partition("/")[0]
            fixed = not any("*" in text or "${" in text for text in texts(values))
            loose = name in ("aws:sourcearn", "aws:principalarn", "aws:userid")
            if name in FIXED_KEYS and (fixed or loose) and "*" not in texts(values):
                return "0.0.0.0/0" not in texts(values)
    return False
