# ruff: noqa: E501  # a line of a log is as long as it is
"""Records of AWS's own logs, of our own values, in the shape of published samples; what they are.

Each format names the sample whose shape it has.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """A record, and what stands in its event; `head` are the first lines of its file."""

    format: str
    text: str
    class_uid: int
    expected: dict[str, object] = field(default_factory=dict)
    head: str = ""


FLOW_HEAD = (
    "account-id action az-id bytes dstaddr dstport end flow-direction instance-id interface-id log-status packets "
    "pkt-dst-aws-service pkt-dstaddr pkt-src-aws-service pkt-srcaddr protocol region reject-reason srcaddr srcport start "
    "sublocation-type subnet-id tcp-flags traffic-path type version vpc-id ecs-task-id encryption-status later-field\n"
)
TRANSIT_HEAD = (
    "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id "
    "tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id "
    "tgw-dst-az-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type flow-direction\n"
)

RECORDS: dict[str, Sample] = {
    # Amazon VPC user guide, "Flow log record examples"
    "flow accepted": Sample(
        "flow",
        "2 111122223333 eni-0a1 10.1.2.3 198.51.100.7 49152 443 6 20 4249 1772359200 1772359260 ACCEPT OK",
        4001,
        {
            "time_dt": "2026-03-01T10:00:00+00:00",
            "end_time_dt": "2026-03-01T10:01:00+00:00",
            "src_endpoint": {"ip": "10.1.2.3", "port": 49152},
            "dst_endpoint": {"ip": "198.51.100.7", "port": 443},
            "traffic": {"bytes": 4249, "packets": 20},
            "connection_info.protocol_name": "tcp",
            "type_name": "Network Activity: Traffic",
            "disposition": "Allowed",
            "status_id": 1,
            "cloud.account.uid": "111122223333",
            "unmapped.interface_id": "eni-0a1",
        },
    ),
    "flow over IPv6": Sample(
        "flow",
        "2 111122223333 eni-0a1 2001:db8::9 2001:db8:1::22 34892 22 6 54 8855 1772359200 1772359260 ACCEPT OK",
        4001,
        {"src_endpoint.ip": "2001:db8::9", "dst_endpoint.ip": "2001:db8:1::22"},
    ),
    "flow rejected": Sample(
        "flow",
        "111122223333 REJECT use1-az1 40 10.9.9.9 39938 1772359260 ingress i-0a1 eni-0a1 OK 1 - 10.1.2.3 AMAZON 198.51.100.7 "
        "6 us-east-1 BPA 198.51.100.7 56858 1772359200 - subnet-0a1 2 8 IPv4 8 vpc-0a1 task-1 0 later",
        4001,
        {
            "type_name": "Network Activity: Refuse",
            "action": "Denied",
            "disposition": "Blocked",
            "status_id": 2,
            "status_detail": "BPA",
            "src_endpoint": {"ip": "198.51.100.7", "port": 56858, "svc_name": "AMAZON"},
            "dst_endpoint": {
                "ip": "10.1.2.3",
                "intermediate_ips": ["10.9.9.9"],
                "port": 39938,
                "instance_uid": "i-0a1",
                "interface_uid": "eni-0a1",
                "subnet_uid": "subnet-0a1",
                "vpc_uid": "vpc-0a1",
            },
            "connection_info.direction": "Inbound",
            "connection_info.boundary": "Internet Gateway",
            "connection_info.protocol_ver_id": 4,
            "cloud.zone": "use1-az1",
            "unmapped": {"ecs_task_id": "task-1", "encryption_status": "0", "later_field": "later"},
        },
        FLOW_HEAD,
    ),
    # AWS Transit Gateway guide, "Transit Gateway Flow Log records"
    "flow of a transit gateway": Sample(
        "flow",
        "6 TransitGateway 111122223333 tgw-0a1 tgw-attach-0a1 111122223333 444455556666 vpc-0a1 vpc-0b2 subnet-0a1 "
        "subnet-0b2 eni-0a1 eni-0b2 use1-az1 use1-az2 10.1.2.3 10.2.2.3 443 50000 6 5 300 1772359200 1772359260 OK IPv4 egress",
        4001,
        {
            "metadata.product.name": "AWS Transit Gateway",
            "action_id": 0,
            "src_endpoint.interface_uid": "eni-0a1",
            "dst_endpoint": {
                "ip": "10.2.2.3",
                "port": 50000,
                "vpc_uid": "vpc-0b2",
                "subnet_uid": "subnet-0b2",
                "interface_uid": "eni-0b2",
                "zone": "use1-az2",
            },
            "unmapped.tgw_src_vpc_account_id": "111122223333",
        },
        TRANSIT_HEAD,
    ),
    "flow of Parquet": Sample(
        "flow",
        '{"version":2,"account_id":"111122223333","interface_id":"eni-0a1","srcaddr":"10.1.2.3","dstaddr":"198.51.100.7",'
        '"srcport":25238.0,"dstport":8080.0,"protocol":17,"packets":1,"bytes":76,"start":1772359200,"end":1772359260,'
        '"action":"ACCEPT","log_status":"OK","vpc_id":null}',
        4001,
        {"src_endpoint.port": 25238, "connection_info.protocol_name": "udp"},
    ),
}
