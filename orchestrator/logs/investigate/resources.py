"""Resources: their ARN, their names in CloudTrail's records, and what a call changed of them.

Source: Service Authorization Reference, resource types of each service; CloudTrail event
references of the services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.logs.event import Event
from orchestrator.logs.json_path import as_text, compact
from orchestrator.logs.lake.question import Scope


@dataclass(frozen=True, slots=True)
class Arn:
    """An ARN taken apart. `kind` is `service` or `service:type`, `path` all behind the type."""

    text: str
    partition: str
    service: str
    region: str
    account: str
    kind: str
    path: str

    @property
    def tail(self) -> str:
        return self.path.rpartition("/")[2].rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Resource:
    """What is looked for: names that stand in events, and where events of it can be.

    `whole_account` is true for what belongs to an account as a whole, such as a password policy:
    no parameter names it.
    """

    uid: str
    names: tuple[str, ...]
    scope: Scope
    whole_account: bool = False


Names = Callable[[Arn], tuple[str, ...]]


def tail(arn: Arn) -> tuple[str, ...]:
    """The last part alone: `sg-…`, or the name of a role without its path."""
    return (arn.tail,)


def path(arn: Arn) -> tuple[str, ...]:
    """All behind the type, slashes included."""
    return (arn.path,)


def queue(arn: Arn) -> tuple[str, ...]:
    host = f"https://sqs.{arn.region}.amazonaws.com"
    return (arn.path, f"{host}/{arn.account}/{arn.path}")


def secret(arn: Arn) -> tuple[str, ...]:
    """The name, which in the ARN has a dash and six characters behind it."""
    return (arn.path, arn.path[:-7])


def log_group(arn: Arn) -> tuple[str, ...]:
    name = arn.path.removesuffix(":*")
    return (name, arn.text.removesuffix(":*"))


def load_balancer(arn: Arn) -> tuple[str, ...]:
    """`app/name/id`, and the name alone."""
    parts = arn.path.split("/")
    return (arn.path, parts[1] if len(parts) == 3 else arn.tail)


def function(arn: Arn) -> tuple[str, ...]:
    """The name without a version behind it."""
    return (arn.path.partition(":")[0],)


NAMES: Mapping[str, Names] = {
    "ec2:security-group": tail,
    "ec2:instance": tail,
    "ec2:volume": tail,
    "ec2:snapshot": tail,
    "ec2:image": tail,
    "ec2:vpc": tail,
    "ec2:subnet": tail,
    "ec2:network-acl": tail,
    "ec2:network-interface": tail,
    "ec2:internet-gateway": tail,
    "ec2:transit-gateway": tail,
    "ec2:launch-template": tail,
    "ec2:vpn-connection": tail,
    "ec2:elastic-ip": tail,
    "s3": path,
    "iam:user": tail,
    "iam:role": tail,
    "iam:group": tail,
    "iam:policy": tail,
    "iam:instance-profile": tail,
    "kms:key": path,
    "kms:alias": lambda arn: (f"alias/{arn.path}",),
    "rds:db": path,
    "rds:cluster": path,
    "rds:snapshot": path,
    "rds:cluster-snapshot": path,
    "lambda:function": function,
    "sns": path,
    "sqs": queue,
    "dynamodb:table": path,
    "cloudtrail:trail": path,
    "cloudfront:distribution": path,
    "elasticloadbalancing:loadbalancer": load_balancer,
    "ecr:repository": path,
    "ecs:cluster": path,
    "ecs:service": tail,
    "ecs:task-definition": path,
    "eks:cluster": path,
    "elasticfilesystem:file-system": path,
    "secretsmanager:secret": secret,
    "logs:log-group": log_group,
    "redshift:cluster": path,
    "es:domain": path,
    "elasticache:cluster": path,
    "kinesis:stream": path,
    "firehose:deliverystream": path,
    "autoscaling:autoScalingGroup": tail,
    "apigateway": tail,
    "acm:certificate": path,
    "ssm:document": path,
    "guardduty:detector": path,
    "codebuild:project": path,
    "states:stateMachine": path,
    "config:config-recorder": tail,
}
"""Type → names besides the ARN. Any other type is looked for by its ARN, path and last part."""

GLOBAL = frozenset({"iam", "cloudfront", "route53", "organizations", "s3"})
"""Services whose ARNs have no region. Events of S3 are in the bucket's region, the others' in the
partition's first; the ARN does not say which."""


