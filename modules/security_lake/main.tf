data "aws_partition" "current" {}

locals {
  partition    = data.aws_partition.current.partition
  contributors = setsubtract(var.regions, [var.rollup_region])

  # Every lake bucket is called so; Security Lake puts region and an id behind it.
  buckets = "arn:${local.partition}:s3:::aws-security-data-lake-*"

  keys = [for region in sort(keys(var.kms_key_arns)) : var.kms_key_arns[region]]
}

# The lake to which the others replicate, and so the first one.
resource "aws_securitylake_data_lake" "rollup" {
  meta_store_manager_role_arn = aws_iam_role.metastore.arn

  configuration {
    region                   = var.rollup_region
    encryption_configuration = [{ kms_key_id = lookup(var.kms_key_arns, var.rollup_region, "S3_MANAGED_KEY") }]

    lifecycle_configuration {
      expiration {
        days = var.expire_after
      }

      transition {
        days          = var.glacier_after
        storage_class = "GLACIER_IR"
      }
    }
  }

  depends_on = [aws_iam_role_policy_attachment.metastore]
}

resource "aws_securitylake_data_lake" "contributor" {
  for_each = local.contributors

  meta_store_manager_role_arn = aws_iam_role.metastore.arn

  configuration {
    region                   = each.value
    encryption_configuration = [{ kms_key_id = lookup(var.kms_key_arns, each.value, "S3_MANAGED_KEY") }]

    lifecycle_configuration {
      expiration {
        days = var.contributor_expire_after
      }
    }

    replication_configuration {
      regions  = [var.rollup_region]
      role_arn = aws_iam_role.replication.arn
    }
  }

  # The roll-up lake first; among themselves the provider makes one at a time.
  depends_on = [aws_iam_role_policy.replication, aws_securitylake_data_lake.rollup]
}
