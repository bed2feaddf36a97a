variable "account_events" {
  description = "Events by which a new, moved or closed account is vended; Control Tower's or those of AWS Organizations."
  type        = set(string)
  default     = ["CreateManagedAccount", "UpdateManagedAccount"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.account_events, keys(local.account_events))) == 0
    error_message = "Events are ${join(", ", keys(local.account_events))}, not: ${join(", ", var.account_events)}."
  }
}

variable "account_id" {
  description = "Account of the state bucket and the runner role: the management account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "alarm_topic_arns" {
  description = "Topics that are told when runs fail or nobody works on them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "Name topics by their ARNs, not: ${join(", ", var.alarm_topic_arns)}."
  }
}

variable "cpu" {
  description = "CPU units of a worker on Fargate; 1024 are one."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = contains([512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate offers 512, 1024, 2048, 4096, 8192 or 16384 CPU units, not ${var.cpu}."
  }
}

variable "detect_schedule" {
  description = "When rules are tested on the last day's events: cron(…) or rate(…); empty for never."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.detect_schedule == "" || can(regex("^(cron|rate)\\([^()]+\\)$", var.detect_schedule))
    error_message = "A schedule is cron(…) or rate(…), not \"${var.detect_schedule}\"."
  }
}

variable "drift_notify" {
  description = "Whom a scheduled search for drift tells: sns:ARN or webhook:URL; webhooks must be reachable from the subnets."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for target in var.drift_notify : can(regex("^(sns:arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+|webhook:https://[^ ]+)$", target))])
    error_message = "Targets are sns:ARN or webhook:https://…, not: ${join(", ", var.drift_notify)}."
  }
}

variable "drift_schedule" {
  description = "When drift is looked for: cron(…) or rate(…) of EventBridge Scheduler; empty for never."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.drift_schedule == "" || can(regex("^(cron|rate)\\([^()]+\\)$", var.drift_schedule))
    error_message = "A schedule is cron(…) or rate(…), not \"${var.drift_schedule}\"."
  }
}

variable "heartbeat_seconds" {
  description = "Seconds after which a worker that is not heard loses its item to another."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.heartbeat_seconds >= 10 && var.heartbeat_seconds <= 3600
    error_message = "A worker is heard every 10 to 3600 seconds, not ${var.heartbeat_seconds}."
  }
}

variable "idle_seconds" {
  description = "Seconds without work after which a worker ends."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.idle_seconds >= 30 && var.idle_seconds <= 3600
    error_message = "A worker waits 30 to 3600 seconds, not ${var.idle_seconds}."
  }
}

variable "image" {
  description = "The project's container image in Amazon ECR, by digest, so that what was reviewed is what runs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9][a-z0-9/_.-]*@sha256:[0-9a-f]{64}$", var.image))
    error_message = "\"${var.image}\" is not an image in Amazon ECR by its digest (…@sha256:…)."
  }
}

variable "launch" {
  description = "Where workers run: fargate (ECS) or codebuild."
  type        = string
  default     = "fargate"
  nullable    = false

  validation {
    condition     = contains(["codebuild", "fargate"], var.launch)
    error_message = "Workers run on \"fargate\" or \"codebuild\", not \"${var.launch}\"."
  }
}

variable "log_days" {
  description = "Days that logs are kept; CloudWatch Logs knows a few numbers only."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "CloudWatch Logs keeps logs for 30, 60, 90, … 365, 400, … 3653 days, not ${var.log_days}."
  }
}

variable "memory" {
  description = "Memory of a worker on Fargate in MiB."
  type        = number
  default     = 8192
  nullable    = false

  validation {
    condition     = var.memory >= 1024 && var.memory <= 122880 && var.memory % 1024 == 0
    error_message = "Fargate offers memory in steps of 1024 MiB, not ${var.memory}."
  }
}

variable "name" {
  description = "Name of state machine, queue, cluster and the rest; the roles' names begin with it."
  type        = string
  default     = "orchestrator-runner"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,39}$", var.name))
    error_message = "\"${var.name}\" is not a name of 3 to 40 small letters, digits and hyphens."
  }
}

variable "parallel" {
  description = "Stacks that a worker works on at the same time."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.parallel >= 1 && var.parallel <= 64
    error_message = "A worker works on 1 to 64 stacks, not ${var.parallel}."
  }
}

variable "receives" {
  description = "Times that an item is received before it is put aside."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.receives >= 2 && var.receives <= 100
    error_message = "An item is received 2 to 100 times, not ${var.receives}."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}

variable "runner_role" {
  description = "Name of the role that workers become."
  type        = string
  default     = "orchestrator-runner"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.runner_role))
    error_message = "\"${var.runner_role}\" is not a role name."
  }
}

variable "security_group_ids" {
  description = "Security groups of the workers; they need to reach AWS's endpoints by HTTPS, and nothing reaches them."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))]) && (var.launch == "codebuild" || length(var.security_group_ids) > 0)
    error_message = "Fargate needs security groups such as sg-0123456789abcdef0, not: ${join(", ", var.security_group_ids)}."
  }
}

variable "state_bucket" {
  description = "Bucket in which runs are kept, below runs/."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "\"${var.state_bucket}\" is not a bucket name."
  }
}

variable "state_kms_key_arn" {
  description = "ARN of the key that encrypts the state bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.state_kms_key_arn))
    error_message = "\"${var.state_kms_key_arn}\" is not the ARN of a KMS key."
  }
}

variable "storage" {
  description = "Size of a worker's disk on Fargate in GiB, for rendered roots and plans."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.storage >= 21 && var.storage <= 200
    error_message = "Fargate offers 21 to 200 GiB, not ${var.storage}."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the workers, with a way to AWS's endpoints."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))]) && (var.launch == "codebuild" || length(var.subnet_ids) > 0)
    error_message = "Fargate needs subnets such as subnet-0123456789abcdef0, not: ${join(", ", var.subnet_ids)}."
  }
}

variable "timeout_seconds" {
  description = "Seconds that one stack may take at most, whatever is heard of its worker."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition     = var.timeout_seconds > var.heartbeat_seconds && var.timeout_seconds <= 86400
    error_message = "A stack may take longer than a heartbeat and a day at most, not ${var.timeout_seconds} seconds."
  }
}

variable "timezone" {
  description = "Time zone of the schedule."
  type        = string
  default     = "UTC"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_+/-]*$", var.timezone))
    error_message = "\"${var.timezone}\" is no time zone such as Asia/Tokyo."
  }
}

variable "tracing" {
  description = "Whether runs are traced with AWS X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "vend" {
  description = "Whether accounts are vended by themselves when one of the events says so."
  type        = bool
  default     = false
  nullable    = false
}

variable "vpc_id" {
  description = "VPC of the subnets; CodeBuild asks for it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(vpc-[0-9a-f]{8,17})?$", var.vpc_id)) && (var.vpc_id != "" || var.launch == "fargate" || length(var.subnet_ids) == 0)
    error_message = "CodeBuild in subnets needs their VPC such as vpc-0123456789abcdef0, not \"${var.vpc_id}\"."
  }
}

variable "worker_role" {
  description = "Name of the workers' role."
  type        = string
  default     = "orchestrator-worker"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.worker_role)) && var.worker_role != var.runner_role
    error_message = "\"${var.worker_role}\" is not a role name, or the runner's."
  }
}

variable "workers" {
  description = "Workers that a run starts; 0 where workers are started by other means."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.workers >= 0 && var.workers <= 200 && floor(var.workers) == var.workers
    error_message = "A run starts 0 to 200 workers, not ${var.workers}."
  }
}
