mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-1:200000000002:key/11111111-2222-3333-4444-555555555555" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:ap-northeast-1:200000000002:orchestrator-findings"
      url = "https://sqs.ap-northeast-1.amazonaws.com/200000000002/orchestrator-findings"
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::200000000002:role/orchestrator-findings" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:ap-northeast-1:200000000002:function:orchestrator-findings" }
  }
}

variables {
  account_id               = "200000000002"
  external_id              = "example-remediation"
  organization_id          = "o-exampleorg1"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"

  package = {
    path   = "findings.zip"
    sha256 = "DemHd+CYS2MSHQSjyEDz2mqFxEUo0n6DBeGC80t30M0="
  }
}

run "hears_security_hub_on_the_bus" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.findings.event_pattern) == {
      "detail-type" = ["Findings Imported V2", "Security Hub Findings - Custom Action", "Security Hub Findings - Imported"]
      source        = ["aws.securityhub"]
    } && aws_cloudwatch_event_rule.findings.event_bus_name == "findings"
    error_message = "Each finding arrives once: by Security Hub, which holds those of the others."
  }
}

run "a_message_that_failed_comes_back_alone" {
  command = apply

  variables {
    concurrency = 6
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"]) &&
      aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency < aws_lambda_function.this.reserved_concurrent_executions
    )
    error_message = "One bad finding must not bring back the others, nor the queue take every turn."
  }
}

run "the_role_may_do_exactly_what_the_function_does" {
  command = apply

  assert {
    condition = { for s in data.aws_iam_policy_document.permissions.statement : s.sid => s.resources if s.sid != "UsesTheKey" } == {
      EntersAccounts  = toset(["arn:aws:iam::*:role/orchestrator-remediation", "arn:aws:iam::*:role/orchestrator-remediation-2"])
      KeepsRecords    = toset(["arn:aws:dynamodb:ap-northeast-1:200000000002:table/orchestrator-remediation"])
      KeepsStates     = toset(["arn:aws:s3:::orchestrator-remediation-200000000002/*"])
      NotesOnFindings = toset(["arn:aws:securityhub:ap-northeast-1:200000000002:hub/default", "arn:aws:securityhub:ap-northeast-1:200000000002:hubv2/*"])
      PutsAside       = toset(["arn:aws:sqs:ap-northeast-1:200000000002:orchestrator-findings", "arn:aws:sqs:ap-northeast-1:200000000002:orchestrator-findings-dead"])
      ReadsTheSwitch  = toset(["arn:aws:ssm:ap-northeast-1:200000000002:parameter/orchestrator/remediation/switch"])
      TakesFindings   = toset(["arn:aws:sqs:ap-northeast-1:200000000002:orchestrator-findings", "arn:aws:sqs:ap-northeast-1:200000000002:orchestrator-findings-dead"])
      TellsTeams      = toset(["arn:aws:sns:ap-northeast-1:200000000002:orchestrator-team-*"])
      WritesLogs      = toset(["arn:aws:logs:ap-northeast-1:200000000002:log-group:/aws/lambda/orchestrator-findings:*"])
    }
    error_message = "Each statement is about what the module makes, or was given."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.permissions.statement : one(s.condition).values if s.sid == "EntersAccounts"]) == tolist(["o-exampleorg1"])
    error_message = "No account outside of the organization may be entered."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::200000000002:policy/orchestrator-boundary"
    error_message = "The boundary must be on the role."
  }
}

run "secrets_and_traces_only_where_they_are_used" {
  command = apply

  variables {
    secret_names = ["orders/webhook"]
    tracing      = true
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.permissions.statement : s.resources if s.sid == "SignsMessages"]) == toset(["arn:aws:secretsmanager:ap-northeast-1:200000000002:secret:orders/webhook-??????"])
    error_message = "The function reads the secrets that were named."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.permissions.statement : one([for c in s.condition : c.values if c.variable == "kms:EncryptionContext:SecretARN"]) if s.sid == "OpensSecrets"]) == tolist(["arn:aws:secretsmanager:ap-northeast-1:200000000002:secret:orders/webhook-??????"])
    error_message = "The function opens no key but for these secrets."
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "Tracing is a choice."
  }
}

