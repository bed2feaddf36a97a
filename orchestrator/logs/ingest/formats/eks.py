"""Audit logs of EKS's control plane: who has called the API of a Kubernetes cluster.

Source: Kubernetes, "Auditing" (audit.k8s.io/v1); AWS's own mapping (ocsf/examples, EKS Audit Logs,
1.1.0).
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed, is_ip
from orchestrator.logs.json_path import at, branch, items, text
from orchestrator.logs.ocsf.classes import API

ORIGIN = aws.Origin("Amazon EKS", "Elastic Kubernetes Service")

FIELDS: Mapping[str, str] = {
    "level": "metadata.log_level",
    "apiVersion": "metadata.product.version",
    "auditID": "api.request.uid",
    "stage": "message",
    "requestURI": "http_request.url.path",
    "verb": "api.operation, activity_id",
    "user.username": "actor.user.name",
    "user.uid": "actor.user.uid",
    "user.groups": "actor.user.groups[].name",
    "user.extra.accessKeyId": "actor.session.credential_uid",
    "user.extra.canonicalArn": "actor.session.issuer",
    "user.extra.sessionName": "actor.session.uid",
    "user.extra.arn": "cloud.account.uid",
    "sourceIPs": "src_endpoint.ip, src_endpoint.intermediate_ips",
    "userAgent": "http_request.user_agent",
    "objectRef.resource": "resources[].type",
    "objectRef.namespace": "resources[].namespace",
    "objectRef.name": "resources[].name",
    "objectRef.uid": "resources[].uid",
    "objectRef.resourceVersion": "resources[].version",
    "objectRef.apiVersion": "api.version",
    "objectRef.apiGroup": "api.group.name",
    "responseStatus.code": "api.response.code, status_id",
    "responseStatus.message": "api.response.message",
    "responseStatus.reason": "api.response.error",
    "responseStatus.status": "api.response.error_message",
    "requestReceivedTimestamp": "start_time_dt",
    "stageTimestamp": "time",
}
"""Field → attribute. Any other field, objects that are sent and come back with it, is in
`unmapped`."""

USED = (
    *("kind", "level", "apiVersion", "auditID", "stage", "requestURI", "verb", "sourceIPs"),
    *("userAgent", "objectRef", "requestReceivedTimestamp", "stageTimestamp", "user"),
)
VERBS = {
    "create": 1,
    "get": 2,
    "list": 2,
    "watch": 2,
    "update": 3,
    "patch": 3,
    "delete": 4,
    "deletecollection": 4,
}
OBSERVED = aws.observables(
    {
        "src_endpoint.ip": 2,
        "actor.user.name": 4,
        "http_request.url.path": 6,
        "actor.session.issuer": 10,
        "resources[].uid": 10,
    }
)


def looks(text: str) -> bool:
    return text[:1] == "{" and '"auditID"' in text and '"audit.k8s.io/' in text


def parse(source: str, context: Context) -> Ocsf:
    record = aws.json_object(source)
    verb, uid = text(record, "verb"), text(record, "auditID")
    when = text(record, "stageTimestamp") or text(record, "requestReceivedTimestamp")
    if not verb or not uid:
        raise Unparsed("an audit record of Kubernetes without a verb or an id")
    event = aws.frame(
        API, VERBS.get(verb, 99), aws.utc(when), ORIGIN, context, text(record, "apiVersion")
    )
    if level := text(record, "level"):
        metadata = event["metadata"]
        assert isinstance(metadata, dict)  # noqa: S101
        metadata["log_level"] = level
    code = at(record, "responseStatus.code")
    code = code if isinstance(code, int) and not isinstance(code, bool) else None
    failed = (code or 0) >= 400
    event |= {"status": "Failure" if failed else "Success", "status_id": 2 if failed else 1}
    aws.located_by(event, _first(record, "user.extra.arn"))
    path = text(record, "requestURI")
    event |= {
        "actor": _actor(record),
        "api": _api(record, verb, uid, code),
        "src_endpoint": _source(record),
        **aws.said(
            message=text(record, "stage"),
            start_time_dt=aws.moved(at(record, "requestReceivedTimestamp")),
            resources=_resources(record, path),
        ),
    }
    request = aws.said(user_agent=text(record, "userAgent"))
    if path:
        request["url"] = {"path": path, "url_string": path}
    event |= aws.said(http_request=request)
    kept = aws.without(record, *USED)
    used = ("username", "uid", "groups")
    if more := aws.without(branch(record, "user"), *used):
        kept["user"] = more
    rest = aws.without(branch(record, "responseStatus"), "code", "message", "reason", "status")
    kept = {**aws.without(kept, "responseStatus"), **aws.said(responseStatus=rest)}
    aws.unmapped(event, kept)
    aws.observe(event, OBSERVED)
    return event


def _first(record: Mapping[str, object], path: str) -> str:
    return next((each for each in items(record, path) if isinstance(each, str)), "")


def _actor(record: Mapping[str, object]) -> Ocsf:
    user = {
        "name": text(record, "user.username") or "unknown",
        "type_id": 0,
        **aws.said(
            uid=text(record, "user.uid"),
            groups=[{"name": str(each)} for each in items(record, "user.groups")],
        ),
    }
    session = aws.said(
        credential_uid=_first(record, "user.extra.accessKeyId"),
        issuer=_first(record, "user.extra.canonicalArn"),
        uid=_first(record, "user.extra.sessionName"),
    )
    return {"user": user, **aws.said(session=session)}


def _api(record: Mapping[str, object], verb: str, uid: str, code: int | None) -> Ocsf:
    group = text(record, "objectRef.apiGroup")
    response = aws.said(
        code=code,
        message=text(record, "responseStatus.message"),
        error=text(record, "responseStatus.reason"),
        error_message=text(record, "responseStatus.status"),
    )
    return {
        "operation": verb,
        "request": {"uid": uid},
        "service": {"name": "eks.amazonaws.com"},
        **aws.said(
            version=text(record, "objectRef.apiVersion"),
            group={"name": group} if group else None,
            response=response,
        ),
    }


def _source(record: Mapping[str, object]) -> Ocsf:
    """The caller, and the proxies it came by."""
    found = [each for each in items(record, "sourceIPs") if isinstance(each, str) and each]
    if not found:
        return {"svc_name": "eks.amazonaws.com"}
    return {
        **aws.place(found[0]),
        **aws.said(intermediate_ips=[each for each in found[1:] if is_ip(each)]),
    }


def _resources(record: Mapping[str, object], path: str) -> list[Ocsf]:
    """The object that is addressed; of many, its path says which."""
    thing = branch(record, "objectRef")
    if not thing:
        return []
    kind = "/".join(part for part in (text(thing, "resource"), text(thing, "subresource")) if part)
    named = aws.said(name=text(thing, "name"), uid=text(thing, "uid"))
    return [
        {
            **(named or {"uid": path or kind}),
            **aws.said(
                type=kind,
                namespace=text(thing, "namespace"),
                version=text(thing, "resourceVersion"),
            ),
        }
    ]
