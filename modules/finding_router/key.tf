module "key" {
  source = "../kms_key"

  account_id  = var.account_id
  description = "Encrypts findings on their way, and states before a fix."
  name        = var.store
  statements  = local.key_statements
}

locals {
  key_statements = [
    # If AWS says for which: nothing documents that KMS is told. The queue's policy admits this rule
    # alone.
    {
      sid     = "EventBridgeSends"
      actions = ["kms:Decrypt", "kms:GenerateDataKey"]
      service = "events.amazonaws.com"
      conditions = [
        { test = "ArnEqualsIfExists", variable = "aws:SourceArn", values = [local.rule_arns.findings] },
      ]
    },
    # Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    {
      sid     = "LogsEncrypt"
      actions = ["kms:Decrypt*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      service = "logs.${var.region}.amazonaws.com"
      conditions = [
        { test = "ArnEquals", variable = "kms:EncryptionContext:aws:logs:arn", values = [local.log_group_arn] },
      ]
    },
  ]
}
