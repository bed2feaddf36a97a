data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  fargate   = var.launch == "fargate"

  # Written out, so that policies can be read in the plan, before there is anything.
  here           = "${var.region}:${var.account_id}"
  cluster_arn    = "arn:${local.partition}:ecs:${local.here}:cluster/${var.name}"
  execution_arn  = "arn:${local.partition}:states:${local.here}:execution:${var.name}"
  image_registry = split("/", var.image)[0]
  machine_arn    = "arn:${local.partition}:states:${local.here}:stateMachine:${var.name}"
  queue_arn      = "arn:${local.partition}:sqs:${local.here}:${var.name}"
  repository     = split("@", split(":", join("/", slice(split("/", var.image), 1, length(split("/", var.image)))))[0])[0]
  repository_arn = "arn:${local.partition}:ecr:${split(".", local.image_registry)[3]}:${split(".", local.image_registry)[0]}:repository/${local.repository}"
  runner_arn     = "arn:${local.partition}:iam::${var.account_id}:role/${var.runner_role}"
  runs_arn       = "arn:${local.partition}:s3:::${var.state_bucket}/runs"

  log_group_arns = { for kind, name in local.log_groups : kind => "arn:${local.partition}:logs:${local.here}:log-group:${name}" }
  log_groups = {
    # Step Functions needs the prefix (Step Functions developer guide, "Logging in CloudWatch Logs").
    states  = "/aws/vendedlogs/states/${var.name}"
    workers = "/orchestrator/${var.name}/workers"
  }

  role_arns = { for kind, name in local.roles : kind => "arn:${local.partition}:iam::${var.account_id}:role/${name}" }
  roles = {
    launch  = "${var.name}-launch"
    start   = "${var.name}-start"
    states  = "${var.name}-states"
    workers = var.worker_role
  }
}

resource "aws_sfn_state_machine" "this" {
  #checkov:skip=CKV_AWS_285: what a run is about is in its record in the state bucket, and task tokens belong into no log
  name       = var.name
  definition = local.definition
  role_arn   = aws_iam_role.this["states"].arn
  type       = "STANDARD"

  logging_configuration {
    include_execution_data = false
    level                  = "ERROR"
    log_destination        = "${aws_cloudwatch_log_group.this["states"].arn}:*"
  }

  tracing_configuration {
    enabled = var.tracing
  }

  # Step Functions looks at the role when a state machine is made.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = each.value
  kms_key_id        = module.key.arn
  retention_in_days = var.log_days
}
