# A worker runs the project's own image: nothing of it can be written while it runs but /tmp.
resource "aws_ecs_cluster" "this" {
  count = local.fargate ? 1 : 0

  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  count = local.fargate ? 1 : 0

  family                   = var.name
  cpu                      = var.cpu
  execution_role_arn       = aws_iam_role.this["start"].arn
  memory                   = var.memory
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  task_role_arn            = aws_iam_role.this["workers"].arn

  container_definitions = jsonencode([{
    name                   = "orchestrator"
    command                = local.worker_command
    environment            = [for name, value in local.environment : { name = name, value = value }]
    essential              = true
    image                  = var.image
    linuxParameters        = { capabilities = { drop = ["ALL"] }, initProcessEnabled = true }
    mountPoints            = [{ containerPath = "/tmp", readOnly = false, sourceVolume = "tmp" }]
    portMappings           = []
    privileged             = false
    readonlyRootFilesystem = true
    # Fargate's longest; a worker that is told to end first finishes what it applies.
    stopTimeout    = 120
    systemControls = []
    user           = "10001:10001"
    volumesFrom    = []
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = local.log_groups.workers
        awslogs-region        = var.region
        awslogs-stream-prefix = "worker"
      }
    }
  }])

  ephemeral_storage {
    size_in_gib = var.storage
  }

  runtime_platform {
    cpu_architecture        = "X86_64"
    operating_system_family = "LINUX"
  }

  # Lives as long as the task; Fargate encrypts it.
  volume {
    name = "tmp"
  }
}

resource "aws_codebuild_project" "this" {
  count = local.fargate ? 0 : 1

  name                   = var.name
  description            = "One build is one worker, or one vended account."
  build_timeout          = 480
  concurrent_build_limit = max(var.workers, 1)
  encryption_key         = module.key.arn
  service_role           = aws_iam_role.this["workers"].arn

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type                = "BUILD_GENERAL1_MEDIUM"
    image                       = var.image
    image_pull_credentials_type = "SERVICE_ROLE"
    privileged_mode             = false
    type                        = "LINUX_CONTAINER"

    # A list in JSON: values reach the program as arguments, never a shell.
    environment_variable {
      name  = "ORCHESTRATOR_ARGUMENTS"
      value = jsonencode(local.worker_command)
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = local.log_groups.workers
    }
  }

  source {
    type = "NO_SOURCE"
    buildspec = jsonencode({
      version = 0.2
      phases  = { build = { commands = ["mkdir -p /tmp/project && cp -R /srv/orchestrator/. /tmp/project", "cd /tmp/project && python -c 'import json, os; os.execvp(\"orchestrator\", [\"orchestrator\", *json.loads(os.environ[\"ORCHESTRATOR_ARGUMENTS\"])])'"] } }
    })
  }

  dynamic "vpc_config" {
    for_each = length(var.subnet_ids) == 0 ? [] : [var.vpc_id]

    content {
      security_group_ids = sort(var.security_group_ids)
      subnets            = sort(var.subnet_ids)
      vpc_id             = vpc_config.value
    }
  }
}

locals {
  environment = { HOME = "/tmp", TMPDIR = "/tmp" }

  worker_command = [
    "worker",
    "--queue-name", var.name,
    "--idle", tostring(var.idle_seconds),
    "--parallel", tostring(var.parallel),
    # A quarter of what the state machine waits: three may be lost.
    "--heartbeat", tostring(floor(var.heartbeat_seconds / 4)),
  ]
}