run "what_is_stored_is_private_encrypted_and_kept_for_a_while" {
  command = apply

  assert {
    condition     = aws_dynamodb_table.this.deletion_protection_enabled && aws_dynamodb_table.this.point_in_time_recovery[0].enabled && one(aws_dynamodb_table.this.ttl).attribute_name == "expires_at"
    error_message = "Records can be restored, are not deleted by mistake, and end."
  }

  assert {
    condition     = alltrue([for s in local.key_statements : alltrue([for c in s.conditions : endswith(c.test, "IfExists")]) && toset(s.actions) == toset(["kms:Decrypt", "kms:GenerateDataKey"]) if s.sid == "EventBridgeSends"])
    error_message = "Nothing says that EventBridge tells KMS its rule or account; the queues' policies let in one rule."
  }
}

run "says_when_something_is_wrong" {
  command = apply

  variables {
    alarm_topic_arns = ["arn:aws:sns:ap-northeast-1:200000000002:orchestrator-team-platform"]
  }

  assert {
    condition = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.metric_name]) == toset([
      "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "Errors", "FailedInvocations",
      "InvocationsFailedToBeSentToDlq", "Throttles", "digests", "failing", "problem", "stopped",
    ])
    error_message = "Dead letters, errors, throttles, lateness, breakers, vain fixes, silence and what never arrives must be told."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["silent"].treat_missing_data == "breaching" &&
      aws_cloudwatch_metric_alarm.this["silent"].evaluation_periods * aws_cloudwatch_metric_alarm.this["silent"].period > 60 * var.tick_minutes
    )
    error_message = "A function that says nothing any more must be noticed, one that waits for its tick must not."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:ap-northeast-1:200000000002:orchestrator-team-platform"])])
    error_message = "Somebody must hear it."
  }
}

run "by_hand_only_for_those_who_are_named_and_say_the_external_id" {
  command = plan

  variables {
    operator_role_arns = ["arn:aws:iam::200000000001:role/orchestrator-runner"]
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.trust.statement : one(s.condition).values if s.sid == "ByHand"]) == tolist(["example-remediation"])
    error_message = "The external id keeps out whoever borrows the runner."
  }
}

run "refuses_what_is_no_digest" {
  command = plan

  variables {
    package = { path = "findings.zip", sha256 = "latest" }
  }

  expect_failures = [var.package]
}

run "reserves_nothing_unless_asked_to" {
  command = plan

  assert {
    condition     = coalesce(aws_lambda_function.this.reserved_concurrent_executions, -1) == -1 && aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 5
    error_message = "A new account has 10 executions, all of which must stay unreserved."
  }
}

run "refuses_a_concurrency_that_leaves_no_turn" {
  command = plan

  variables {
    concurrency = 2
  }

  expect_failures = [var.concurrency]
}

run "asks_logs_only_where_a_decision_waits_for_them" {
  command = plan

  assert {
    condition     = !strcontains(jsonencode(data.aws_iam_policy_document.permissions.statement), "athena")
    error_message = "Nothing is asked of logs unless a workgroup is given."
  }
}

run "asks_logs_by_one_workgroup_and_no_tables_but_security_lakes" {
  command = plan

  variables {
    workgroup = "evidence"
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.permissions.statement : s.resources if s.sid == "AsksLogs"]) == toset(["arn:aws:athena:ap-northeast-1:200000000002:workgroup/evidence"])
    error_message = "It asks by this workgroup, and by no other."
  }

  assert {
    condition     = alltrue([for arn in one([for s in data.aws_iam_policy_document.permissions.statement : s.resources if s.sid == "ReadsTables"]) : endswith(arn, ":catalog") || strcontains(arn, "amazon_security_lake_glue_db_ap_northeast_1")])
    error_message = "It reads the tables of Security Lake alone."
  }
}

run "refuses_what_is_no_workgroup" {
  command = plan

  variables {
    workgroup = "a/b"
  }

  expect_failures = [var.workgroup]
}
