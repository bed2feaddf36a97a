mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id        = "200000000001"
  organization_id   = "o-exampleorg1"
  region            = "ap-northeast-1"
  state_bucket      = "example-terraform-state-200000000001"
  state_kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000001:key/11111111-2222-3333-4444-555555555555"
  target_roles      = ["orchestrator-plan", "orchestrator-apply"]
}

run "enters_accounts_of_the_organization_only" {
  command = plan

  assert {
    condition = data.aws_iam_policy_document.permissions.statement[0].resources == toset([
      "arn:aws:iam::*:role/orchestrator-listen",
      "arn:aws:iam::*:role/OrganizationAccountAccessRole",
      "arn:aws:iam::*:role/orchestrator-apply",
      "arn:aws:iam::*:role/orchestrator-plan",
    ])
    error_message = "The runner may assume the target roles and the entry role, and no other."
  }

  assert {
    condition = (
      one(data.aws_iam_policy_document.permissions.statement[0].condition).variable == "aws:ResourceOrgID" &&
      one(data.aws_iam_policy_document.permissions.statement[0].condition).values == tolist(["o-exampleorg1"])
    )
    error_message = "A role of the same name outside of the organization must be out of reach."
  }
}

run "may_delete_locks_but_no_state" {
  command = plan

  assert {
    condition = [for s in data.aws_iam_policy_document.permissions.statement : s.resources if contains(s.actions, "s3:DeleteObject")] == [
      toset(["arn:aws:s3:::example-terraform-state-200000000001/*/terraform.tfstate.tflock"]),
      toset(["arn:aws:s3:::example-terraform-state-200000000001/locks/*.json"]),
    ]
    error_message = "Only lock objects may be deleted."
  }
}

run "writes_journals_only_where_they_are_kept" {
  command = plan

  variables {
    keep_journals = true
  }

  assert {
    condition = [for s in data.aws_iam_policy_document.permissions.statement : s.actions if contains(s.resources, "arn:aws:s3:::${var.state_bucket}/journal/*.jsonl")] == [
      toset(["s3:PutObject"])
    ]
    error_message = "Journals alone are written, never read or deleted."
  }
}

run "keeps_no_journals_by_default" {
  command = plan

  assert {
    condition     = !anytrue([for s in data.aws_iam_policy_document.permissions.statement : strcontains(join(",", s.resources), "/journal/")])
    error_message = "Without keep_journals nothing is written below journal/."
  }
}

run "keeps_plans_and_removes_them" {
  command = plan

  variables {
    keep_plans = true
  }

  assert {
    condition = [for s in data.aws_iam_policy_document.permissions.statement : s.actions if contains(s.resources, "arn:aws:s3:::${var.state_bucket}/plans/*")] == [
      toset(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"])
    ]
    error_message = "Stored plans are written, read and, when they are carried out, removed."
  }

  assert {
    condition     = !anytrue([for s in data.aws_iam_policy_document.permissions.statement : strcontains(join(",", s.resources), "/journal/")])
    error_message = "Where no journals are kept, none are read."
  }
}

run "reads_journals_where_plans_are_kept_too" {
  command = plan

  variables {
    keep_journals = true
    keep_plans    = true
  }

  assert {
    condition = [for s in data.aws_iam_policy_document.permissions.statement : s.actions if contains(s.resources, "arn:aws:s3:::${var.state_bucket}/journal/*.jsonl")] == [
      toset(["s3:PutObject"]),
      toset(["s3:GetObject"]),
    ]
    error_message = "Journals are written, and read for the digest of the plans; never deleted."
  }
}

run "keeps_no_plans_by_default" {
  command = plan

  assert {
    condition     = !anytrue([for s in data.aws_iam_policy_document.permissions.statement : strcontains(join(",", s.resources), "/plans/")])
    error_message = "Without keep_plans nothing is written below plans/."
  }
}

run "lists_states_and_nothing_else" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.permissions.statement : one(s.resources) if contains(s.actions, "s3:ListBucket")] == ["arn:aws:s3:::${var.state_bucket}"]
    error_message = "Listing must be held to the state bucket."
  }
}

