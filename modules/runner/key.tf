module "key" {
  source = "../kms_key"

  account_id  = var.account_id
  description = "Encrypts the items of runs on their way to workers, and what workers log."
  name        = var.name
  statements = [
    # Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    {
      sid     = "LogsEncrypt"
      actions = ["kms:Decrypt*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      service = "logs.${var.region}.amazonaws.com"
      conditions = [
        { test = "ArnEquals", variable = "kms:EncryptionContext:aws:logs:arn", values = values(local.log_group_arns) },
      ]
    },
  ]
}
