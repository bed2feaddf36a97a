"""What GuardDuty has seen: the action of a finding, natively and as Security Hub passes it on.

Source: Amazon GuardDuty API, Action; AWS's own mapping (ocsf/examples, Detection Finding, 1.1.0).
"""

from __future__ import annotations

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import Ocsf, is_ip
from orchestrator.logs.json_path import Tree, at, branch, items, text

UNDECIDED: Ocsf = {"action": "Unknown", "action_id": 0}


def handled(service: Tree) -> Ocsf:
    """Whether it was let through: GuardDuty says so of connections and of queries for names."""
    for kind in ("networkConnectionAction", "dnsRequestAction", "portProbeAction"):
        said = text(branch(service, "action"), f"{kind}.blocked").lower()
        if said in ("true", "false"):
            control = aws.BLOCKED if said == "true" else aws.ALLOWED
            return aws.without(control, "status", "status_id")
    return UNDECIDED


def evidences(service: Tree, actor: Ocsf | None = None) -> list[Ocsf]:
    """One for each connection of a probe, one for any other action; `actor` is who did it."""
    action = branch(service, "action")
    found = [
        *_calls(action),
        *_connections(action),
        *_queries(action),
        *_sign_ins(action),
    ]
    process = _process(branch(service, "runtimeDetails.process"))
    extra = text(service, "additionalInfo.value")
    extra = "" if extra in ("{}", "-") else extra
    if not found and (process or extra or actor):
        found = [{}]
    who = {**(actor or {}), **aws.said(process=process)}
    target = _process(branch(service, "runtimeDetails.context.targetProcess"))
    same = aws.said(actor=who, data=extra, process=target)
    return [whole for each in found if (whole := {**same, **each})]


def _calls(action: Tree) -> list[Ocsf]:
    call, cluster = branch(action, "awsApiCallAction"), branch(action, "kubernetesApiCallAction")
    found = []
    if call:
        error, service = text(call, "errorCode"), text(call, "serviceName")
        api = aws.said(
            operation=text(call, "api"),
            service={"name": service} if service else None,
            response={"error": error} if error else None,
        )
        found.append(aws.said(api=api, src_endpoint=_remote(call)))
    if cluster:
        operation = text(cluster, "verb")
        api = {"operation": operation} if operation else {}
        found.append(aws.said(api=api, src_endpoint=_remote(cluster)))
    return found


def _connections(action: Tree) -> list[Ocsf]:
    connection = branch(action, "networkConnectionAction")
    found = [_connection(connection)] if connection else []
    probes = items(branch(action, "portProbeAction"), "portProbeDetails")
    found += [
        aws.said(src_endpoint=_remote(each), dst_endpoint=_local(each, "localIpDetails"))
        for each in probes
    ]
    return found


def _connection(connection: Tree) -> Ocsf:
    """The remote side has begun it, or the own one: by that, who is source."""
    remote = {**_remote(connection)}
    if (port := aws.port(text(connection, "remotePortDetails.port"))) is not None:
        remote["port"] = port
    local = _local(connection, "localIpDetails")
    inward = text(connection, "connectionDirection").upper() == "INBOUND"
    outward = text(connection, "connectionDirection").upper() == "OUTBOUND"
    protocol = text(connection, "protocol").lower()
    ends = (remote, local) if not outward else (local, remote)
    return aws.said(
        src_endpoint=_named(ends[0]),
        dst_endpoint=_named(ends[1]),
        connection_info={
            "direction_id": 1 if inward else 2 if outward else 0,
            **aws.said(protocol_name=protocol),
        },
    )


def _named(end: Ocsf) -> Ocsf:
    """OCSF wants a name or an address of an endpoint."""
    return end if "ip" in end or not end else {**end, "name": "unknown"}


def _local(tree: object, name: str) -> Ocsf:
    address = text(tree, f"{name}.ipAddressV4")
    port = aws.port(text(tree, "localPortDetails.port"))
    return _named(aws.said(ip=address if is_ip(address) else None, port=port))


def _queries(action: Tree) -> list[Ocsf]:
    query = branch(action, "dnsRequestAction")
    name = text(query, "domain") or text(query, "domainWithSuffix")
    if not name:
        return []
    protocol = text(query, "protocol").lower()
    info: Ocsf = {"direction_id": 2, "protocol_name": protocol}
    return [{"query": {"hostname": name}, **aws.said(connection_info=info if protocol else None)}]


def _sign_ins(action: Tree) -> list[Ocsf]:
    attempt = branch(action, "rdsLoginAttemptAction")
    if not attempt:
        return []
    users = [name for each in items(attempt, "loginAttributes") if (name := text(each, "user"))]
    source = aws.said(src_endpoint=_remote(attempt))
    return [{**source, "actor": {"user": {"name": name}}} for name in users] or [source]


def _remote(tree: object) -> Ocsf:
    """Where it came from, as GuardDuty locates it."""
    details = branch(tree, "remoteIpDetails")
    address = text(details, "ipAddressV4") or text(details, "ipAddressV6")
    longitude, latitude = (_number(at(details, f"geoLocation.{n}")) for n in ("lon", "lat"))
    location = aws.said(
        country=text(details, "country.countryName"),
        city=text(details, "city.cityName"),
        coordinates=None if longitude is None or latitude is None else [longitude, latitude],
    )
    if not is_ip(address):
        return {}
    return {"ip": address, **aws.said(location=location)}


def _number(value: object) -> float | None:
    try:
        return None if value in (None, "") else float(str(value))
    except ValueError:
        return None


def _process(said: Tree) -> Ocsf:
    uid, pid, path = text(said, "uuid"), text(said, "pid"), text(said, "executablePath")
    if not uid and not pid.isdigit():
        return {}
    file: Ocsf = {}
    if path:
        digest = text(said, "executableSha256")
        file = {"name": path.rpartition("/")[2] or path, "path": path, "type_id": 1}
        file |= aws.said(hashes=[{"algorithm_id": 3, "value": digest}] if digest else [])
    parent = text(said, "parentUuid")
    return aws.said(
        name=text(said, "name"),
        uid=uid,
        pid=aws.integer(pid),
        created_time_dt=aws.moved(at(said, "startTime")),
        user=aws.said(name=text(said, "user"), uid=text(said, "userId")),
        file=file,
        parent_process={"uid": parent} if parent else None,
    )
