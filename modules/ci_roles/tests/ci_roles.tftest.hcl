mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::200000000001:policy/orchestrator-ci" }
  }
}

variables {
  account_id      = "200000000001"
  reader_role_arn = "arn:aws:iam::200000000001:role/orchestrator-reader"
  runner_role_arn = "arn:aws:iam::200000000001:role/orchestrator-runner"

  github = {
    "example/accounts" = { environment = "production" }
  }
}

run "lets_pull_requests_and_the_branch_plan_and_the_environment_apply" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this["plan"].assume_role_policy).Statement == [{
      Sid       = "JobsOfGithub"
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::200000000001:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:example/accounts:pull_request", "repo:example/accounts:ref:refs/heads/main"]
        }
      }
    }]
    error_message = "Pull requests and the branch may plan, and nobody else."
  }

  assert {
    condition = jsondecode(aws_iam_role.this["apply"].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = ["repo:example/accounts:environment:production"]
      }
    }
    error_message = "Jobs of the environment may apply, and nobody else."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this["github"].url == "https://token.actions.githubusercontent.com" && aws_iam_openid_connect_provider.this["github"].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "Tokens for others than AWS's STS must be refused."
  }

  assert {
    condition     = keys(aws_iam_openid_connect_provider.this) == ["github"]
    error_message = "Who is not declared gets no provider."
  }
}

run "a_role_starts_the_orchestrator_and_does_nothing_else" {
  command = plan

  assert {
    condition = { for name, one in aws_iam_policy.this : name => jsondecode(one.policy).Statement } == {
      apply = [{ Sid = "StartsAsTheRunner", Effect = "Allow", Action = "sts:AssumeRole", Resource = ["arn:aws:iam::200000000001:role/orchestrator-runner"] }]
      plan  = [{ Sid = "StartsAsTheReader", Effect = "Allow", Action = "sts:AssumeRole", Resource = ["arn:aws:iam::200000000001:role/orchestrator-reader"] }]
    }
    error_message = "Jobs that plan may become the reader, jobs that apply the runner."
  }

  assert {
    condition     = { for name, one in aws_iam_role.this : name => one.name } == { apply = "orchestrator-ci-apply", plan = "orchestrator-ci-plan" }
    error_message = "The roles are named in workflows."
  }

  assert {
    condition     = alltrue([for one in aws_iam_role.this : one.max_session_duration == 3600])
    error_message = "A session ends after an hour."
  }
}

run "a_role_is_bounded_by_its_own_policy" {
  assert {
    condition     = alltrue([for name, one in aws_iam_role.this : one.permissions_boundary == aws_iam_policy.this[name].arn && aws_iam_role_policy_attachment.this[name].policy_arn == aws_iam_policy.this[name].arn])
    error_message = "Whatever is attached to a role later, it must not get more."
  }
}

run "verifies_approvals_only_to_apply" {
  command = plan

  variables {
    approval_key_arns = ["arn:aws:kms:ap-northeast-1:200000000001:key/11111111-2222-3333-4444-555555555555"]
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_policy.this["apply"].policy).Statement : s.Resource if s.Action == "kms:Verify"] == [["arn:aws:kms:ap-northeast-1:200000000001:key/11111111-2222-3333-4444-555555555555"]]
    error_message = "The keys of approvers are used to verify."
  }

  assert {
    condition     = !strcontains(aws_iam_policy.this["plan"].policy, "kms:")
    error_message = "Jobs that plan use no key."
  }
}

run "lets_any_branch_of_a_project_on_gitlab_plan_and_one_apply" {
  command = plan

  variables {
    github     = {}
    gitlab     = { "example/platform/accounts" = { branch = "release" } }
    gitlab_url = "https://gitlab.example.com"
  }

  assert {
    condition = jsondecode(aws_iam_role.this["plan"].assume_role_policy).Statement[0].Condition == {
      StringEquals = { "gitlab.example.com:aud" = "sts.amazonaws.com" }
      StringLike   = { "gitlab.example.com:sub" = ["project_path:example/platform/accounts:ref_type:branch:ref:*"] }
    }
    error_message = "The project is named, its branches are not."
  }

  assert {
    condition = jsondecode(aws_iam_role.this["apply"].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "gitlab.example.com:aud" = "sts.amazonaws.com"
        "gitlab.example.com:sub" = ["project_path:example/platform/accounts:ref_type:branch:ref:release"]
      }
    }
    error_message = "One branch of the project may apply."
  }

  assert {
    condition     = keys(aws_iam_openid_connect_provider.this) == ["gitlab"] && aws_iam_openid_connect_provider.this["gitlab"].url == "https://gitlab.example.com"
    error_message = "The provider is where GitLab is."
  }
}

run "uses_a_provider_that_is_there" {
  command = plan

  variables {
    made_elsewhere = ["github"]
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 0 && strcontains(aws_iam_role.this["plan"].assume_role_policy, ":oidc-provider/token.actions.githubusercontent.com")
    error_message = "An account has one provider of an address."
  }
}

run "names_a_repository_by_its_ids_where_its_tokens_do" {
  command = plan

  variables {
    github = { "example@123456/accounts@456789" = { environment = "production" } }
  }

  assert {
    condition     = jsondecode(aws_iam_role.this["apply"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == ["repo:example@123456/accounts@456789:environment:production"]
    error_message = "The subject of a repository with ids has them."
  }
}

run "refuses_every_repository_of_an_owner" {
  command = plan

  variables {
    github = { "example/*" = { environment = "production" } }
  }

  expect_failures = [var.github]
}

run "refuses_any_environment" {
  command = plan

  variables {
    github = { "example/accounts" = { environment = "*" } }
  }

  expect_failures = [var.github]
}

run "refuses_branches_by_a_pattern" {
  command = plan

  variables {
    github = { "example/accounts" = { branch = "release/*", environment = "production" } }
    gitlab = { "example/accounts" = { branch = "?" } }
  }

  expect_failures = [var.github, var.gitlab]
}

run "refuses_a_group_of_projects" {
  command = plan

  variables {
    gitlab = { "example" = {} }
  }

  expect_failures = [var.gitlab]
}

run "refuses_one_role_for_both" {
  command = plan

  variables {
    runner_role_arn = "arn:aws:iam::200000000001:role/orchestrator-reader"
  }

  expect_failures = [var.runner_role_arn]
}
