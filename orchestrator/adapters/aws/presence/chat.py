"""Channels of teams. Chatbot's settings are the same wherever they are asked for, and it answers in
few regions. Source: AWS General Reference, "AWS Chatbot endpoints and quotas".
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.adapters.aws.presence.wanted import MISSING, Finder, Seen, Wanted, first, there
from orchestrator.adapters.aws.questions.asking import Aws

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


FINDERS: Mapping[str, Finder] = {
    "aws_chatbot_slack_channel_configuration": slack,
    "aws_chatbot_teams_channel_configuration": teams,
}
