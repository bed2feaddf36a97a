# What starts by itself: an account that is new or has moved, and the search for drift.
locals {
  # A day each time, however often: what is found again is the same finding, and CloudTrail is late.
  scheduled = { for name, start in {
    detect = {
      command  = ["detect", "--since", "1d", "--send"]
      schedule = var.detect_schedule
      what     = "Tests rules on the last day's events."
    }
    drift = {
      command  = concat(["drift", "all"], flatten([for target in sort(var.drift_notify) : ["--notify", target]]))
      schedule = var.drift_schedule
      what     = "Looks for drift in every account."
    }
  } : name => start if start.schedule != "" }

  # Where each event names the account. Control Tower says "Update" after a failed "Create".
  # Sources: AWS Control Tower user guide, "Lifecycle events"; AWS Organizations user guide,
  # "Logging and monitoring".
  managed    = { source = "aws.controltower", type = "AWS Service Event via CloudTrail", state = true }
  reported   = { source = "aws.organizations", type = "AWS Service Event via CloudTrail", state = true }
  membership = { source = "aws.organizations", type = "AWS Service Event via CloudTrail", state = false, under = "serviceEventDetails", account = "accountId" }
  account_events = {
    AccountDepartedOrganization = local.membership
    AccountJoinedOrganization   = local.membership
    CloseAccountResult          = merge(local.reported, { under = "serviceEventDetails.closeAccountStatus", account = "accountId" })
    CreateAccountResult         = merge(local.reported, { under = "serviceEventDetails.createAccountStatus", account = "accountId" })
    CreateManagedAccount        = merge(local.managed, { under = "serviceEventDetails.createManagedAccountStatus", account = "account.accountId" })
    MoveAccount                 = { source = "aws.organizations", type = "AWS API Call via CloudTrail", state = false, under = "requestParameters", account = "accountId" }
    UpdateManagedAccount        = merge(local.managed, { under = "serviceEventDetails.updateManagedAccountStatus", account = "account.accountId" })
  }

  # Membership events are documented by their fields, not by their place: one that names no account
  # there starts nothing, and coverage names the account. Who is created is told by an event of its
  # own, and where Control Tower makes accounts, it moves them out of the root before they are ready.
  # Source: AWS Organizations API reference, "CreateAccount", "LeaveOrganization", "MoveAccount".
  told  = { serviceEventDetails = { accountId = [{ exists = true }] } }
  tower = contains(var.account_events, "CreateManagedAccount")
  only = {
    AccountDepartedOrganization = jsonencode(local.told)
    AccountJoinedOrganization   = jsonencode({ serviceEventDetails = merge(local.told.serviceEventDetails, { joinedMethod = ["Invited"] }) })
    MoveAccount                 = local.tower ? jsonencode({ requestParameters = { sourceParentId = [{ "anything-but" = { prefix = "r-" } }] } }) : "{}"
  }
  heard = { for name, event in local.account_events : name => event if var.vend && contains(var.account_events, name) }

  network = { assign_public_ip = false, security_groups = sort(var.security_group_ids), subnets = sort(var.subnet_ids) }
}

resource "aws_cloudwatch_event_rule" "account" {
  for_each = local.heard

  name        = "${var.name}-${each.key}"
  description = "Vends the account of which ${each.key} speaks."
  event_pattern = jsonencode({
    "detail-type" = [each.value.type]
    detail        = merge({ eventName = [each.key] }, each.value.state ? jsondecode(format("{\"serviceEventDetails\":{\"%s\":{\"state\":[\"SUCCEEDED\"]}}}", split(".", each.value.under)[1])) : {}, jsondecode(lookup(local.only, each.key, "{}")))
    source        = [each.value.source]
  })
  state = "ENABLED"
}

resource "aws_cloudwatch_event_target" "account" {
  for_each = local.heard

  arn       = local.fargate ? local.cluster_arn : aws_codebuild_project.this[0].arn
  role_arn  = aws_iam_role.this["launch"].arn
  rule      = aws_cloudwatch_event_rule.account[each.key].name
  target_id = "vend"

  # Only an account id gets from the event into the command.
  input_transformer {
    input_paths    = { account = "$.detail.${each.value.under}.${each.value.account}" }
    input_template = local.fargate ? "{\"containerOverrides\":[{\"name\":\"orchestrator\",\"command\":[\"vend\",\"<account>\"]}]}" : "{\"environmentVariablesOverride\":[{\"name\":\"ORCHESTRATOR_ARGUMENTS\",\"value\":\"[\\\"vend\\\",\\\"<account>\\\"]\"}]}"
  }

  dynamic "ecs_target" {
    for_each = local.fargate ? [local.network] : []

    content {
      launch_type         = "FARGATE"
      task_count          = 1
      task_definition_arn = aws_ecs_task_definition.this[0].arn

      network_configuration {
        assign_public_ip = ecs_target.value.assign_public_ip
        security_groups  = ecs_target.value.security_groups
        subnets          = ecs_target.value.subnets
      }
    }
  }

  dead_letter_config {
    arn = aws_sqs_queue.missed.arn
  }
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.scheduled

  name                         = "${var.name}-${each.key}"
  description                  = each.value.what
  kms_key_arn                  = module.key.arn
  schedule_expression          = each.value.schedule
  schedule_expression_timezone = var.timezone

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = local.fargate ? local.cluster_arn : aws_codebuild_project.this[0].arn
    role_arn = aws_iam_role.this["launch"].arn

    input = local.fargate ? jsonencode({
      containerOverrides = [{ name = "orchestrator", command = each.value.command }]
      }) : jsonencode({
      environmentVariablesOverride = [{ name = "ORCHESTRATOR_ARGUMENTS", value = jsonencode(each.value.command) }]
    })

    dead_letter_config {
      arn = aws_sqs_queue.missed.arn
    }

    dynamic "ecs_parameters" {
      for_each = local.fargate ? [local.network] : []

      content {
        launch_type         = "FARGATE"
        task_count          = 1
        task_definition_arn = aws_ecs_task_definition.this[0].arn

        network_configuration {
          assign_public_ip = ecs_parameters.value.assign_public_ip
          security_groups  = ecs_parameters.value.security_groups
          subnets          = ecs_parameters.value.subnets
        }
      }
    }

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
  }
}

# Launches that AWS could not make, so that none is lost in silence. Its own key would have to let
# EventBridge and the scheduler in; nothing but an account id or a command is in it.
resource "aws_sqs_queue" "missed" {
  name                      = "${var.name}-missed"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "missed" {
  queue_url = aws_sqs_queue.missed.url
  policy    = data.aws_iam_policy_document.missed.json
}

data "aws_iam_policy_document" "missed" {
  statement {
    sid       = "OurRules"
    actions   = ["sqs:SendMessage"]
    resources = ["${local.queue_arn}-missed"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:events:${local.here}:rule/${var.name}-*"]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:ReceiveMessage", "sqs:SendMessage"]
    resources = ["${local.queue_arn}-missed"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
