mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id  = "200000000002"
  description = "Encrypts examples."
  name        = "example"
}

run "is_administered_by_its_account_alone_rotates_and_has_a_name" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.this.statement : s.sid] == ["AccountAdministers"] && one(data.aws_iam_policy_document.this.statement[0].principals).identifiers == toset(["arn:aws:iam::200000000002:root"])
    error_message = "The account's own administrators, and nobody else."
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30 && aws_kms_alias.this.name == "alias/example"
    error_message = "The key rotates, can be brought back for a month, and is found by its alias."
  }
}

run "others_do_what_they_are_named_for_in_the_given_order" {
  command = plan

  variables {
    statements = [
      {
        sid        = "LogsEncrypt"
        actions    = ["kms:Decrypt*", "kms:Encrypt*"]
        service    = "logs.ap-northeast-1.amazonaws.com"
        conditions = [{ test = "ArnEquals", variable = "kms:EncryptionContext:aws:logs:arn", values = ["arn:aws:logs:ap-northeast-1:200000000002:log-group:example"] }]
      },
      {
        sid            = "ReadersDecrypt"
        actions        = ["kms:Decrypt"]
        principal_arns = ["arn:aws:iam::200000000003:root"]
        conditions     = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-exampleorg1"] }]
      },
    ]
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.this.statement : s.sid] == ["AccountAdministers", "LogsEncrypt", "ReadersDecrypt"]
    error_message = "One statement for each, in order."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.this.statement : one(s.principals) if s.sid != "AccountAdministers"] == [{ type = "Service", identifiers = toset(["logs.ap-northeast-1.amazonaws.com"]) }, { type = "AWS", identifiers = toset(["arn:aws:iam::200000000003:root"]) }]
    error_message = "A service, or principals of an account."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.this.statement : one(s.condition).values if s.sid != "AccountAdministers"] == [tolist(["arn:aws:logs:ap-northeast-1:200000000002:log-group:example"]), tolist(["o-exampleorg1"])]
    error_message = "Each is held to what its condition says."
  }
}

run "refuses_a_statement_without_a_condition" {
  command = plan

  variables {
    statements = [{ sid = "Anyone", actions = ["kms:Decrypt"], service = "s3.amazonaws.com", conditions = [] }]
  }

  expect_failures = [var.statements]
}

run "refuses_a_second_administrator" {
  command = plan

  variables {
    statements = [{ sid = "Theirs", actions = ["kms:*"], principal_arns = ["arn:aws:iam::200000000003:root"], conditions = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-exampleorg1"] }] }]
  }

  expect_failures = [var.statements]
}

run "refuses_a_statement_about_nobody" {
  command = plan

  variables {
    statements = [{ sid = "Nobody", actions = ["kms:Decrypt"], conditions = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-exampleorg1"] }] }]
  }

  expect_failures = [var.statements]
}

run "refuses_a_name_of_aws" {
  command = plan

  variables {
    name = "aws/s3"
  }

  expect_failures = [var.name]
}
