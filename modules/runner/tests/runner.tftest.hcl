mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-1:200000000001:key/11111111-2222-3333-4444-555555555555" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:ap-northeast-1:200000000001:orchestrator-runner"
      url = "https://sqs.ap-northeast-1.amazonaws.com/200000000001/orchestrator-runner"
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::200000000001:role/orchestrator-worker" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-northeast-1:200000000001:log-group:logs" }
  }
  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:ap-northeast-1:200000000001:task-definition/orchestrator-runner:1" }
  }
  mock_resource "aws_codebuild_project" {
    defaults = { arn = "arn:aws:codebuild:ap-northeast-1:200000000001:project/orchestrator-runner" }
  }
}

variables {
  account_id         = "200000000001"
  image              = "200000000001.dkr.ecr.ap-northeast-1.amazonaws.com/tools/orchestrator@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"
  region             = "ap-northeast-1"
  security_group_ids = ["sg-0123456789abcdef0"]
  state_bucket       = "example-terraform-state-200000000001"
  state_kms_key_arn  = "arn:aws:kms:ap-northeast-1:200000000001:key/11111111-2222-3333-4444-555555555555"
  subnet_ids         = ["subnet-0123456789abcdef0"]
}

run "hands_out_stacks_wave_by_wave_with_a_token_and_a_heartbeat" {
  command = apply

  variables {
    heartbeat_seconds = 20
  }

  assert {
    condition = (
      jsondecode(aws_sfn_state_machine.this.definition).States.Waves.MaxConcurrency == 1 &&
      jsondecode(aws_sfn_state_machine.this.definition).States.Waves.ItemProcessor.States.Wave.ItemProcessor.ProcessorConfig.Mode == "DISTRIBUTED" &&
      jsondecode(aws_sfn_state_machine.this.definition).States.Waves.ItemProcessor.States.Wave.ItemProcessor.States.Stack.HeartbeatSeconds == 20 &&
      jsondecode(aws_sfn_state_machine.this.definition).States.Waves.ItemProcessor.States.Wave.ItemProcessor.States.Stack.Parameters.QueueUrl == module.queue.url
    )
    error_message = "One wave after another, each stack by the queue, for as long as its worker is heard."
  }

  assert {
    condition     = aws_sfn_state_machine.this.type == "STANDARD" && one(aws_sfn_state_machine.this.logging_configuration).include_execution_data == false
    error_message = "A run may take hours, and task tokens are in no log."
  }
}

run "starts_each_worker_and_looks_whether_it_was_placed" {
  command = apply

  variables {
    workers = 25
  }

  assert {
    condition     = length(jsondecode(aws_sfn_state_machine.this.definition).States.StartsWorkers.Result) == 25
    error_message = "Step Functions takes no Count of RunTask."
  }

  assert {
    condition = (
      jsondecode(aws_sfn_state_machine.this.definition).StartAt == "StartsWorkers" &&
      jsondecode(aws_sfn_state_machine.this.definition).States.Workers.Next == "Waves" &&
      jsondecode(aws_sfn_state_machine.this.definition).States.Workers.ItemProcessor.States.Worker.Branches[0].States.Start.Parameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp == "DISABLED"
    )
    error_message = "Workers are there before the first wave, and have no public address."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Workers.ItemProcessor.States.Worker.Branches[0].States.Placed.Choices[0].Next == "NotPlaced"
    error_message = "A worker that ECS could not place fails the run: it would wait for ever."
  }
}

run "starts_no_workers_where_others_do" {
  command = apply

  variables {
    workers = 0
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).StartAt == "Waves" && keys(jsondecode(aws_sfn_state_machine.this.definition).States) == ["Waves"]
    error_message = "With no workers of its own, the state machine begins with the waves."
  }

  assert {
    condition     = !anytrue([for s in data.aws_iam_policy_document.states.statement : contains(s.actions, "ecs:RunTask") || contains(s.actions, "iam:PassRole")])
    error_message = "Who starts no workers may not."
  }
}

run "a_worker_has_no_privileges_and_nothing_to_write_but_tmp" {
  command = plan

  assert {
    condition = alltrue([for container in jsondecode(aws_ecs_task_definition.this[0].container_definitions) :
      container.readonlyRootFilesystem && !container.privileged && container.user == "10001:10001" &&
      container.linuxParameters.capabilities.drop == ["ALL"] && container.mountPoints[*].containerPath == ["/tmp"]
    ])
    error_message = "The image is read only, and its user is not root."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this[0].container_definitions)[0].image == var.image
    error_message = "What runs is the image by its digest."
  }
}

