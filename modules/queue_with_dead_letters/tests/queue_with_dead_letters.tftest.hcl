mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:ap-northeast-1:200000000002:example" }
  }
}

variables {
  account_id         = "200000000002"
  name               = "example"
  receives           = 5
  region             = "ap-northeast-1"
  visibility_seconds = 900
}

run "what_fails_too_often_waits_for_two_weeks" {
  command = apply

  assert {
    condition     = jsondecode(aws_sqs_queue.work.redrive_policy).maxReceiveCount == 5 && aws_sqs_queue.dead.name == "example-dead" && aws_sqs_queue.dead.message_retention_seconds == 1209600
    error_message = "Dead letters go to a queue of their own."
  }

  assert {
    condition     = aws_sqs_queue.work.visibility_timeout_seconds == 900
    error_message = "A message is hidden while somebody works on it."
  }
}

run "is_encrypted_without_a_key_of_its_own" {
  command = plan

  assert {
    condition     = aws_sqs_queue.work.sqs_managed_sse_enabled && aws_sqs_queue.dead.sqs_managed_sse_enabled && aws_sqs_queue.work.kms_master_key_id == null
    error_message = "Both queues are encrypted by SQS."
  }
}

run "is_encrypted_with_the_key_that_it_is_given" {
  command = apply

  variables {
    kms_key = { arn = "arn:aws:kms:ap-northeast-1:200000000002:key/11111111-2222-3333-4444-555555555555" }
  }

  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.dead, aws_sqs_queue.work] : queue.kms_master_key_id == var.kms_key.arn])
    error_message = "Both queues are encrypted with the key."
  }
}

run "nobody_sends_without_tls_and_no_service_by_itself" {
  command = plan

  assert {
    condition     = alltrue([for purpose, arn in { dead = "example-dead", work = "example" } : [for s in data.aws_iam_policy_document.this[purpose].statement : s.sid] == ["TlsOnly"] && data.aws_iam_policy_document.this[purpose].statement[0].resources == toset(["arn:aws:sqs:ap-northeast-1:200000000002:${arn}"])])
    error_message = "Each queue denies plain HTTP, and lets no service in."
  }
}

run "one_rule_sends_to_both" {
  command = plan

  variables {
    rule_arn = "arn:aws:events:ap-northeast-1:200000000002:rule/example/example"
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.this : document.statement[0].condition == toset([{ test = "ArnEquals", variable = "aws:SourceArn", values = tolist([var.rule_arn]) }])])
    error_message = "Another rule may not send."
  }
}

run "refuses_a_rule_that_is_none" {
  command = plan

  variables {
    rule_arn = "example"
  }

  expect_failures = [var.rule_arn]
}

run "refuses_never_to_give_up" {
  command = plan

  variables {
    receives = 0
  }

  expect_failures = [var.receives]
}
