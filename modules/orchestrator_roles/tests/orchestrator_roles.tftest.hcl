mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::200000000006:policy/orchestrator-boundary" }
  }
}

variables {
  account_id      = "200000000006"
  external_id     = "example-orchestrator"
  reader_role_arn = "arn:aws:iam::200000000001:role/orchestrator-reader"
  runner_role_arn = "arn:aws:iam::200000000001:role/orchestrator-runner"
  stacks          = ["account"]
}

run "trusts_those_who_know_the_external_id_and_the_runner_alone_to_apply" {
  command = plan

  assert {
    condition     = one(data.aws_iam_policy_document.trust["apply"].statement[0].principals).identifiers == toset(["arn:aws:iam::200000000001:role/orchestrator-runner"])
    error_message = "Only the runner may assume the apply role."
  }

  assert {
    condition = one(data.aws_iam_policy_document.trust["plan"].statement[0].principals).identifiers == toset([
      "arn:aws:iam::200000000001:role/orchestrator-reader",
      "arn:aws:iam::200000000001:role/orchestrator-runner",
    ])
    error_message = "Only reader and runner may assume the plan role."
  }

  assert {
    condition = alltrue([for trust in data.aws_iam_policy_document.trust :
      one(trust.statement[0].condition).variable == "sts:ExternalId" &&
      one(trust.statement[0].condition).values == tolist(["example-orchestrator"])
    ])
    error_message = "Whoever enters must say the external id."
  }

  assert {
    condition     = aws_iam_role.plan.max_session_duration == 3600 && aws_iam_role.apply.max_session_duration == 3600
    error_message = "A session ends after an hour."
  }
}

run "trusts_the_runner_alone_where_there_is_no_reader" {
  command = plan

  variables {
    reader_role_arn = ""
  }

  assert {
    condition     = alltrue([for trust in data.aws_iam_policy_document.trust : one(trust.statement[0].principals).identifiers == toset(["arn:aws:iam::200000000001:role/orchestrator-runner"])])
    error_message = "Without a reader nobody but the runner is let in."
  }
}

run "refuses_a_reader_that_is_an_account" {
  command = plan

  variables {
    reader_role_arn = "arn:aws:iam::200000000001:root"
  }

  expect_failures = [var.reader_role_arn]
}

run "plan_role_cannot_change_anything" {
  command = plan

  variables {
    stacks        = ["account", "log_archive", "organization", "security"]
    bucket_prefix = "example-logs"
  }

  assert {
    condition = alltrue(flatten([for s in jsondecode(aws_iam_role_policy.plan.policy).Statement : [
      for action in s.Action : can(regex("^[a-z0-9-]+:(Get|List|Describe)", action))
    ]]))
    error_message = "Every action of the plan role must be one that reads."
  }
}

run "apply_role_never_changes_the_orchestrator" {
  command = plan

  variables {
    stacks        = ["account", "log_archive", "organization", "security"]
    bucket_prefix = "example-logs"
  }

  assert {
    condition = toset(one([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Resource if s.Sid == "NeverChangesTheOrchestrator" && s.Effect == "Deny"])) == toset([
      "arn:aws:iam::200000000001:role/orchestrator-reader",
      "arn:aws:iam::200000000001:role/orchestrator-runner",
      "arn:aws:iam::200000000006:policy/orchestrator-boundary*",
      "arn:aws:iam::200000000006:policy/orchestrator-router-*",
      "arn:aws:iam::200000000006:policy/orchestrator-stacks-*",
      "arn:aws:iam::200000000006:role/orchestrator-apply",
      "arn:aws:iam::200000000006:role/orchestrator-investigate",
      "arn:aws:iam::200000000006:role/orchestrator-plan",
    ])
    error_message = "The denial must cover plan role, apply role, reader, runner and the policies that bound others."
  }

  assert {
    condition = alltrue([for action in ["iam:PassRole", "iam:Put*", "iam:Attach*", "iam:Update*", "iam:Delete*", "iam:Create*"] :
      contains(one([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Action if s.Sid == "NeverChangesTheOrchestrator"]), action)
    ])
    error_message = "Every way to change or to pass a role must be denied."
  }
}

