module "key" {
  source = "../kms_key"

  account_id  = var.account_id
  description = "Encrypts the domain ${var.name} and its logs."
  name        = var.name
  statements = [
    # Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    {
      sid     = "LogsEncrypt"
      actions = ["kms:Decrypt*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      service = "logs.${var.region}.amazonaws.com"
      conditions = [
        { test = "ArnLike", variable = "kms:EncryptionContext:aws:logs:arn", values = ["arn:${local.partition}:logs:${local.here}:log-group:/aws/OpenSearchService/domains/${var.name}/*"] },
      ]
    },
  ]
}
