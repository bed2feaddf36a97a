resource "aws_kms_key" "this" {
  description             = "Encrypts the items of runs on their way to workers, and what workers log."
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109: the account's own administrators administer the key
  #checkov:skip=CKV_AWS_111: every other writer is a service, held to our log groups
  #checkov:skip=CKV_AWS_356: in a key policy "*" is the key itself
  statement {
    sid = "AccountAdministers"
    # All actions: a key whose policy names nobody for one of them can never be repaired.
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.account_id}:root"]
    }
  }

  # Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
  statement {
    sid       = "LogsEncrypt"
    actions   = ["kms:Decrypt*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = values(local.log_group_arns)
    }
  }
}
