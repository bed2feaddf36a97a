locals {
  waves = jsondecode(templatefile("${path.module}/state_machine.json.tftpl", {
    heartbeat_seconds = var.heartbeat_seconds
    partition         = local.partition
    queue_url         = aws_sqs_queue.work.url
    timeout_seconds   = var.timeout_seconds
  }))

  # RunTask starts ten tasks at most (ECS API reference, RunTask, count), StartBuild one.
  each_starts = local.fargate ? 10 : 1
  starts      = [for first in range(0, var.workers, local.each_starts) : min(local.each_starts, var.workers - first)]

  # What AWS is busy with passes; a run without workers would wait for ever.
  start_retry = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 5, MaxAttempts = 4, BackoffRate = 2 }]

  fargate_task = jsonencode({
    Type     = "Task"
    Resource = "arn:${local.partition}:states:::ecs:runTask"
    Retry    = local.start_retry
    End      = true
    Parameters = {
      Cluster              = local.cluster_arn
      "Count.$"            = "$"
      LaunchType           = "FARGATE"
      NetworkConfiguration = { AwsvpcConfiguration = { AssignPublicIp = "DISABLED", SecurityGroups = sort(var.security_group_ids), Subnets = sort(var.subnet_ids) } }
      TaskDefinition       = join("", aws_ecs_task_definition.this[*].arn)
    }
  })
  codebuild_task = jsonencode({
    Type       = "Task"
    Resource   = "arn:${local.partition}:states:::codebuild:startBuild"
    Retry      = local.start_retry
    End        = true
    Parameters = { ProjectName = var.name }
  })

  workers = {
    Type       = "Map"
    Comment    = "Starts workers; they end by themselves when nothing has come for a while."
    ItemsPath  = "$.starts"
    Next       = "Waves"
    ResultPath = null
    ItemProcessor = {
      ProcessorConfig = { Mode = "INLINE" }
      StartAt         = "Start"
      States          = { Start = jsondecode(local.fargate ? local.fargate_task : local.codebuild_task) }
    }
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
