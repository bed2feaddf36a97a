module "key" {
  source = "../kms_key"

  account_id  = var.account_id
  description = "Encrypts the log archive ${var.bucket_prefix}."
  name        = var.bucket_prefix
  statements  = local.key_statements
}

locals {
  # If AWS says for whom: the documented examples name accounts, which are too many to list.
  of_organization = [{ test = "StringEqualsIfExists", variable = "aws:SourceOrgID", values = [var.organization_id] }]
  of_trail        = { test = "StringEquals", variable = "aws:SourceArn", values = [local.trail_arn] }

  key_statements = concat([
    # kms:Decrypt because the bucket has an S3 Bucket Key (CloudTrail user guide, "Configure AWS KMS
    # key policies for CloudTrail"). Any region and trail name: the trail's shadows in other regions
    # encrypt too.
    {
      sid     = "CloudTrailEncrypts"
      actions = ["kms:Decrypt", "kms:GenerateDataKey"]
      service = "cloudtrail.amazonaws.com"
      conditions = [
        local.of_trail,
        {
          test     = "StringLike"
          variable = "kms:EncryptionContext:aws:cloudtrail:arn"
          values   = ["arn:${local.partition}:cloudtrail:*:${var.management_account_id}:trail/*"]
        },
      ]
    },
    # Of its own, because a description has no encryption context.
    {
      sid        = "CloudTrailDescribes"
      actions    = ["kms:DescribeKey"]
      service    = "cloudtrail.amazonaws.com"
      conditions = [local.of_trail]
    },
    {
      sid        = "ConfigDelivers"
      actions    = ["kms:Decrypt", "kms:GenerateDataKey"]
      service    = "config.amazonaws.com"
      conditions = local.of_organization
    },
    {
      sid        = "LogsAreDelivered"
      actions    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
      service    = "delivery.logs.amazonaws.com"
      conditions = local.of_organization
    },
    ], length(var.reader_account_ids) == 0 ? [] : [{
      sid            = "ReadersDecrypt"
      actions        = ["kms:Decrypt", "kms:DescribeKey"]
      principal_arns = [for id in sort(var.reader_account_ids) : "arn:${local.partition}:iam::${id}:root"]
      conditions = [
        { test = "StringEquals", variable = "aws:PrincipalOrgID", values = [var.organization_id] },
        { test = "StringEquals", variable = "kms:ViaService", values = ["s3.${var.home_region}.amazonaws.com"] },
      ]
  }])
}
