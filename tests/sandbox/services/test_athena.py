"""A query is asked of on the work group it runs in."""

from __future__ import annotations

import json

from tests.sandbox.services.conftest import MEMBER, Cloud, error_of

ALLOW = {
    "Effect": "Allow",
    "Action": "athena:*",
    "Resource": f"arn:aws:athena:*:{MEMBER}:workgroup/lake",
}


def test_who_may_use_a_work_group_reads_its_queries_and_no_others(cloud: Cloud) -> None:
    iam, athena = cloud.client("iam", MEMBER), cloud.client("athena", MEMBER)
    role = iam.create_role(
        RoleName="reads-lake",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"AWS": "200000000001"},
                    }
                ],
            }
        ),
    )["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]})
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="own", PolicyDocument=policy)
    asked = {}
    for group in ("lake", "pond"):
        athena.create_work_group(Name=group)
        query = athena.start_query_execution(QueryString="select 1", WorkGroup=group)
        asked[group] = {"QueryExecutionId": query["QueryExecutionId"]}
    reader = cloud.sandbox.client("athena", MEMBER, "reads-lake")

    assert reader.get_query_execution(**asked["lake"])["QueryExecution"]["WorkGroup"] == "lake"
    assert error_of(reader.get_query_execution, **asked["pond"]) == "AccessDeniedException"
