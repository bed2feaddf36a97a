"""Buses, rules, queues, topics, alarms and the function: what carries findings and changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import (
    MISSING,
    Finder,
    Seen,
    Wanted,
    asked,
    first,
    listed,
    named,
    same,
    there,
)

NONE = "ResourceNotFoundException"
NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
NO_TOPIC = ("NotFound", "NotFoundException")


def bus(wanted: Wanted) -> str:
    return wanted["event_bus_name"] or "default"


def rule(wanted: Wanted) -> str:
    return f"{bus(wanted)}/{wanted['name']}"


def topic(wanted: Wanted) -> str:
    return f"arn:aws:sns:{wanted.region}:{wanted.account}:{wanted['name']}"


def statement(wanted: Wanted, answer: Any) -> str | None:
    policy = json.loads(answer["Policy"])
    sids = [each.get("Sid") for each in policy.get("Statement", [])]
    id_ = wanted["statement_id"]
    return f"{wanted['function_name']}/{id_}" if id_ in sids else None


def subscription(wanted: Wanted, items: Any) -> str | None:
    """An unconfirmed one has an ARN only later, and asking for it again does not make a second."""
    arn = first(items, "SubscriptionArn", Endpoint=wanted["endpoint"], Protocol=wanted["protocol"])
    return arn if arn and arn.startswith("arn:") else None


def policy_of_bus(wanted: Wanted, answer: Any) -> str | None:
    return bus(wanted) if answer.get("Policy") else None


FINDERS: Mapping[str, Finder] = {
    "aws_cloudwatch_event_bus": asked(
        *("events", "DescribeEventBus", named("Name"), same("name"), NONE)
    ),
    "aws_cloudwatch_event_bus_policy": asked(
        "events", "DescribeEventBus", lambda wanted: {"Name": bus(wanted)}, policy_of_bus, NONE
    ),
    "aws_cloudwatch_event_rule": asked(
        "events",
        "DescribeRule",
        lambda wanted: {"Name": wanted["name"], "EventBusName": bus(wanted)},
        lambda wanted, _answer: rule(wanted),
        NONE,
    ),
    "aws_cloudwatch_event_target": listed(
        "events",
        "ListTargetsByRule",
        "Targets",
        lambda wanted: {"Rule": wanted["rule"], "EventBusName": bus(wanted)},
        lambda wanted, items: (
            f"{bus(wanted)}/{wanted['rule']}/{wanted['target_id']}"
            if first(items, "Id", Id=wanted["target_id"])
            else None
        ),
        NONE,
    ),
    "aws_cloudwatch_metric_alarm": asked(
        "cloudwatch",
        "DescribeAlarms",
        lambda wanted: {"AlarmNames": [wanted["alarm_name"]]},
        lambda wanted, answer: first(
            answer.get("MetricAlarms", []), "AlarmName", AlarmName=wanted["alarm_name"]
        ),
    ),
    "aws_dynamodb_table": asked(
        "dynamodb", "DescribeTable", named("TableName"), same("name"), NONE
    ),
    "aws_lambda_event_source_mapping": listed(
        "lambda",
        "ListEventSourceMappings",
        "EventSourceMappings",
        lambda wanted: {
            "EventSourceArn": wanted["event_source_arn"],
            "FunctionName": wanted["function_name"],
        },
        lambda _wanted, items: first(items, "UUID"),
        NONE,
    ),
    "aws_lambda_function": asked(
        *("lambda", "GetFunction", named("FunctionName", "function_name"), same("function_name")),
        NONE,
    ),
    "aws_lambda_permission": asked(
        *("lambda", "GetPolicy", named("FunctionName", "function_name"), statement, NONE)
    ),
    "aws_sns_topic": asked(
        *("sns", "GetTopicAttributes", lambda wanted: {"TopicArn": topic(wanted)}),
        lambda wanted, _answer: topic(wanted),
        *NO_TOPIC,
    ),
    "aws_sns_topic_policy": asked(
        *("sns", "GetTopicAttributes", named("TopicArn", "arn"), same("arn"), *NO_TOPIC)
    ),
    "aws_sns_topic_subscription": listed(
        *("sns", "ListSubscriptionsByTopic", "Subscriptions", named("TopicArn", "topic_arn")),
        subscription,
        *NO_TOPIC,
    ),
    "aws_sqs_queue": asked(
        *("sqs", "GetQueueUrl", named("QueueName")),
        lambda _wanted, answer: str(answer["QueueUrl"]),
        *NO_QUEUE,
    ),
    "aws_sqs_queue_policy": asked(
        "sqs",
        "GetQueueAttributes",
        lambda wanted: {"QueueUrl": wanted["queue_url"], "AttributeNames": ["Policy"]},
        lambda wanted, answer: (
            str(wanted["queue_url"]) if answer.get("Attributes", {}).get("Policy") else None
        ),
        *NO_QUEUE,
    ),
    "aws_ssm_parameter": asked(
        *("ssm", "GetParameter", named("Name"), same("name"), "ParameterNotFound")
    ),
}


REGION = "us-east-2"


def slack(aws: Aws, wanted: Wanted) -> Seen:
    key = "SlackChannelConfigurations"
    found = aws.pages("chatbot", "DescribeSlackChannelConfigurations", key, REGION)
    name = wanted["configuration_name"]
    return there(first(found, "ChatConfigurationArn", ConfigurationName=name))


def teams(aws: Aws, wanted: Wanted) -> Seen:
    """It is imported by the id of Microsoft's team."""
    key = "TeamChannelConfigurations"
    found = aws.pages("chatbot", "ListMicrosoftTeamsChannelConfigurations", key, REGION)
    name = wanted["configuration_name"]
    return there(first(found, "TeamId", ConfigurationName=name)) if found else MISSING


CHAT_FINDERS: Mapping[str, Finder] = {
    "aws_chatbot_slack_channel_configuration": slack,
    "aws_chatbot_teams_channel_configuration": teams,
}
