"""Requests held against AWS's own service models."""

from __future__ import annotations

import pytest

from orchestrator.sandbox.exchange import Call, Exchange
from orchestrator.sandbox.operations import resolve
from orchestrator.sandbox.refusals.layer import refusal
from orchestrator.sandbox.refusals.shapes import Violation, check_of, translate


def violations(service: str, operation: str, **params: object) -> list[Violation]:
    check = check_of(service, operation)
    return list(check(params, "")) if check else []


def test_a_member_that_is_required_must_be_there() -> None:
    found = violations("iam", "CreateRole", RoleName="r")

    assert [(one.kind, one.path) for one in found] == [("required", "assumeRolePolicyDocument")]


@pytest.mark.parametrize(
    ("params", "kinds"),
    [
        ({"RoleName": "r" * 65}, ["length"]),
        ({"RoleName": "a role"}, ["pattern"]),
        ({"RoleName": "r", "MaxSessionDuration": 3599}, ["value"]),
        ({"RoleName": "r", "MaxSessionDuration": 43201}, ["value"]),
        ({"RoleName": "r", "MaxSessionDuration": 43200}, []),
        ({"RoleName": "r", "Tags": [{"Key": "k", "Value": "v"}] * 51}, ["length"]),
        ({"RoleName": "r", "Tags": [{"Key": "", "Value": "v"}]}, ["length", "pattern"]),
    ],
)
def test_lengths_ranges_and_patterns_are_the_models(
    params: dict[str, object], kinds: list[str]
) -> None:
    found = violations("iam", "CreateRole", AssumeRolePolicyDocument="{}", **params)

    assert [one.kind for one in found] == kinds


def test_a_value_outside_an_enumeration_is_named_with_the_values_it_could_have() -> None:
    (found,) = violations(
        "guardduty", "CreateDetector", Enable=True, FindingPublishingFrequency="X"
    )

    assert found.kind == "enum"
    assert "SIX_HOURS" in found.rule


def test_a_domain_may_have_instances_that_are_newer_than_the_model() -> None:
    """Source: AWS's price list of Amazon OpenSearch Service, which has the seventh generation."""
    asked = {"InstanceType": "r7g.large.search", "DedicatedMasterType": "m7g.large.search"}

    assert violations("opensearch", "CreateDomain", DomainName="logs", ClusterConfig=asked) == []


def test_every_wrong_member_is_in_the_message() -> None:
    found = violations("iam", "CreateRole", RoleName="a role", Path="p")

    text = refusal(Call("iam", protocol="query"), found).message

    assert text.startswith("3 validation errors detected: Value ")
    assert "at 'roleName' failed to satisfy constraint: Member must satisfy regular" in text
    assert "Value null at 'assumeRolePolicyDocument'" in text


@pytest.mark.parametrize(
    ("service", "protocol", "code"),
    [
        ("iam", "query", "ValidationError"),
        ("kms", "json", "ValidationException"),
        ("logs", "json", "InvalidParameterException"),
        ("organizations", "json", "InvalidInputException"),
        ("ec2", "ec2", "MissingParameter"),
        ("guardduty", "rest-json", "BadRequestException"),
    ],
)
def test_each_service_has_its_code(service: str, protocol: str, code: str) -> None:
    missing = Violation("required", "name", None, "Member must not be null")

    assert refusal(Call(service, protocol=protocol), [missing]).code == code


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 1", "a;b"),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "naïve 😀", "a\x01"),
        (r"[\w-.]+", "a-b.c", "a b"),
        (r"[\p{Print}&&[^|:/]]+", "plain", "a|b"),
        (r"\w+", "abc", "é"),
        (r"[a-z]+", "abc", "abc1"),
    ],
)
def test_javas_patterns_match_as_java_has_them(pattern: str, good: str, bad: str) -> None:
    matches = translate(pattern)

    assert matches is not None
    assert matches(good)
    assert not matches(bad)


def test_a_pattern_nobody_can_read_is_left_out() -> None:
    assert translate(r"[\p{all}]*") is None


def test_a_classic_load_balancer_is_held_against_its_own_model() -> None:
    body = b"Action=CreateLoadBalancer&Version=2012-06-01&LoadBalancerName=classic"
    scope = "Credential=AKIA/20260101/eu-west-1/elasticloadbalancing/aws4_request"
    environ: dict[str, object] = {
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {scope}, Signature=x",
    }

    assert resolve(Exchange(environ, body)).service == "elb"