run "apply_role_writes_bound_roles_of_known_names_only" {
  command = plan

  variables {
    remediation_role = "orchestrator-remediation"
    stacks           = ["account", "security"]
  }

  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Resource if s.Effect == "Allow" && contains(s.Action, "iam:PutRolePolicy")])) == toset([
      "arn:aws:iam::200000000006:role/orchestrator-chat",
      "arn:aws:iam::200000000006:role/orchestrator-config-*",
      "arn:aws:iam::200000000006:role/orchestrator-events-*",
      "arn:aws:iam::200000000006:role/orchestrator-findings",
      "arn:aws:iam::200000000006:role/orchestrator-remediation",
      "arn:aws:iam::200000000006:role/orchestrator-remediation-2",
    ])
    error_message = "Only roles that stacks make may be written."
  }

  assert {
    condition = alltrue([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement :
      alltrue([for arn in flatten([s.Condition.StringEquals["iam:PermissionsBoundary"]]) : startswith(arn, "arn:aws:iam::200000000006:policy/orchestrator-boundary")])
      if s.Effect == "Allow" && length(setintersection(s.Action, ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"])) > 0
    ])
    error_message = "A role without the boundary may neither be made nor be given a policy."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.apply.policy, "DeleteRolePermissionsBoundary")
    error_message = "Nobody may take a boundary away."
  }

  assert {
    condition     = alltrue([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : can(s.Condition.StringEquals["iam:PassedToService"]) if s.Effect == "Allow" && contains(s.Action, "iam:PassRole")])
    error_message = "A role may be passed to the services that need it and to no other."
  }
}

run "where_nothing_is_remediated_no_such_role_is_written" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.apply.policy, "iam:CreateRole") && !strcontains(aws_iam_role_policy.apply.policy, "iam:CreatePolicy")
    error_message = "The stack of such an account makes no role and no policy."
  }

  assert {
    condition     = length(aws_iam_policy.router) == 0
    error_message = "The function runs in the security account alone."
  }
}

run "the_boundary_lets_nobody_become_more" {
  command = plan

  variables {
    remediation_role = "orchestrator-remediation"
  }

  assert {
    condition = length(setintersection(flatten([for policy in concat(aws_iam_policy.remediation_boundary, aws_iam_policy.remediation_boundary_2) : [for s in jsondecode(policy.policy).Statement : s.Action if s.Effect == "Allow"]]), [
      "*", "iam:*", "iam:AddUserToGroup", "iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreatePolicyVersion",
      "iam:CreateRole", "iam:CreateUser", "iam:DeleteRolePermissionsBoundary", "iam:PutRolePolicy", "iam:PutUserPolicy",
      "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "organizations:*", "sts:*", "sts:AssumeRole",
    ])) == 0
    error_message = "No way to more rights may be within the boundary."
  }

  assert {
    condition     = !strcontains(aws_iam_policy.remediation_boundary[0].policy, "secretsmanager:Get") && !strcontains(aws_iam_policy.remediation_boundary_2[0].policy, "secretsmanager:Get")
    error_message = "Outside of the security account nothing of ours reads a secret."
  }

  assert {
    condition     = contains(one([for s in jsondecode(aws_iam_policy.remediation_boundary[0].policy).Statement : s.Resource if s.Sid == "NothingOfOurs"]), "arn:aws:iam::200000000006:role/orchestrator-*")
    error_message = "The orchestrator's own roles are out of reach."
  }
}

run "the_plan_role_only_reads_the_function_too" {
  command = plan

  variables {
    remediation_role = "orchestrator-remediation"
    stacks           = ["account", "security"]
  }

  assert {
    condition     = { for attached, one in aws_iam_role_policy_attachment.router : attached => one.role } == { apply-reads = "orchestrator-apply", apply-writes = "orchestrator-apply", plan-reads = "orchestrator-plan" }
    error_message = "What writes is for the apply role alone."
  }

  assert {
    condition = alltrue(flatten([for s in jsondecode(aws_iam_policy.router["reads"].policy).Statement : [
      for action in s.Action : can(regex("^[a-z0-9-]+:(Get|List|Describe)", action))
    ]]))
    error_message = "Every action of the plan role must be one that reads."
  }
}

run "the_function_may_enter_accounts_by_two_roles" {
  command = plan

  variables {
    remediation_role = "orchestrator-remediation"
    stacks           = ["account", "security"]
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_policy.boundary.policy).Statement : s.Resource if s.Effect == "Allow" && contains(s.Action, "sts:AssumeRole")] == [["arn:aws:iam::*:role/orchestrator-remediation", "arn:aws:iam::*:role/orchestrator-remediation-2"]]
    error_message = "The boundary of the function's role names the roles by which it enters accounts."
  }
}

run "apply_role_neither_leaves_the_organization_nor_silences_cloudtrail" {
  command = plan

  assert {
    condition     = length(setintersection(["NeverLeavesTheOrganization", "NeverSilencesCloudTrail"], [for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Sid if s.Effect == "Deny"])) == 2
    error_message = "Both denials must be there."
  }
}

