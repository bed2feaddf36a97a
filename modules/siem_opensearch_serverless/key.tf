resource "aws_kms_key" "this" {
  description             = "Encrypts the collection ${var.name}."
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

# Serverless uses the key by a grant, made by whoever makes the collection.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109: the account's own administrators administer the key
  #checkov:skip=CKV_AWS_111: there is no other statement
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
}