run "a_worker_becomes_the_runner_and_answers_for_its_items_alone" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.workers.statement : s.resources if contains(s.actions, "sts:AssumeRole")] == [toset(["arn:aws:iam::200000000001:role/orchestrator-runner"])]
    error_message = "A worker may become the runner and nobody else."
  }

  assert {
    condition     = !anytrue([for s in data.aws_iam_policy_document.workers.statement : contains(s.resources, "*") if s.sid != "AnswersItems"])
    error_message = "Everything else a worker may do on Fargate is held to a resource."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.workers.statement : s.resources if contains(s.actions, "states:SendTaskSuccess")] == [toset(["*"])]
    error_message = "A worker answers by the item's token: the actions know no resource."
  }
}

run "the_image_is_fetched_from_its_repository" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.start.statement : s.resources if contains(s.actions, "ecr:BatchGetImage")] == [toset(["arn:aws:ecr:ap-northeast-1:200000000001:repository/tools/orchestrator"])]
    error_message = "ECS fetches the orchestrator's image and no other."
  }
}

run "vends_nothing_by_itself_unless_asked" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_event_rule.account) == 0 && length(aws_scheduler_schedule.this) == 0
    error_message = "Nothing starts by itself unless it is configured."
  }
}

run "vends_an_account_of_which_control_tower_speaks" {
  command = plan

  variables {
    vend = true
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.account["CreateManagedAccount"].event_pattern) == {
      "detail-type" = ["AWS Service Event via CloudTrail"]
      detail        = { eventName = ["CreateManagedAccount"], serviceEventDetails = { createManagedAccountStatus = { state = ["SUCCEEDED"] } } }
      source        = ["aws.controltower"]
    }
    error_message = "Only an account whose enrolment has succeeded is vended."
  }

  assert {
    condition = (
      toset(keys(aws_cloudwatch_event_rule.account)) == toset(["CreateManagedAccount", "UpdateManagedAccount"]) &&
      one(aws_cloudwatch_event_target.account["UpdateManagedAccount"].input_transformer).input_paths.account == "$.detail.serviceEventDetails.updateManagedAccountStatus.account.accountId"
    )
    error_message = "After a failed create, Control Tower says that it has updated the account."
  }
}

run "looks_for_drift_when_it_is_told_to" {
  command = plan

  variables {
    drift_notify   = ["sns:arn:aws:sns:ap-northeast-1:200000000001:drift"]
    drift_schedule = "rate(6 hours)"
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this["drift"].target[0].input).containerOverrides[0].command == ["drift", "all", "--notify", "sns:arn:aws:sns:ap-northeast-1:200000000001:drift"]
    error_message = "The schedule starts the search, with those who are to hear of it."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.workers.statement : s.resources if contains(s.actions, "sns:Publish")] == [toset(["arn:aws:sns:ap-northeast-1:200000000001:drift"])]
    error_message = "A worker publishes to those topics alone."
  }
}

run "tests_rules_when_it_is_told_to" {
  command = plan

  variables {
    detect_schedule = "rate(1 hour)"
  }

  assert {
    condition     = keys(aws_scheduler_schedule.this) == ["detect"] && aws_scheduler_schedule.this["detect"].schedule_expression == "rate(1 hour)"
    error_message = "Each search has a schedule of its own."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this["detect"].target[0].input).containerOverrides[0].command == ["detect", "--since", "1d", "--send"]
    error_message = "What is detected is sent where findings go."
  }
}

run "refuses_what_is_no_schedule" {
  command = plan

  variables {
    detect_schedule = "hourly"
  }

  expect_failures = [var.detect_schedule]
}

run "builds_are_workers_too" {
  command = apply

  variables {
    launch         = "codebuild"
    drift_schedule = "rate(1 day)"
    vend           = true
    vpc_id         = "vpc-0123456789abcdef0"
    workers        = 2
  }

  assert {
    condition     = one(aws_codebuild_project.this[0].environment).privileged_mode == false && length(aws_ecs_task_definition.this) == 0
    error_message = "A build has no privileges, and there are no tasks beside it."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.StartsWorkers.Result == [0, 1]
    error_message = "One build is started for each worker."
  }
}

run "refuses_an_image_by_its_tag" {
  command = plan

  variables {
    image = "200000000001.dkr.ecr.ap-northeast-1.amazonaws.com/orchestrator:latest"
  }

  expect_failures = [var.image]
}

run "refuses_fargate_without_a_network" {
  command = plan

  variables {
    subnet_ids = []
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_events_it_does_not_know" {
  command = plan

  variables {
    account_events = ["DeleteAccount"]
  }

  expect_failures = [var.account_events]
}

run "refuses_a_worker_that_is_the_runner" {
  command = plan

  variables {
    worker_role = "orchestrator-runner"
  }

  expect_failures = [var.worker_role]
}