run "nobody_stops_or_narrows_the_trail_not_even_who_makes_it" {
  command = plan

  variables {
    stacks = ["account", "organization"]
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Effect if length(setintersection(s.Action, ["cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail"])) > 0] == ["Deny"]
    error_message = "The trail is made by the apply role, and changed by whoever may enter otherwise."
  }

  assert {
    condition     = contains([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Sid], "NeverLeavesTheOrganization")
    error_message = "Even the management account's apply role never removes an account."
  }
}

run "apply_role_becomes_no_role_that_it_makes" {
  command = plan

  variables {
    remediation_role = "orchestrator-remediation"
    stacks           = ["account", "security"]
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Effect if length(setintersection(s.Action, ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole*"])) > 0] == ["Deny"]
    error_message = "It neither changes whom a role trusts, nor assumes one."
  }

  assert {
    condition     = !contains(flatten([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Resource if s.Effect == "Allow" && contains(s.Action, "iam:PassRole")]), "arn:aws:iam::200000000006:role/orchestrator-remediation")
    error_message = "The remediation role is handed to no service."
  }
}

run "central_mode_leaves_security_hub_alone" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.apply.policy, "securityhub:Enable") && !strcontains(aws_iam_role_policy.apply.policy, "securityhub:Batch")
    error_message = "With central configuration an account's stack has no business with its hub."
  }
}

run "services_make_roles_for_themselves_where_they_are_used" {
  command = plan

  assert {
    condition     = one([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Condition.StringEquals["iam:AWSServiceName"] if contains(s.Action, "iam:CreateServiceLinkedRole")]) == ["config.amazonaws.com"]
    error_message = "Only services that a stack uses may be given a role."
  }
}

run "local_mode_writes_security_hub" {
  command = plan

  variables {
    security_hub_mode = "local"
  }

  assert {
    condition     = strcontains(aws_iam_role_policy.apply.policy, "securityhub:EnableSecurityHub")
    error_message = "In local mode the account's stack enables its hub."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.plan.policy, "securityhub:Enable")
    error_message = "The plan role only reads in either mode."
  }
}

run "policies_of_the_organization_are_touched_of_the_named_types_alone" {
  command = plan

  variables {
    policy_types      = ["SECURITYHUB_CSPM_POLICY"]
    security_hub_mode = "policy"
    stacks            = ["account", "organization"]
  }

  assert {
    condition = alltrue([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement :
      s.Condition.StringEquals["organizations:PolicyType"] == ["SECURITYHUB_CSPM_POLICY"]
      if contains(flatten([s.Action]), "organizations:AttachPolicy")
    ]) && strcontains(aws_iam_role_policy.apply.policy, "organizations:AttachPolicy")
    error_message = "Service control policies are none of the apply role's business."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.plan.policy, "organizations:AttachPolicy") && strcontains(aws_iam_role_policy.plan.policy, "organizations:DescribeEffectivePolicy")
    error_message = "The plan role only reads policies."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.apply.policy, "securityhub:BatchEnableStandards")
    error_message = "What a policy governs, no stack of an account configures."
  }

  assert {
    condition     = length(aws_iam_role_policy.apply.policy) <= 10240 && length(aws_iam_policy.reads.policy) <= 6144
    error_message = "IAM allows 10,240 and 6,144 characters, these are ${length(aws_iam_role_policy.apply.policy)} and ${length(aws_iam_policy.reads.policy)}."
  }
}

run "policies_of_another_kind_are_refused" {
  command = plan

  variables {
    policy_types = ["SERVICE_CONTROL_POLICY"]
    stacks       = ["account", "organization"]
  }

  expect_failures = [var.policy_types]
}

run "archive_buckets_are_held_to_their_prefix" {
  command = plan

  variables {
    stacks        = ["account", "log_archive"]
    bucket_prefix = "example-logs"
  }

  assert {
    condition     = distinct([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Resource if contains(s.Action, "s3:PutBucketPolicy")]) == tolist(["arn:aws:s3:::example-logs-*"])
    error_message = "No bucket but the archive's may be written."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.apply.policy, "s3:GetObject") && !strcontains(aws_iam_role_policy.apply.policy, "s3:DeleteObject")
    error_message = "The orchestrator reads and deletes no log."
  }
}