def parse(text: str) -> Arn | None:
    """The ARN, or None if the text is not an ARN."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return None
    _, partition, service, region, account, rest = parts
    cut = min((rest.index(c) for c in "/:" if c in rest), default=-1)
    kind, inner = (rest[:cut], rest[cut + 1 :]) if cut >= 0 else ("", rest)
    if f"{service}:{kind}" in NAMES or (kind and service not in NAMES):
        return Arn(text, partition, service, region, account, f"{service}:{kind}", inner)
    return Arn(text, partition, service, region, account, service, rest)


def resolve(uid: str, account: str = "", region: str = "") -> Resource:
    """The resource that Security Hub or a person calls `uid`, in an account and region.

    `AWS::::Account:<id>` is the account itself.
    """
    if uid.startswith("AWS::::Account:") or uid == account:
        number = uid.rpartition(":")[2]
        return Resource(uid, (number,), _scope(number, region), whole_account=True)
    arn = parse(uid)
    if arn is None:
        return Resource(uid, (uid,), _scope(account, region))
    names = (arn.text, *NAMES.get(arn.kind, _any)(arn))
    where = "" if arn.service in GLOBAL else arn.region or region
    unique = tuple(dict.fromkeys(name for name in names if name))
    return Resource(uid, unique, _scope(arn.account or account, where))


def _any(arn: Arn) -> tuple[str, ...]:
    return (arn.path, arn.tail)


def _scope(account: str, region: str) -> Scope:
    return Scope((account,) if account else (), (region,) if region else ())


NOISE = frozenset(
    {
        *("Host", "host", "clientToken", "clientRequestToken", "dryRun", "maxResults", "nextToken"),
        *("filterSet", "requestId", "_return", "x-id", "acl", "policy", "publicAccessBlock"),
        *("encryption", "versioning", "logging", "lifecycle", "website", "cors", "tagging"),
        *("versionId", "uploadId", "prefixListIds", "bucketKeyEnabled"),
    }
)
"""Names without meaning of their own. S3 writes the sub-resource as a parameter `policy: [""]`."""

SECRET = ("password", "secret", "token", "privatekey", "authorization")
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter's value. `before` is empty when no earlier call tells it."""

    path: str
    after: str
    before: str = ""


def changes(event: Event, earlier: Iterable[Event]) -> tuple[Change, ...]:
    """The call's parameters; beside each, its value in the last earlier call that set it.

    `earlier` are calls that touched the same resource, in order of time.
    """
    last: dict[str, str] = {}
    for each in earlier:
        if each.time < event.time and not each.error and each.name == event.name:
            last = dict(flat(each.parameters))
    return tuple(
        Change(path, value, last.get(path, "") if last.get(path) != value else "")
        for path, value in flat(event.parameters)
    )


def flat(parameters: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each value with its path; noise left out, secrets hidden, long ones cut."""
    for path, value in _leaves(parameters, ()):
        if any(word in path.lower() for word in SECRET):
            yield path, "(hidden)"
        else:
            yield path, value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def _leaves(value: object, way: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            meaningless = name in NOISE and not isinstance(inner, Mapping)
            if not (meaningless and (way or inner in ("", [""], [], None, True, 0, 1000))):
                yield from _leaves(inner, way if name == "items" else (*way, str(name)))
    elif isinstance(value, list):
        if all(not isinstance(each, dict | list) for each in value):
            if value:
                yield ".".join(way), ", ".join(map(as_text, value))
            return
        for number, each in enumerate(value):
            inner_way = way if len(value) == 1 else (*way, str(number + 1))
            yield from _leaves(each, inner_way)
    elif value is not None:
        yield ".".join(way), value if isinstance(value, str) else compact(value)
