# What a role may do inside is decided there, by fine-grained access control; this says which roles
# get in at all.
data "aws_iam_policy_document" "domain" {
  statement {
    sid       = "RolesGetIn"
    actions   = ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPatch", "es:ESHttpPost", "es:ESHttpPut"]
    resources = ["${local.domain_arn}/*"]

    principals {
      type        = "AWS"
      identifiers = sort(setunion([var.master_role_arn], var.reader_role_arns, var.writer_role_arns))
    }
  }
}

# Source: OpenSearch Service developer guide, "Monitoring OpenSearch logs with CloudWatch Logs".
data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "DomainWritesItsLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${local.here}:log-group:/aws/OpenSearchService/domains/${var.name}/*"]

    principals {
      type        = "Service"
      identifiers = ["es.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.domain_arn]
    }
  }
}
