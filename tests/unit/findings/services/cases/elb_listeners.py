from __future__ import annotations

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cases.elb import HERE, a_balancer
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case

GONE = f"{HERE}:listener/app/none/50dc6c495c0c9188/f2f7dc8efc522ab2"


def a_listener(policy: str, kind: str = "app") -> Builder:
    """With a load balancer and a certificate of its own."""

    def build(aws: Aws) -> str:
        protocol = {"app": "HTTPS", "net": "TLS"}[kind]
        certificate = aws("acm").request_certificate(DomainName="example.com")["CertificateArn"]
        vpc = aws("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        group = aws("elbv2").create_target_group(
            Name=f"{kind}-group", Protocol={"app": "HTTP", "net": "TCP"}[kind], Port=80, VpcId=vpc
        )["TargetGroups"][0]["TargetGroupArn"]
        made = aws("elbv2").create_listener(
            LoadBalancerArn=a_balancer(aws, kind=kind),
            Protocol=protocol,
            Port=443,
            SslPolicy=policy,
            Certificates=[{"CertificateArn": certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            Tags=TAG_LIST,
        )
        return str(made["Listeners"][0]["ListenerArn"])

    return build


OLD, NEW = "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-3-2021-06"
CASES = (
    Case("ELB.17", a_listener(OLD), a_listener(NEW, "net"), GONE),
    Case("ELB.17", a_listener(OLD, "net"), a_listener(NEW), GONE, name="of a network"),
)
