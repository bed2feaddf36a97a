"""Databases, streams and domains are as before, and busy, until a change of them is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.services.conftest import Cloud, error_of

Do = Callable[[Any], Any]


def rds(client: Any) -> tuple[str, object]:
    (found,) = client.describe_db_instances()["DBInstances"]
    return found["DBInstanceStatus"], found["DeletionProtection"]


def redshift(client: Any) -> tuple[str, object]:
    (found,) = client.describe_clusters()["Clusters"]
    return found["ClusterStatus"], found["PubliclyAccessible"]


def kinesis(client: Any) -> tuple[str, object]:
    found = client.describe_stream_summary(StreamName="a")["StreamDescriptionSummary"]
    return found["StreamStatus"], found["RetentionPeriodHours"]


def opensearch(client: Any) -> tuple[object, object]:
    found = client.describe_domain(DomainName="things")["DomainStatus"]
    return found["Processing"], found["DomainEndpointOptions"].get("EnforceHTTPS")


CASES = [
    pytest.param(
        "rds",
        lambda c: c.create_db_instance(
            DBInstanceIdentifier="a",
            DBInstanceClass="db.t3.micro",
            Engine="mysql",
            MasterUsername="admin",
            MasterUserPassword="not-a-secret-1",
            AllocatedStorage=20,
        ),
        lambda c: c.modify_db_instance(DBInstanceIdentifier="a", DeletionProtection=True),
        rds,
        [("creating", False), ("available", False), ("modifying", False), ("available", True)],
        "InvalidDBInstanceState",
        id="rds",
    ),
    pytest.param(
        "redshift",
        lambda c: c.create_cluster(
            ClusterIdentifier="a",
            NodeType="ra3.large",
            MasterUsername="awsuser",
            MasterUserPassword="NotASecret1",
            PubliclyAccessible=True,
        ),
        lambda c: c.modify_cluster(ClusterIdentifier="a", PubliclyAccessible=False),
        redshift,
        [("creating", True), ("available", True), ("modifying", True), ("available", False)],
        "InvalidClusterState",
        id="redshift",
    ),
    pytest.param(
        "kinesis",
        lambda c: c.create_stream(StreamName="a", ShardCount=1),
        lambda c: c.increase_stream_retention_period(StreamName="a", RetentionPeriodHours=168),
        kinesis,
        [("CREATING", 24), ("ACTIVE", 24), ("UPDATING", 24), ("ACTIVE", 168)],
        "ResourceInUseException",
        id="kinesis",
    ),
    pytest.param(
        "opensearch",
        lambda c: c.create_domain(DomainName="things"),
        lambda c: c.update_domain_config(
            DomainName="things", DomainEndpointOptions={"EnforceHTTPS": True}
        ),
        opensearch,
        [(True, False), (False, False), (True, False), (False, True)],
        "ConflictException",
        id="opensearch",
    ),
]


@pytest.mark.parametrize(("service", "make", "change", "look", "seen", "busy"), CASES)
def test_a_change_is_shown_when_it_is_done_and_keeps_others_out_until_then(
    cloud: Cloud, service: str, make: Do, change: Do, look: Do, seen: list[object], busy: str
) -> None:
    cloud.sandbox.delays("resource=60")
    client = cloud.client(service)
    found = []

    make(client)
    found.append(look(client))
    cloud.sandbox.advance(60)
    found.append(look(client))
    change(client)
    found.append(look(client))
    assert error_of(lambda: change(client)) == busy
    assert look(client) == found[-1]
    cloud.sandbox.advance(60)
    found.append(look(client))

    assert found == seen
