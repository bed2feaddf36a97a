"""Policy documents: what they say, and what no service of AWS takes in one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from botocore.loaders import Loader
from moto.iam.models import iam_backends
from policy_sentry.querying.actions import get_actions_for_service
from policy_sentry.querying.all import get_all_service_prefixes

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
