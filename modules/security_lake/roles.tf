# Source: Security Lake user guide, "Getting started", for both roles.
resource "aws_iam_role" "metastore" {
  name                 = "${var.name}-metastore"
  description          = "Lets Security Lake keep partitions in the Glue catalog."
  assume_role_policy   = data.aws_iam_policy_document.metastore_trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy_attachment" "metastore" {
  role       = aws_iam_role.metastore.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonSecurityLakeMetastoreManager"
}

resource "aws_iam_role" "replication" {
  name                 = "${var.name}-replication"
  description          = "Lets S3 replicate the lake to its roll-up region."
  assume_role_policy   = data.aws_iam_policy_document.replication_trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "replication" {
  name   = "replicate"
  role   = aws_iam_role.replication.name
  policy = data.aws_iam_policy_document.replication.json
}

data "aws_iam_policy_document" "metastore_trust" {
  statement {
    sid     = "LakeFunctions"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "replication_trust" {
  statement {
    sid     = "LakeBuckets"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  statement {
    sid = "ReadsLakes"
    actions = [
      "s3:GetObjectLegalHold",
      "s3:GetObjectRetention",
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionTagging",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
    ]
    resources = [local.buckets, "${local.buckets}/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [var.account_id]
    }
  }

  statement {
    sid       = "Replicates"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["arn:${local.partition}:s3:::aws-security-data-lake-${var.rollup_region}-*/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [var.account_id]
    }
  }

  dynamic "statement" {
    for_each = length(local.keys) == 0 ? [] : [local.keys]

    content {
      sid       = "UsesTheKeys"
      actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for region in sort(keys(var.kms_key_arns)) : "s3.${region}.amazonaws.com"]
      }
    }
  }
}
