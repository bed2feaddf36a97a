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

FRONT_HEAD = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    "cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port "
    "time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n"
)

TEXT_RECORDS: dict[str, Sample] = {
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
    "flow beside which others were left out": Sample(
        "flow",
        "2 111122223333 eni-0a1 10.1.2.3 198.51.100.7 49152 443 6 20 4249 1772359200 1772359260 ACCEPT SKIPDATA",
        4001,
        {"status_code": "SKIPDATA", "status_id": 1},
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
    "flow outward, in the user guide's order without a header": Sample(
        "flow",
        "5 111122223333 eni-0a1 10.1.2.3 198.51.100.7 49152 443 6 20 4249 1772359200 1772359260 ACCEPT OK vpc-0a1 subnet-0a1 "
        "i-0a1 19 IPv4 10.7.7.7 198.51.100.7 us-east-1 use1-az1 - - - S3 egress 8",
        4001,
        {
            "src_endpoint.instance_uid": "i-0a1",
            "src_endpoint.intermediate_ips": ["10.1.2.3"],
            "dst_endpoint.svc_name": "S3",
            "connection_info.direction": "Outbound",
            "connection_info.tcp_flags": 19,
        },
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
    # Application Load Balancer user guide, "Access log entries"; vectordotdev/vrl, parse_aws_alb_log; elastic/integrations, aws, elb_logs
    "request to an application load balancer": Sample(
        "load-balancer",
        "https 2026-03-01T10:00:00.186641Z app/web/0a1 198.51.100.7:2817 10.1.2.3:8080 0.086 0.048 0.037 200 200 34 366 "
        '"POST https://www.example.com:443/pay?id=1 HTTP/1.1" "agent "one" two" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
        "arn:aws:elasticloadbalancing:us-east-2:111122223333:targetgroup/t/0a1 "
        '"Root=1-0a1" "www.example.com" "arn:aws:acm:us-east-2:111122223333:certificate/c" 1 2026-03-01T09:59:59.364000Z '
        '"waf,forward" "https://r.example.com/" "reason" "10.1.2.3:8080" "200" "Acceptable" "SpaceInUri" TID_1 "h.example.com" "/u" "ok" later',
        4002,
        {
            "time_dt": "2026-03-01T10:00:00.186641+00:00",
            "src_endpoint": {"ip": "198.51.100.7", "port": 2817},
            "dst_endpoint": {"ip": "10.1.2.3", "port": 8080, "svc_name": "app/web/0a1"},
            "http_request.user_agent": 'agent "one" two',
            "http_request.http_method": "POST",
            "http_request.url.path": "/pay",
            "http_request.url.query_string": "id=1",
            "http_response.code": 200,
            "traffic": {"bytes_in": 34, "bytes_out": 366},
            "tls": {
                "version": "TLSv1.2",
                "cipher": "ECDHE-RSA-AES128-GCM-SHA256",
                "sni": "www.example.com",
            },
            "cloud": {"provider": "AWS", "account": {"uid": "111122223333"}, "region": "us-east-2"},
            "unmapped.later": "later",
            "disposition": "Allowed",
            "status_id": 1,
        },
    ),
    "request that a load balancer's firewall blocked": Sample(
        "load-balancer",
        'h2 2026-03-01T10:00:00.186641Z app/web/0a1 2001:db8::7:2817 - -1 -1 -1 403 - 34 366 "GET https://www.example.com:443/ HTTP/2.0" '
        '"curl \\x22x\\x22" - - - "Root=1-0a1" "-" "-" 0 2026-03-01T09:59:59.364000Z "waf" "-" "-" "-" "-" "-" "-" TID_1',
        4002,
        {
            "src_endpoint": {"ip": "2001:db8::7", "port": 2817},
            "dst_endpoint": {"svc_name": "app/web/0a1"},
            "http_request.user_agent": 'curl "x"',
            "action": "Denied",
            "disposition": "Blocked",
            "status_id": 2,
        },
    ),
    "request that is none": Sample(
        "load-balancer",
        'http 2026-03-01T10:00:00.216357Z app/web/0a1 198.51.100.7:15070 - -1 -1 -1 400 - 0 272 "- http://web-1.us-east-1.elb.amazonaws.com:80- -" '
        '"-" - - - "-" "-" "-" - 2026-03-01T10:00:00.000000Z "-" "-" "-" "-" "-" "-" "-" TID_1',
        4002,
        {
            "type_name": "HTTP Activity: Other",
            "status_id": 2,
            "http_request.url.port": 80,
            "disposition": "Allowed",
        },
    ),
    # Network Load Balancer user guide, "Access log entries"
    "connection to a network load balancer": Sample(
        "load-balancer",
        "tls 2.0 2026-03-01T10:00:40 net/lb/0a1 l0a1 198.51.100.7:51341 10.1.2.3:443 5 2 98 246 - "
        'arn:aws:acm:us-east-2:111122223333:certificate/c 0f ECDHE-RSA-AES128-SHA tlsv12 x25519 lb.example.com h2 h2 "h2","http/1.1" 2026-03-01T10:00:30',
        4001,
        {
            "time_dt": "2026-03-01T10:00:30+00:00",
            "end_time_dt": "2026-03-01T10:00:40+00:00",
            "type_name": "Network Activity: Traffic",
            "duration": 5,
            "tls.handshake_dur": 2,
            "status_id": 1,
            "unmapped.alpn_client_preference_list": '"h2","http/1.1"',
        },
    ),
    "connection of which TLS failed": Sample(
        "load-balancer",
        "tls 2.0 2026-03-01T10:00:40 net/lb/0a1 l0a1 198.51.100.7:51341 - 0 - 0 0 48 - - - - - lb.example.com - - - 2026-03-01T10:00:30",
        4001,
        {
            "type_name": "Network Activity: Fail",
            "status_id": 2,
            "status_detail": "TLS alert 48 of the client",
            "unmapped.domain_name": "lb.example.com",
        },
    ),
    # elastic/integrations, aws, elb_logs; Application Load Balancer user guide, "Connection log entries"
    "connection that a client's certificate opened": Sample(
        "load-balancer",
        '2026-03-01T10:00:00.514108Z 198.51.100.7 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 "CN=a.example.com,O=O one" '
        "NotBefore=2025-09-21T22:43:21Z;NotAfter=2027-06-17T22:43:21Z FEF2 Success TID_1 secp256r1",
        4001,
        {
            "status_id": 1,
            "tls.handshake_dur": 4036,
            "unmapped.leaf_client_cert_subject": "CN=a.example.com,O=O one",
        },
    ),
    "connection that was refused for its certificate": Sample(
        "load-balancer",
        '2026-03-01T10:00:00.514108Z 198.51.100.7 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 - "CN=a.example.com" '
        "NotBefore=2025-09-21T22:43:21Z;NotAfter=2027-06-17T22:43:21Z FEF2 Failed:ClientCertUntrusted TID_1",
        4001,
        {
            "disposition": "Blocked",
            "status_id": 2,
            "status_code": "Failed:ClientCertUntrusted",
            "dst_endpoint.port": 443,
        },
    ),
    # Classic Load Balancer user guide, "Access log entries"; logstash-patterns-core, aws_spec
    "request to a classic load balancer": Sample(
        "load-balancer",
        "2026-03-01T10:00:00.945958Z lb 198.51.100.7:2817 10.1.2.3:80 0.000086 0.001048 0.001337 502 500 11 57 "
        '"GET https://www.example.com:443/ HTTP/1.1" "curl/7.38.0" DHE-RSA-AES128-SHA TLSv1.2',
        4002,
        {
            "http_response.code": 502,
            "status_id": 2,
            "disposition": "Allowed",
            "tls.cipher": "DHE-RSA-AES128-SHA",
            "unmapped.backend_status_code": "500",
        },
    ),
    "connection to a classic load balancer": Sample(
        "load-balancer",
        '2026-03-01T10:00:00.945958Z lb 198.51.100.7:2817 10.1.2.3:80 0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" - -',
        4001,
        {"type_name": "Network Activity: Traffic", "traffic": {"bytes_in": 82, "bytes_out": 305}},
    ),
    # Amazon S3 user guide, "Amazon S3 server access log format"; panther, s3_server_access_test
    "object of S3 that was read": Sample(
        "s3",
        "0a1b2c3d bucket-1 [01/Mar/2026:10:00:00 +0000] 198.51.100.7 arn:aws:sts::111122223333:assumed-role/Reader/alice "
        '3E57 REST.GET.OBJECT dir/a%20b.txt "GET /dir/a%20b.txt?versionId=v1 HTTP/1.1" 200 - 113 4406583 7 5 "https://example.com/" '
        '"agent "one" two" v1 aG9zdA== SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader bucket-1.s3.us-west-1.amazonaws.com TLSv1.2 '
        "arn:aws:s3:us-west-1:111122223333:accesspoint/ap Yes us-east-1 later",
        6003,
        {
            "type_name": "API Activity: Read",
            "api.operation": "REST.GET.OBJECT",
            "api.response": {"code": 200},
            "actor.user.name": "alice",
            "actor.user.account.uid": "111122223333",
            "http_request.user_agent": 'agent "one" two',
            "cloud.region": "us-west-1",
            "duration": 7,
            "unmapped.bytes_sent": 113,
            "unmapped.later": "later",
            "status_id": 1,
        },
    ),
    "object of S3 that was denied": Sample(
        "s3",
        "0a1b2c3d bucket-1 [01/Mar/2026:10:00:00 +0000] 2001:db8::7 - 3E57 REST.PUT.OBJECT a.txt "
        '"PUT /a.txt HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "-" - aG9zdA== - ECDHE - bucket-1.s3.amazonaws.com TLSv1.2 - -',
        6003,
        {
            "actor.user.name": "anonymous",
            "src_endpoint.ip": "2001:db8::7",
            "api.response": {"code": 403, "error": "AccessDenied"},
            "status": "Failure",
            "status_id": 2,
        },
    ),
    # elastic/integrations, aws, s3access
    "object of S3 that was deleted with others": Sample(
        "s3",
        "0a1b2c3d bucket-1 [01/Mar/2026:10:00:00 +0000] 198.51.100.7 arn:aws:iam::111122223333:user/alice 3E57 BATCH.DELETE.OBJECT a.txt "
        "- 204 - - 344017 - - - - - aG9zdA== SigV4 ECDHE AuthHeader s3.eu-central-1.amazonaws.com TLSv1.2",
        6003,
        {
            "type_name": "API Activity: Delete",
            "actor.user.name": "alice",
            "cloud.region": "eu-central-1",
            "http_request": None,
        },
    ),
    "object of S3 that has expired": Sample(
        "s3",
        '0a1b2c3d bucket-1 [01/Mar/2026:10:00:00 +0000] - AmazonS3 128E S3.EXPIRE.OBJECT a.txt "-" - - - 3922 - - "-" "-" v1 aG9zdA== - - - - -',
        6003,
        {
            "type_name": "API Activity: Delete",
            "actor.invoked_by": "AmazonS3",
            "src_endpoint": {"svc_name": "s3.amazonaws.com"},
        },
    ),
    # CloudFront developer guide, "Standard log file fields"; lambda-promtail, cloudfront.log; elastic/integrations, aws, cloudfront_logs
    "request to CloudFront": Sample(
        "cloudfront",
        "2026-03-01\t10:00:00\tLAX1\t392\t2001:0DB8:0:0::7\tGET\td1.cloudfront.net\t/index.html\t200\thttps://example.com/\t"
        "Mozilla/5.0%20(X11)\tq=1\tc=1\tHit\tSOX4==\twww.example.com\thttps\t23\t0.182\t192.0.2.1,\\x20192.0.2.2\tTLSv1.2\t"
        "ECDHE\tHit\tHTTP/2.0\tProcessed\t1\t11040\t0.001\tHit\ttext/html;%20charset=utf-8\t78\t0\t77",
        4002,
        {
            "src_endpoint": {"ip": "2001:db8::7", "port": 11040},
            "http_request.user_agent": "Mozilla/5.0 (X11)",
            "http_request.x_forwarded_for": ["192.0.2.1", "192.0.2.2"],
            "http_request.url.hostname": "www.example.com",
            "http_response": {
                "code": 200,
                "length": 78,
                "content_type": "text/html; charset=utf-8",
            },
            "traffic": {"bytes_in": 23, "bytes_out": 392},
            "duration": 182,
            "status_id": 1,
        },
        FRONT_HEAD,
    ),
    "request that CloudFront blocked, without a header": Sample(
        "cloudfront",
        "2026-03-01\t10:00:00\tLAX1\t392\t198.51.100.7\tGET\td1.cloudfront.net\t/\t403\t-\tcurl/8%2520x\t-\t-\tError\tSOX4==\t"
        "www.example.com\thttps\t23\t0.001\t-\tTLSv1.2\tECDHE\tError\tHTTP/2.0\t-\t-\t11040\t0.001\tClientGeoBlocked\ttext/html\t78\t-\t-",
        4002,
        {
            "disposition": "Blocked",
            "status_id": 2,
            "status_detail": "ClientGeoBlocked",
            "http_request.user_agent": "curl/8 x",
        },
    ),
    "request to CloudFront as JSON": Sample(
        "cloudfront",
        '{"date":"2026-03-01","time":"10:00:00","x-edge-location":"LAX1","sc-bytes":"484","c-ip":"198.51.100.7","cs-method":"PATCH",'
        '"cs(Host)":"d1.cloudfront.net","cs-uri-stem":"/","sc-status":"000","cs-protocol":"https","x-edge-result-type":"Error","asn":"64500"}',
        4002,
        {
            "http_response.code": 0,
            "status_id": 2,
            "unmapped.cs-method": "PATCH",
            "unmapped.asn": "64500",
        },
    ),
}