run "an_account_forwards_changes_made_by_hand_and_nothing_else" {
  command = plan

  variables {
    drift_events = true
  }

  assert {
    condition     = distinct([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Resource if length(setintersection(s.Action, ["events:PutRule", "events:PutTargets"])) > 0]) == tolist(["arn:aws:events:*:200000000006:rule/orchestrator-drift*"])
    error_message = "No rule but these may be written."
  }

  assert {
    condition     = one([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Condition.StringEquals["iam:PassedToService"] if s.Effect == "Allow" && contains(s.Action, "iam:PassRole") && s.Resource == "arn:aws:iam::200000000006:role/orchestrator-events-drift"]) == "events.amazonaws.com"
    error_message = "The role is for EventBridge alone."
  }

  assert {
    condition     = length(aws_iam_policy.drift) == 0 && !strcontains(aws_iam_role_policy.plan.policy, "sqs:")
    error_message = "The queue is in the security account."
  }
}

run "an_account_without_them_has_no_rule" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.apply.policy, "events:PutRule")
    error_message = "What is not used is not allowed."
  }
}

run "a_role_of_its_own_listens_in_the_security_account" {
  command = plan

  variables {
    drift_events = true
    stacks       = ["account", "security"]
  }

  assert {
    condition     = one(jsondecode(aws_iam_role_policy.reading["listen"].policy).Statement).Resource == "arn:aws:sqs:*:200000000006:orchestrator-drift-events"
    error_message = "Nothing is taken out of the dead-letter queue, or any other."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.plan.policy, "sqs:DeleteMessage") && alltrue([for policy in aws_iam_policy.drift : !strcontains(policy.policy, "sqs:DeleteMessage") && !strcontains(policy.policy, "sqs:ReceiveMessage")])
    error_message = "The plan role deletes nothing."
  }

  assert {
    condition     = alltrue([for s in jsondecode(aws_iam_policy.drift["writes"].policy).Statement : length(setintersection(s.Action, ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue"])) == 0])
    error_message = "Who makes the queue neither fills nor empties it."
  }
}

run "what_rules_detect_is_imported_by_a_role_that_does_nothing_else" {
  command = plan

  variables {
    detections = true
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.reading["detect"].policy).Statement == [{
      Sid      = "ImportsDetections"
      Effect   = "Allow"
      Action   = ["securityhub:BatchImportFindings"]
      Resource = "arn:aws:securityhub:*:200000000006:product/200000000006/default"
    }]
    error_message = "It imports for the account's default product and for no other."
  }

  assert {
    condition     = data.aws_iam_policy_document.trust["detect"].statement[0].principals == toset([{ type = "AWS", identifiers = toset([var.runner_role_arn]) }])
    error_message = "Only the runner role may be it."
  }
}

run "no_role_imports_findings_unless_asked" {
  command = plan

  assert {
    condition     = keys(aws_iam_role.reading) == ["investigate"] && !strcontains(aws_iam_role_policy.apply.policy, "BatchImportFindings")
    error_message = "What is not used is not allowed."
  }
}

run "who_investigates_reads_logs_and_the_event_history" {
  command = plan

  variables {
    bucket_prefix = "example-logs"
    stacks        = ["account", "log_archive"]
  }

  assert {
    condition     = toset(flatten([for s in jsondecode(aws_iam_role_policy.reading["investigate"].policy).Statement : s.Action])) == toset(["cloudfront:GetDistribution", "cloudtrail:LookupEvents", "dms:DescribeReplicationInstances", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroupRules", "iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys", "kafka:ListNodes", "kms:Decrypt", "rds:DescribeDBInstances", "redshift-serverless:ListWorkgroups", "redshift:DescribeClusters", "s3:GetObject", "s3:ListBucket"])
    error_message = "It reads, and nothing else."
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.reading["investigate"].policy).Statement : s.Resource if s.Sid == "ReadsLogs"] == [["arn:aws:s3:::example-logs-*/*"]]
    error_message = "It reads the archive's logs, and no other objects."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.trust["investigate"].statement[0].principals).identifiers == toset(["arn:aws:iam::200000000001:role/orchestrator-runner"])
    error_message = "The reader, which a pull request may be, reads no logs."
  }
}

run "the_account_with_the_most_to_do_fits_into_a_role" {
  command = plan

  variables {
    bucket_prefix     = "a-prefix-as-long-as-a-prefix-may-be-00000"
    drift_events      = true
    policy_types      = ["SECURITYHUB_CSPM_POLICY", "SECURITYHUB_POLICY"]
    remediation_role  = "a-role-name-as-long-as-a-role-name-may-be-00000000000000000000"
    security_hub_mode = "local"
    stacks            = ["account", "security"]
  }

  assert {
    condition     = length(aws_iam_role_policy.apply.policy) <= 10240 && length(aws_iam_role_policy.plan.policy) <= 10240
    error_message = "IAM allows 10,240 characters, these are ${length(aws_iam_role_policy.apply.policy)} and ${length(aws_iam_role_policy.plan.policy)}."
  }

  assert {
    condition     = length(aws_iam_policy.boundary.policy) <= 6144 && length(aws_iam_policy.remediation_boundary[0].policy) <= 6144 && length(aws_iam_policy.remediation_boundary_2[0].policy) <= 6144 && alltrue([for policy in aws_iam_policy.router : length(policy.policy) <= 6144]) && alltrue([for policy in aws_iam_policy.drift : length(policy.policy) <= 6144])
    error_message = "IAM allows 6,144 characters, these are ${length(aws_iam_policy.boundary.policy)}, ${length(aws_iam_policy.remediation_boundary[0].policy)}, ${length(aws_iam_policy.remediation_boundary_2[0].policy)} and ${join(" and ", [for policy in aws_iam_policy.router : length(policy.policy)])}."
  }

  assert {
    condition     = length(distinct([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : s.Sid])) == length(jsondecode(aws_iam_role_policy.apply.policy).Statement)
    error_message = "IAM refuses two statements of the same sid."
  }

  assert {
    condition     = alltrue([for s in jsondecode(aws_iam_role_policy.apply.policy).Statement : can(regex("^[A-Za-z0-9]+$", s.Sid))])
    error_message = "IAM takes letters and digits for a sid."
  }
}

run "refuses_a_stack_nobody_knows" {
  command = plan

  variables {
    stacks = ["account", "everything"]
  }

  expect_failures = [var.stacks]
}

run "refuses_an_archive_without_a_prefix" {
  command = plan

  variables {
    stacks = ["log_archive"]
  }

  expect_failures = [var.bucket_prefix]
}

run "refuses_one_role_for_both" {
  command = plan

  variables {
    apply_role = "orchestrator-plan"
  }

  expect_failures = [var.plan_role]
}

run "logs_bring_permissions_of_their_own" {
  command = plan

  variables {
    bucket_prefix = "example-logs"
    logs          = ["cloudwatch", "destination", "vpc_flow"]
    stacks        = ["account", "log_archive"]
  }

  assert {
    condition     = contains(flatten([for statement in jsondecode(aws_iam_policy.logs["writes"].policy).Statement : statement.Action]), "logs:PutAccountPolicy") && !contains(flatten([for statement in jsondecode(aws_iam_policy.logs["writes"].policy).Statement : statement.Action]), "es:CreateDomain")
    error_message = "What is forwarded may be forwarded, and nothing else is made."
  }

  assert {
    condition     = alltrue([for action in flatten([for statement in jsondecode(aws_iam_policy.logs["reads"].policy).Statement : statement.Action]) : length(regexall("^[a-z0-9]+:(Describe|Get|List|BatchGet)", action)) == 1])
    error_message = "The plan role reads."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_policy.logs["writes"].policy).Statement : statement.Resource if statement.Sid == "PassesLogsRoles"] == ["arn:aws:iam::200000000006:role/orchestrator-logs-*"]
    error_message = "Roles of the delivery are handed on, no others."
  }

  assert {
    condition     = contains(flatten([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.NotResource if statement.Sid == "NeverTakesData"]), "arn:aws:s3:::example-logs-*/*")
    error_message = "The boundary lets the delivery write to the archive."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Condition.StringNotLike["kms:ViaService"] if statement.Sid == "DecryptsLogsOnly"] == [["s3.*.amazonaws.com", "sqs.*.amazonaws.com"]]
    error_message = "It decrypts what lies in S3 or waits in SQS, and no secrets."
  }
}

run "everything_about_logs_fits_into_a_policy" {
  command = plan

  variables {
    bucket_prefix    = "example-logs"
    logs             = ["cloudwatch", "lake", "resolver_queries", "siem", "vpc_flow"]
    remediation_role = "orchestrator-remediation"
    stacks           = ["account", "security"]
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.logs : length(policy.policy) <= 6144]) && length(aws_iam_policy.boundary.policy) <= 6144 && length(aws_iam_role_policy.apply.policy) <= 10240
    error_message = "IAM allows a policy 6,144 characters: ${join(", ", [for policy in aws_iam_policy.logs : length(policy.policy)])}, boundary ${length(aws_iam_policy.boundary.policy)}."
  }
}

run "without_logs_there_is_nothing_about_them" {
  command = plan

  assert {
    condition     = length(aws_iam_policy.logs) + length(aws_iam_role_policy_attachment.logs) == 0
    error_message = "Permissions follow what is enabled."
  }
}

run "refuses_logs_nobody_knows" {
  command = plan

  variables {
    logs = ["syslog"]
  }

  expect_failures = [var.logs]
}
