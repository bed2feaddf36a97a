"""What logs call a resource; AWS's answers and requests are held to botocore's models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from orchestrator.findings.evidence.question import QUESTIONS, Kind, Subject, question_of
from orchestrator.findings.evidence.subject import FIND, READS, Unresolved, subject
from orchestrator.findings.remediation import Place
from tests.planted import NOW, millis

ROOT = Path(__file__).parents[4]
PLACE = Place("111122223333", "eu-west-1")
GROUP = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a"
SESSION = botocore.session.Session()
INTERFACES = {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-0a"}]}


def rule(first: int, last: int, **more: Any) -> dict[str, Any]:
    known = {"IsEgress": False, "IpProtocol": "tcp", "CidrIpv4": "0.0.0.0/0"}
    return {**known, "FromPort": first, "ToPort": last, **more}


def rules(*found: dict[str, Any]) -> dict[str, Any]:
    return {"DescribeSecurityGroupRules": {"SecurityGroupRules": list(found)}}


def found(control: str, arn: str, answers: Mapping[str, Any]) -> Subject:
    """With answers by operation; requests and answers that botocore does not know are refused."""

    def call(service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        model = SESSION.get_service_model(service).operation_model(operation)
        answer: Mapping[str, Any] = answers[operation]
        for value, shape in ((parameters, model.input_shape), (answer, model.output_shape)):
            assert shape
            report = ParamValidator().validate(value, shape)
            wrong = report.generate_report()
            assert not report.has_errors() or "Missing required" in wrong, wrong
        return answer

    question = question_of(control)
    assert question
    return subject(question, PLACE, control, arn, 30, NOW, frozenset(), call)


def test_a_security_group_is_its_interfaces_and_what_it_has_open_of_the_controls_ports() -> None:
    answers = {
        **rules(
            rule(0, 1024), rule(3389, 3389, CidrIpv4="10.0.0.0/8"), rule(22, 22, IsEgress=True)
        ),
        "DescribeNetworkInterfaces": INTERFACES,
    }

    assert found("EC2.13", GROUP, answers).interfaces == ("eni-0a",)
    assert found("EC2.13", GROUP, answers).ports == ((22, 22),)
    assert found("EC2.18", GROUP, answers).ports == ((0, 1024),)
    with pytest.raises(Unresolved, match="no rule of it is open"):
        found("EC2.14", GROUP, answers)


@pytest.mark.parametrize(
    "wide",
    [rule(-1, -1, IpProtocol="-1"), rule(0, 65535, CidrIpv4=None, CidrIpv6="::/0")],
)
def test_a_rule_for_everything_opens_every_port(wide: dict[str, Any]) -> None:
    given = {key: value for key, value in wide.items() if value is not None}
    answers = {**rules(given), "DescribeNetworkInterfaces": INTERFACES}

    assert found("EC2.18", GROUP, answers).ports == ()
    assert found("EC2.13", GROUP, answers).ports == ((22, 22),)


def test_the_default_group_is_asked_about_all_that_came_in() -> None:
    assert found("EC2.2", GROUP, {"DescribeNetworkInterfaces": INTERFACES}).ports == ()


def test_a_database_says_when_others_share_its_interfaces() -> None:
    arn = "arn:aws:rds:eu-west-1:111122223333:db:orders"
    database = {
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
        "Endpoint": {"Port": 5432},
    }
    two = {"NetworkInterfaces": [{"NetworkInterfaceId": f"eni-{each}"} for each in "ab"]}
    answers = {"DescribeDBInstances": {"DBInstances": [database]}}

    alone = found("RDS.2", arn, {**answers, "DescribeNetworkInterfaces": INTERFACES})
    shared = found("RDS.2", arn, {**answers, "DescribeNetworkInterfaces": two})

    assert (alone.ports, alone.shared) == (((5432, 5432),), "")
    assert "share its security groups" in shared.shared
    with pytest.raises(Unresolved):
        found("RDS.2", arn, {**answers, "DescribeNetworkInterfaces": {"NetworkInterfaces": []}})


def test_others_are_found_by_what_aws_says_of_them() -> None:
    acl = {"NetworkAcls": [{"Associations": [{"SubnetId": "subnet-1"}]}]}
    cluster = {"VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}], "Endpoint": {"Port": 5439}}
    instance = {
        "ReplicationInstancePrivateIpAddresses": ["10.0.0.4"],
        "ReplicationSubnetGroup": {"VpcId": "vpc-1"},
    }
    distribution = {"Distribution": {"DomainName": "d111.cloudfront.net"}}
    answers = {
        "DescribeNetworkInterfaces": INTERFACES,
        "DescribeNetworkAcls": acl,
        "DescribeClusters": {"Clusters": [cluster]},
        "DescribeReplicationInstances": {"ReplicationInstances": [instance]},
        "GetDistribution": distribution,
    }

    assert found("EC2.21", "arn:aws:ec2:a:1:network-acl/acl-1", answers).interfaces == ("eni-0a",)
    assert found("Redshift.1", "arn:aws:redshift:a:1:cluster:c", answers).ports == ((5439, 5439),)
    assert found("DMS.1", "arn:aws:dms:a:1:rep:c", answers).interfaces == ("eni-0a",)
    assert found("CloudFront.3", "arn:aws:cloudfront::1:distribution/E1", answers).name == (
        "d111.cloudfront.net"
    )
    group = "arn:aws:redshift-serverless:a:1:workgroup/11"
    endpoint = {
        "port": 5439,
        "vpcEndpoints": [{"networkInterfaces": [{"networkInterfaceId": "e"}]}],
    }
    groups = {"ListWorkgroups": {"workgroups": [{"workgroupArn": group, "endpoint": endpoint}]}}
    nodes = {"ListNodes": {"NodeInfoList": [{"BrokerNodeInfo": {"AttachedENIId": "eni-0b"}}, {}]}}
    assert found("RedshiftServerless.3", group, groups).interfaces == ("e",)
    assert found("RedshiftServerless.3", group, groups).ports == ((5439, 5439),)
    brokers = found("MSK.4", "arn:aws:kafka:a:1:cluster/c/11", nodes)
    assert (brokers.interfaces, brokers.ports[0]) == (("eni-0b",), (9194, 9194))
    balancer = "arn:aws:elasticloadbalancing:a:1:loadbalancer/app/web/50dc"
    assert found("ELB.1", balancer, {}).name == "app/web/50dc"


def test_a_user_brings_what_iam_has_seen_of_its_keys_and_password() -> None:
    keys = {"ListAccessKeys": {"AccessKeyMetadata": [{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}]}}
    last = {"ServiceName": "s3", "Region": "eu-west-1"}
    answers: dict[str, Any] = {
        **keys,
        "GetAccessKeyLastUsed": {"AccessKeyLastUsed": {**last, "LastUsedDate": NOW}},
        "GetUser": {"User": {"UserName": "old"}},
    }
    never = {**answers, "GetAccessKeyLastUsed": {"AccessKeyLastUsed": last}}
    arn = "arn:aws:iam::1:user/team/old"

    assert found("IAM.8", arn, answers).last_used == millis(NOW)
    assert (found("IAM.8", arn, never).last_used, found("IAM.8", arn, never).name) == (0, "old")


def test_every_kind_can_be_found_and_needs_no_more_than_it_says() -> None:
    assert set(READS) == set(FIND)
    assert {question.kind for question in QUESTIONS.values()} == set(Kind)
    actions = [action for reads in READS.values() for each in reads for action in each.actions]
    assert all(
        action.partition(":")[2].startswith(("Describe", "Get", "List")) for action in actions
    )


def test_the_role_that_investigates_may_find_every_kind() -> None:
    text = (ROOT / "modules" / "orchestrator_roles" / "readers.tf").read_text("utf-8")
    statement = text.partition("FindsWhatLogsName")[2].partition("Resource")[0]

    given = set(re.findall(r'"([a-z0-9-]+:[A-Za-z]+)"', statement))

    assert given == {a for reads in READS.values() for each in reads for a in each.actions}
