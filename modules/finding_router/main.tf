data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition

  # Written out, so that policies can be read in the plan, before there is anything.
  here           = "${var.region}:${var.account_id}"
  bucket         = "${var.store}-${var.account_id}"
  bucket_arn     = "arn:${local.partition}:s3:::${local.bucket}"
  function_arn   = "arn:${local.partition}:lambda:${local.here}:function:${var.name}"
  log_group_name = "/aws/lambda/${var.name}"
  log_group_arn  = "arn:${local.partition}:logs:${local.here}:log-group:${local.log_group_name}"
  parameter_arn  = "arn:${local.partition}:ssm:${local.here}:parameter${var.switch}"
  table_arn      = "arn:${local.partition}:dynamodb:${local.here}:table/${var.store}"

  queue_arns = { for purpose, name in local.queues : purpose => "arn:${local.partition}:sqs:${local.here}:${name}" }
  queues     = { dead = "${var.name}-dead", work = var.name }

  rule_arns = {
    findings = "arn:${local.partition}:events:${local.here}:rule/${var.bus_name}/${var.name}"
    tick     = "arn:${local.partition}:events:${local.here}:rule/${var.name}-tick"
  }
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116: findings come from a queue with a dead-letter queue; a tick that fails comes again in minutes
  #checkov:skip=CKV_AWS_117: it calls AWS's own endpoints and webhooks, and nothing in a network of ours
  #checkov:skip=CKV_AWS_173: its variables are names, no secrets
  #checkov:skip=CKV_AWS_272: what was reviewed is the digest of the zip, which the plan holds
  function_name                  = var.name
  description                    = "Routes findings to their owners, and fixes what was decided."
  architectures                  = ["arm64"]
  filename                       = var.package.path
  handler                        = "orchestrator.findings.function.handler"
  memory_size                    = 512
  reserved_concurrent_executions = var.concurrency
  role                           = aws_iam_role.this.arn
  runtime                        = "python3.12"
  source_code_hash               = var.package.sha256
  timeout                        = var.timeout

  environment {
    variables = {
      BUCKET       = local.bucket
      DEAD_LETTERS = module.queue.dead_letter_url
      EXTERNAL_ID  = var.external_id
      KEY_ARN      = module.key.arn
      KILL_SWITCH  = var.switch
      MATRIX       = "matrix.json"
      ROLE         = var.member_role
      TABLE        = var.store
    }
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # Lambda would make the log group itself, to be kept for ever, and looks at the role when a
  # function is made.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

resource "aws_lambda_event_source_mapping" "this" {
  batch_size                         = var.batch_size
  event_source_arn                   = module.queue.arn
  function_name                      = aws_lambda_function.this.arn
  function_response_types            = ["ReportBatchItemFailures"]
  maximum_batching_window_in_seconds = 1

  # Fewer than the function may run at once: the tick and a person's own call get a turn, too, and
  # no message comes back only because the function was busy.
  scaling_config {
    maximum_concurrency = coalesce(var.concurrency, 6) - 1
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group_name
  kms_key_id        = module.key.arn
  retention_in_days = var.log_days
}

# Digests that are due, and what was held back. The rule is on the default bus: schedules are no
# other's.
resource "aws_cloudwatch_event_rule" "tick" {
  name                = "${var.name}-tick"
  description         = "Lets ${var.name} send what is due."
  schedule_expression = "rate(${var.tick_minutes} minutes)"
  state               = "ENABLED"
}

resource "aws_cloudwatch_event_target" "tick" {
  arn       = aws_lambda_function.this.arn
  input     = jsonencode({ orchestrator = "tick" })
  rule      = aws_cloudwatch_event_rule.tick.name
  target_id = "function"

  # Else the first ticks are refused, and an alarm says so.
  depends_on = [aws_lambda_permission.tick]
}

resource "aws_lambda_permission" "tick" {
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.this.function_name
  principal      = "events.amazonaws.com"
  source_account = var.account_id
  source_arn     = local.rule_arns.tick
  statement_id   = "Tick"
}

# "on" lets fixes be made, anything else stops them within seconds.
resource "aws_ssm_parameter" "switch" {
  #checkov:skip=CKV2_AWS_34: whether fixes are on is not a secret, and must be readable in an emergency
  name        = var.switch
  description = "Must read 'on' for findings to be fixed without a person."
  type        = "String"
  value       = "on"

  lifecycle {
    # Whoever stops the fixes in an emergency must not see the next apply start them again.
    ignore_changes = [value]
  }
}
