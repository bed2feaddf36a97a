"""What a person and a pipeline do with an organization, so that their calls can be made again."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.drill import Drill
from tests.sandbox.test_remediation import MEMBER, arn

EVERYWHERE = ("management", "security", "log-archive", "orders-dev")
TRUST = "orchestrator-events-drift"


def exercise(drill: Drill) -> None:
    """Look at everything in each way there is, then let an apply mend what was broken by hand."""
    workspace, first = drill.world.workspace, arn(drill.first)
    workspace.done("--sandbox", "--reader", "plan", "orders-dev")
    workspace.done("--sandbox", "drift", *EVERYWHERE)
    workspace.done("--sandbox", "investigate", drill.finding["Id"])
    workspace.done("--sandbox", "investigate", first, "--lake", "cloudtrail")
    workspace.done("--sandbox", "remediation", "list")
    workspace.done("--sandbox", "listen", "--for", "1")
    drill.set_aside()
    break_by_hand(drill)
    workspace.done("--sandbox", "apply", "orders-dev", "--yes")


def break_by_hand(drill: Drill) -> None:
    """Take away, in the account of a team, some of all that its apply role makes."""
    _logs(drill.aws("ec2", MEMBER), drill.aws("route53resolver", MEMBER))
    _forwarding(drill.aws("events", MEMBER))
    _roles(drill.aws("iam", MEMBER))
    config = drill.aws("config", MEMBER)
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    config.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
    (channel,) = config.describe_delivery_channels()["DeliveryChannels"]
    config.delete_delivery_channel(DeliveryChannelName=channel["name"])
    config.delete_configuration_recorder(ConfigurationRecorderName=recorder["name"])


def _logs(ec2: Any, resolver: Any) -> None:
    flow_logs = [each["FlowLogId"] for each in ec2.describe_flow_logs()["FlowLogs"]]
    ec2.delete_flow_logs(FlowLogIds=flow_logs)
    found = resolver.list_resolver_query_log_config_associations()
    for each in found["ResolverQueryLogConfigAssociations"]:
        resolver.disassociate_resolver_query_log_config(
            ResolverQueryLogConfigId=each["ResolverQueryLogConfigId"], ResourceId=each["ResourceId"]
        )


def _forwarding(events: Any) -> None:
    for rule in events.list_rules(NamePrefix="orchestrator-drift")["Rules"]:
        events.remove_targets(Rule=rule["Name"], Ids=["bus"])
        events.disable_rule(Name=rule["Name"])


def _roles(iam: Any) -> None:
    iam.delete_role_policy(RoleName=TRUST, PolicyName="forward")
    iam.update_role(RoleName=TRUST, Description="Changed by hand.")
    role = "orchestrator-remediation"
    (attached, *_) = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    policy = attached["PolicyArn"]
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    nothing = {"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}
    iam.create_policy_version(
        PolicyArn=policy,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [nothing]}),
        SetAsDefault=True,
    )
