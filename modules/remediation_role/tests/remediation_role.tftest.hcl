mock_provider "aws" {
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::200000000006:policy/orchestrator-remediation-1" }
  }
}

variables {
  external_id              = "example-remediation"
  permissions_boundary_arn = "arn:aws:iam::200000000006:policy/orchestrator-boundary"
  trusted_role_arns        = ["arn:aws:iam::200000000002:role/orchestrator-findings", "arn:aws:iam::200000000001:role/orchestrator-runner"]

  policies = [
    [
      { sid = "Ec2", actions = ["ec2:DescribeSecurityGroups"], resources = ["*"] },
      {
        sid        = "Ec2Writes"
        actions    = ["ec2:RevokeSecurityGroupIngress"]
        resources  = ["arn:aws:ec2:*:200000000006:security-group/*"]
        conditions = { StringEquals = { "aws:ResourceTag/open" = ["no"] } }
      },
    ],
    [
      { sid = "S3", actions = ["s3:PutBucketPolicy"], resources = ["arn:aws:s3:::*"] },
    ],
  ]
}

run "lets_in_those_who_say_the_external_id" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Sid    = "WhoSaysTheExternalId"
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = {
        AWS = ["arn:aws:iam::200000000001:role/orchestrator-runner", "arn:aws:iam::200000000002:role/orchestrator-findings"]
      }
      Condition = { StringEquals = { "sts:ExternalId" = "example-remediation" } }
    }]
    error_message = "Function and runner are let in, with the external id, and nobody else."
  }

  assert {
    condition     = aws_iam_role.this.max_session_duration == 3600
    error_message = "A session ends after an hour."
  }
}

run "may_do_what_it_is_given_and_never_more_than_the_boundary" {
  command = plan

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::200000000006:policy/orchestrator-boundary"
    error_message = "The boundary must be on the role from its first moment."
  }

  assert {
    condition     = [for policy in aws_iam_policy.this : policy.name] == ["orchestrator-remediation-1", "orchestrator-remediation-2"]
    error_message = "Each list of statements is a policy, called after the role."
  }

  assert {
    condition = jsondecode(aws_iam_policy.this[0].policy).Statement[1] == {
      Sid       = "Ec2Writes"
      Effect    = "Allow"
      Action    = ["ec2:RevokeSecurityGroupIngress"]
      Resource  = ["arn:aws:ec2:*:200000000006:security-group/*"]
      Condition = { StringEquals = { "aws:ResourceTag/open" = ["no"] } }
    }
    error_message = "A statement is written as it was given, with its condition."
  }

  assert {
    condition     = !can(jsondecode(aws_iam_policy.this[0].policy).Statement[0].Condition)
    error_message = "IAM refuses a condition with nothing in it."
  }
}

run "is_there_and_may_do_nothing_where_nothing_is_remediated" {
  command = plan

  variables {
    policies = []
  }

  assert {
    condition     = length(aws_iam_policy.this) == 0 && aws_iam_role.this.name == "orchestrator-remediation"
    error_message = "The role must be there, so that a decision later needs no other change."
  }
}

run "refuses_an_action_for_everything" {
  command = plan

  variables {
    policies = [[{ sid = "All", actions = ["s3:*"], resources = ["*"] }]]
  }

  expect_failures = [var.policies]
}

run "refuses_an_account_as_principal" {
  command = plan

  variables {
    trusted_role_arns = ["arn:aws:iam::200000000002:root"]
  }

  expect_failures = [var.trusted_role_arns]
}

run "refuses_a_role_without_a_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = ""
  }

  expect_failures = [var.permissions_boundary_arn]
}
