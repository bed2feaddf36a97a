"""EC2's settings of an account and region, kept beside moto's EC2.

moto's EC2 makes a VPC, subnets and images for each account and region that is asked anything:
10 MB. The settings here cost about 1 kB, so 500 accounts in two regions need 1 MB, not 10 GB.
"""

from __future__ import annotations

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.flow_logs import FlowLogs

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.ec2 import models
from orchestrator.sandbox.services.ec2.models import EC2Backend


def install() -> None:
    extend.substitute(ec2_backends, EC2Backend)
    extend.amend(FlowLogs, "create_flow_logs", models.created)
    extend.amend(FlowLogs, "describe_flow_logs", models.described)
    extend.amend(InstanceBackend, "modify_instance_metadata_options", models.metadata_modified)
    extend.amend(VPCBackend, "delete_vpc_endpoints", models.endpoints_deleted)
