# Tells who searches the logs of new files, one queue for each kind of them.
locals {
  told      = var.queue_reader_arn != ""
  queue_arn = "arn:${local.partition}:sqs:${var.home_region}:${var.account_id}:${var.queue_name}"

  # Both lie below AWSLogs/ of one bucket, which has one list of who is told.
  delivered = { resolver = ".log.gz", flow = ".parquet" }
  queues    = { for kind, reader in var.log_queue_reader_arns : kind => { name = "${var.queue_name}-${kind}", reader_arn = reader, suffix = local.delivered[kind] } }

  hears = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
}

resource "aws_sqs_queue" "this" {
  count = local.told ? 1 : 0

  name                       = var.queue_name
  message_retention_seconds  = 14 * 24 * 3600 # so long may a reader stand still
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead["trail"].arn, maxReceiveCount = 10 })
  sqs_managed_sse_enabled    = true # S3 could not use a key of the account without a say in it
  visibility_timeout_seconds = 600
}

resource "aws_sqs_queue" "log" {
  for_each = local.queues

  name                       = each.value.name
  message_retention_seconds  = 14 * 24 * 3600
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn, maxReceiveCount = 10 })
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 600
}

# Files that ten readings did not get through: without it, they would come again for two weeks.
resource "aws_sqs_queue" "dead" {
  for_each = merge(local.told ? { trail = var.queue_name } : {}, { for kind, queue in local.queues : kind => queue.name })

  name                      = "${each.value}-dead"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "this" {
  count = local.told ? 1 : 0

  queue_url = aws_sqs_queue.this[0].url
  policy    = data.aws_iam_policy_document.queue[0].json
}

resource "aws_sqs_queue_policy" "log" {
  for_each = local.queues

  queue_url = aws_sqs_queue.log[each.key].url
  policy    = data.aws_iam_policy_document.log_queue[each.key].json
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

resource "aws_s3_bucket_notification" "log" {
  count = length(local.queues) == 0 ? 0 : 1

  bucket = module.bucket["logs"].name

  dynamic "queue" {
    for_each = local.queues

    content {
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = "AWSLogs/"
      filter_suffix = queue.value.suffix
      queue_arn     = aws_sqs_queue.log[queue.key].arn
    }
  }

  depends_on = [aws_sqs_queue_policy.log]
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
    actions   = local.hears
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

data "aws_iam_policy_document" "log_queue" {
  for_each = local.queues

  statement {
    sid       = "TheBucketTells"
    actions   = ["sqs:SendMessage"]
    resources = ["${local.queue_arn}-${each.key}"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.arns["logs"]]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }

  statement {
    sid       = "TheReaderHears"
    actions   = local.hears
    resources = ["${local.queue_arn}-${each.key}"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${split(":", each.value.reader_arn)[4]}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [each.value.reader_arn]
    }
  }
}
