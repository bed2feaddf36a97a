# Tells who searches the logs of CloudTrail's new files.
resource "aws_sqs_queue" "this" {
  count = local.told ? 1 : 0

  name                       = var.queue_name
  message_retention_seconds  = 14 * 24 * 3600 # so long may a reader stand still
  sqs_managed_sse_enabled    = true           # S3 could not use a key of the account without a say in it
  visibility_timeout_seconds = 600
}

resource "aws_sqs_queue_policy" "this" {
  count = local.told ? 1 : 0

  queue_url = aws_sqs_queue.this[0].url
  policy    = data.aws_iam_policy_document.queue[0].json
}

resource "aws_s3_bucket_notification" "this" {
  count = local.told ? 1 : 0

  bucket = module.bucket["cloudtrail"].name

  queue {
    events        = ["s3:ObjectCreated:*"]
    filter_suffix = ".json.gz" # digests and Insights' own files have no records
    queue_arn     = aws_sqs_queue.this[0].arn
  }

  # S3 sends a test message while it takes this.
  depends_on = [aws_sqs_queue_policy.this]
}

data "aws_iam_policy_document" "queue" {
  count = local.told ? 1 : 0

  statement {
    sid       = "TheBucketTells"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.arns["cloudtrail"]]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }

  # The account, because SQS refuses a role that is yet to be made, and in it that role alone.
  statement {
    sid       = "TheReaderHears"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [local.queue_arn]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${split(":", var.queue_reader_arn)[4]}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [var.queue_reader_arn]
    }
  }
}

locals {
  told      = var.queue_reader_arn != ""
  queue_arn = "arn:${local.partition}:sqs:${var.home_region}:${var.account_id}:${var.queue_name}"
}