run "uses_the_key_through_s3_only" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.permissions.statement : one(s.condition).values if contains(s.actions, "kms:Decrypt")] == [tolist(["s3.ap-northeast-1.amazonaws.com"])]
    error_message = "The state key is for states in the bucket."
  }
}

run "is_trusted_by_its_own_account_for_an_hour" {
  command = plan

  assert {
    condition     = one(data.aws_iam_policy_document.trust.statement[0].principals).identifiers == toset(["arn:aws:iam::200000000001:root"])
    error_message = "Only principals of the own account may become the runner."
  }

  assert {
    condition     = aws_iam_role.this["runner"].max_session_duration == 3600
    error_message = "A session ends after an hour."
  }
}

run "the_reader_enters_accounts_by_their_plan_roles_and_changes_nothing" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.reader.statement : s.resources if contains(s.actions, "sts:AssumeRole")] == [toset(["arn:aws:iam::*:role/orchestrator-listen", "arn:aws:iam::*:role/orchestrator-plan"])]
    error_message = "The reader may assume the plan role, and no other."
  }

  assert {
    condition = (
      one(data.aws_iam_policy_document.reader.statement[0].condition).variable == "aws:ResourceOrgID" &&
      one(data.aws_iam_policy_document.reader.statement[0].condition).values == tolist(["o-exampleorg1"])
    )
    error_message = "A role of the same name outside of the organization must be out of reach."
  }

  assert {
    condition     = setunion([for s in data.aws_iam_policy_document.reader.statement : s.actions]...) == toset(["kms:Decrypt", "s3:GetObject", "s3:ListBucket", "sts:AssumeRole"])
    error_message = "Where nothing is kept, the reader writes nothing at all."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.reader.statement : s.resources if contains(s.actions, "s3:GetObject")] == [toset(["arn:aws:s3:::example-terraform-state-200000000001/*/terraform.tfstate"])]
    error_message = "The reader reads states, and no lock."
  }

  assert {
    condition     = aws_iam_role.this["reader"].name == "orchestrator-reader" && aws_iam_role.this["reader"].max_session_duration == 3600
    error_message = "A session of the reader ends after an hour."
  }
}

run "the_reader_stores_what_is_new_and_no_approval" {
  command = plan

  variables {
    keep_journals = true
    keep_plans    = true
  }

  assert {
    condition = [for s in data.aws_iam_policy_document.reader.statement : s.resources if contains(s.actions, "s3:PutObject")] == [toset([
      "arn:aws:s3:::example-terraform-state-200000000001/journal/*.jsonl",
      "arn:aws:s3:::example-terraform-state-200000000001/plans/*/manifest.json",
      "arn:aws:s3:::example-terraform-state-200000000001/plans/*/plan.json",
      "arn:aws:s3:::example-terraform-state-200000000001/plans/*/plan.tfplan",
      "arn:aws:s3:::example-terraform-state-200000000001/plans/*/scan.json",
    ])]
    error_message = "Journals and the files of plans are stored, nothing else."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.reader.statement : one(s.condition) if contains(s.actions, "s3:PutObject")] == [{ test = "Null", values = tolist(["false"]), variable = "s3:if-none-match" }]
    error_message = "What is there already must not be written over."
  }

  assert {
    condition     = !anytrue([for s in data.aws_iam_policy_document.reader.statement : contains(s.actions, "s3:DeleteObject")])
    error_message = "The reader removes nothing."
  }
}

run "refuses_a_reader_that_is_the_runner" {
  command = plan

  variables {
    reader = "orchestrator-runner"
  }

  expect_failures = [var.reader]
}

run "keeps_runs_and_removes_none_of_them" {
  command = plan

  variables {
    keep_runs = true
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.permissions.statement : s.actions if contains(s.resources, "arn:aws:s3:::example-terraform-state-200000000001/runs/*")] == [toset(["s3:GetObject", "s3:PutObject"])]
    error_message = "What one worker has concluded must stay."
  }
}

run "refuses_to_enter_nothing" {
  command = plan

  variables {
    target_roles = []
  }

  expect_failures = [var.target_roles]
}

run "refuses_an_alias_for_the_key" {
  command = plan

  variables {
    state_kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000001:alias/states"
  }

  expect_failures = [var.state_kms_key_arn]
}
