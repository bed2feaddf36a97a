mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::200000000002:role/orchestrator-source-onprem-ssh" }
  }
}

variables {
  account_id               = "200000000002"
  bucket_arn               = "arn:aws:s3:::aws-security-data-lake-ap-northeast-1-a1b2c3"
  event_class              = "AUTHENTICATION"
  external_id              = "example-onprem-ssh"
  name                     = "onprem-ssh"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  principal_arns           = ["arn:aws:iam::200000000006:role/log-shipper"]
  region                   = "ap-northeast-1"
  source_account_id        = "200000000006"
}

run "writes_below_its_own_folder_and_reads_nothing" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.shipper.statement : s.resources] == [toset(["arn:aws:s3:::aws-security-data-lake-ap-northeast-1-a1b2c3/ext/onprem-ssh-3002/region=ap-northeast-1/accountId=200000000006/eventDay=????????/*"])] && data.aws_iam_policy_document.shipper.statement[0].actions == toset(["s3:PutObject"])
    error_message = "A machine writes its own source, account and days."
  }

  assert {
    condition     = output.location == "s3://aws-security-data-lake-ap-northeast-1-a1b2c3/ext/onprem-ssh-3002/region=ap-northeast-1/accountId=200000000006/"
    error_message = "Where to write must be said."
  }
}

run "has_one_class_and_the_external_id" {
  command = plan

  assert {
    condition     = aws_securitylake_custom_log_source.this.event_classes == toset(["AUTHENTICATION"]) && aws_securitylake_custom_log_source.this.configuration[0].provider_identity[0].external_id == "example-onprem-ssh"
    error_message = "A source has one class."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.shipper_trust.statement) == 1 && one(data.aws_iam_policy_document.shipper_trust.statement[0].condition).variable == "sts:ExternalId" && length(aws_rolesanywhere_profile.this) == 0
    error_message = "A principal says the external id; certificates are not let in."
  }
}

run "lets_named_certificates_of_the_anchor_in" {
  command = plan

  variables {
    certificate_names = ["gateway-1"]
    principal_arns    = []
    trust_anchor_arn  = "arn:aws:rolesanywhere:ap-northeast-1:200000000002:trust-anchor/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
  }

  assert {
    condition = { for c in one(data.aws_iam_policy_document.shipper_trust.statement).condition : c.variable => c.values } == {
      "aws:PrincipalTag/x509Subject/CN" = tolist(["gateway-1"])
      "aws:SourceArn"                   = tolist(["arn:aws:rolesanywhere:ap-northeast-1:200000000002:trust-anchor/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"])
    }
    error_message = "Neither another anchor nor another certificate may write."
  }

  assert {
    condition     = length(aws_rolesanywhere_profile.this) == 1
    error_message = "Roles Anywhere wants a profile."
  }
}

run "a_stream_makes_events_of_lines_in_the_columns_of_the_class" {
  command = plan

  variables {
    stream = { format = "syslog", path = "onprem.zip", sha256 = "eS8TFA+z8Sfr3KAp7G8ExV+Fma/3F/LkWcSXyv17Lpc=" }
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.this["this"].extended_s3_configuration[0].prefix == "ext/onprem-ssh-3002/region=ap-northeast-1/accountId=200000000006/eventDay=!{partitionKeyFromLambda:eventDay}/"
    error_message = "Events belong into the source's own folder, by their own day."
  }

  assert {
    condition     = aws_lambda_function.this["this"].environment[0].variables == tomap({ CLASS_UID = "3002", FORMAT = "syslog", REINGEST = "true" })
    error_message = "The function must know its class and format."
  }

  assert {
    condition     = contains([for c in aws_glue_catalog_table.this["this"].storage_descriptor[0].columns : "${c.name} ${c.type}"], "time bigint")
    error_message = "The columns of the class must be there."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.shipper.statement : s.actions] == [toset(["firehose:PutRecord", "firehose:PutRecordBatch"])]
    error_message = "A machine sends lines, and writes nothing into the lake by itself."
  }

  assert {
    condition     = { for s in data.aws_iam_policy_document.function.statement : s.sid => s.resources }["PutsLinesIntoItsStreamAgain"] == toset(["arn:aws:firehose:ap-northeast-1:200000000002:deliverystream/orchestrator-source-onprem-ssh-3002"])
    error_message = "The function puts lines into its own stream only."
  }
}

run "a_function_that_puts_nothing_again_may_not_write" {
  command = plan

  variables {
    stream = { format = "syslog", path = "onprem.zip", reingest = false, sha256 = "eS8TFA+z8Sfr3KAp7G8ExV+Fma/3F/LkWcSXyv17Lpc=" }
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.function.statement : s.sid] == ["SaysWhatItCounted"] && aws_lambda_function.this["this"].environment[0].variables["REINGEST"] == "false"
    error_message = "Without the need there is no right."
  }
}

run "refuses_a_stream_without_code" {
  command = plan

  variables {
    stream = { format = "syslog" }
  }

  expect_failures = [var.stream]
}

run "refuses_a_long_name" {
  command = plan

  variables {
    name = "onprem-authentication"
  }

  expect_failures = [var.name]
}

run "refuses_a_source_that_nobody_may_write" {
  command = plan

  variables {
    principal_arns = []
  }

  expect_failures = [var.principal_arns]
}

run "refuses_an_anchor_with_any_certificate" {
  command = plan

  variables {
    trust_anchor_arn = "arn:aws:rolesanywhere:ap-northeast-1:200000000002:trust-anchor/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
  }

  expect_failures = [var.certificate_names]
}
