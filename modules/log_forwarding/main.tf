data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  sender    = "${var.name}-sender-${var.region}" # IAM knows no regions

  # What a log group of the delivery's own would do: forward itself, once for each time it is
  # forwarded (CloudWatch Logs user guide, "Log recursion prevention").
  left_out = sort(setunion(var.delivery_log_groups, var.excluded_log_groups))
  criteria = format("LogGroupName NOT IN [%s]", join(", ", formatlist("\"%s\"", local.left_out)))

  collected = setunion(var.archive_sources, var.lake_sources)

  # Fields beyond the default ones: which way, through what, and who it was before NAT.
  flow_fields = [
    "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol",
    "packets", "bytes", "start", "end", "action", "log-status", "vpc-id", "subnet-id", "instance-id",
    "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr", "region", "flow-direction", "traffic-path",
  ]
}

# The destination's policy admits an organization and no account by its id, so that the sender needs
# a role of its own: CloudWatch Logs refuses the policy without one, whatever the API reference says
# (aws-cli issue 9474; user guide, "Cross-account cross-Region account-level subscriptions").
resource "aws_iam_role" "sender" {
  count = var.destination_arn == "" ? 0 : 1

  name                 = local.sender
  description          = "Lets CloudWatch Logs forward this account's logs."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "sender" {
  count = var.destination_arn == "" ? 0 : 1

  name   = "forward"
  role   = aws_iam_role.sender[0].name
  policy = data.aws_iam_policy_document.forwards.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "LogsOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "forwards" {
  statement {
    sid       = "ForwardsLogGroups"
    actions   = ["logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${var.region}:${var.account_id}:log-group:*"]
  }
}

resource "aws_cloudwatch_log_account_policy" "this" {
  count = var.destination_arn == "" ? 0 : 1

  policy_name        = var.name
  policy_type        = "SUBSCRIPTION_FILTER_POLICY"
  scope              = "ALL"
  selection_criteria = local.criteria
  policy_document = jsonencode({
    DestinationArn = var.destination_arn
    Distribution   = "Random"
    FilterPattern  = var.filter_pattern
    RoleArn        = aws_iam_role.sender[0].arn
  })

  lifecycle {
    precondition {
      condition     = split(":", var.destination_arn)[3] == var.region
      error_message = "Log groups of ${var.region} go to a destination of that region, not to ${var.destination_arn}."
    }

    precondition {
      condition     = length(local.criteria) <= 25600
      error_message = "${length(local.left_out)} log groups are too many to leave out: together they may be 25 KB long, not ${length(local.criteria)} characters."
    }
  }

  # CloudWatch Logs looks at what the role may do.
  depends_on = [aws_iam_role_policy.sender]
}

# No role: to a bucket, the service delivers by the bucket's policy.
resource "aws_flow_log" "this" {
  for_each = contains(var.archive_sources, "VPC_FLOW") ? var.vpc_ids : []

  log_destination          = var.archive_bucket_arn
  log_destination_type     = "s3"
  log_format               = join(" ", [for field in local.flow_fields : "$${${field}}"])
  max_aggregation_interval = var.flow_log_interval
  traffic_type             = "ALL"
  vpc_id                   = each.value

  destination_options {
    file_format                = "parquet"
    hive_compatible_partitions = true # so that an engine reads one account, region and day only
    per_hour_partition         = false
  }
}

resource "aws_route53_resolver_query_log_config" "this" {
  count = contains(var.archive_sources, "ROUTE53") ? 1 : 0

  name            = var.name
  destination_arn = var.archive_bucket_arn
}

resource "aws_route53_resolver_query_log_config_association" "this" {
  for_each = contains(var.archive_sources, "ROUTE53") ? var.vpc_ids : []

  resolver_query_log_config_id = aws_route53_resolver_query_log_config.this[0].id
  resource_id                  = each.value
}
