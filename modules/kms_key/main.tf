data "aws_partition" "current" {}

resource "aws_kms_key" "this" {
  description             = var.description
  deletion_window_in_days = var.deletion_days
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.this.json
}

# The name by which a key is found: its id is known only after it is made.
resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

# In a key policy the resource "*" is the key itself.
data "aws_iam_policy_document" "this" {
  #checkov:skip=CKV_AWS_109: the account's own administrators administer the key
  #checkov:skip=CKV_AWS_111: every other statement is the caller's, and is judged in the caller's plan
  #checkov:skip=CKV_AWS_356: in a key policy "*" is the key itself
  statement {
    sid = "AccountAdministers"
    # All actions: a key whose policy names nobody for one of them can never be repaired.
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = var.statements

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = ["*"]

      principals {
        type        = statement.value.service == null ? "AWS" : "Service"
        identifiers = statement.value.service == null ? statement.value.principal_arns : [statement.value.service]
      }

      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
