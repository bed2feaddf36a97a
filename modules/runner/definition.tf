locals {
  waves = jsondecode(templatefile("${path.module}/state_machine.json.tftpl", {
    heartbeat_seconds = var.heartbeat_seconds
    partition         = local.partition
    queue_url         = module.queue.url
    timeout_seconds   = var.timeout_seconds
  }))

  # Of runTask, Step Functions takes no Count (developer guide, connect-ecs); StartBuild has none.
  starts = range(var.workers)

  # What AWS is busy with passes; a run without workers would wait for ever.
  retry_seconds = 5
  start_retry   = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = local.retry_seconds, MaxAttempts = 4, BackoffRate = 2 }]

  # A task that ECS could not place is not an error of runTask's: it is among its Failures.
  start_on_fargate = jsondecode(templatefile("${path.module}/start.json.tftpl", {
    cluster_arn         = local.cluster_arn
    partition           = local.partition
    retry_seconds       = local.retry_seconds
    security_groups     = jsonencode(sort(var.security_group_ids))
    subnets             = jsonencode(sort(var.subnet_ids))
    task_definition_arn = join("", aws_ecs_task_definition.this[*].arn)
  }))
  start_on_codebuild = {
    ProcessorConfig = { Mode = "INLINE" }
    StartAt         = "Start"
    States = {
      Start = {
        Type       = "Task"
        Resource   = "arn:${local.partition}:states:::codebuild:startBuild"
        Retry      = local.start_retry
        End        = true
        Parameters = { ProjectName = var.name }
      }
    }
  }

  workers = {
    Type       = "Map"
    Comment    = "Starts workers; they end by themselves when nothing has come for a while."
    ItemsPath  = "$.starts"
    Next       = "Waves"
    ResultPath = null
    # Through JSON: the two are objects of different types.
    ItemProcessor = jsondecode(local.fargate ? jsonencode(local.start_on_fargate) : jsonencode(local.start_on_codebuild))
  }

  # Without workers of its own, the state machine begins with the waves.
  beginning = {
    for some, states in {
      StartsWorkers = { Type = "Pass", Result = local.starts, ResultPath = "$.starts", Next = "Workers" }
      Workers       = local.workers
    } : some => states if var.workers > 0
  }
  definition = jsonencode(merge(local.waves, {
    StartAt = var.workers > 0 ? "StartsWorkers" : local.waves.StartAt
    States  = merge(local.waves.States, local.beginning)
  }))
}
