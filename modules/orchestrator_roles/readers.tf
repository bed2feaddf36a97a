# Small roles, each for one purpose, so that nobody enters by a greater one for it.
locals {
  reading_roles = merge(
    { investigate = concat(local.event_history, local.resources_in_logs, local.log_files) },
    local.listens ? { listen = local.listening } : {},
    var.detections ? { detect = local.importing } : {},
  )

  event_history = [
    {
      Sid      = "ReadsTheEventHistory"
      Effect   = "Allow"
      Action   = ["cloudtrail:LookupEvents"]
      Resource = "*" # it knows no resource
    },
  ]

  # What logs call a resource: its network interfaces, its open ports, its domain.
  # orchestrator/findings/evidence/subject.py asks for these, and for no more at a time than one kind needs.
  resources_in_logs = [
    {
      Sid    = "FindsWhatLogsName"
      Effect = "Allow"
      Action = [
        "cloudfront:GetDistribution", "dms:DescribeReplicationInstances", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroupRules", "iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys", "kafka:ListNodes", "rds:DescribeDBInstances", "redshift:DescribeClusters",
        "redshift-serverless:ListWorkgroups",
      ]
      Resource = "*" # EC2's and DMS's know no resource; the others are not known before they are found
    },
  ]

  # Where logs lie: the archive's, and those of Security Lake.
  log_buckets = concat(
    contains(var.stacks, "log_archive") ? ["${local.arn}:s3:::${var.bucket_prefix}-*"] : [],
    contains(var.logs, "lake") ? ["${local.arn}:s3:::aws-security-data-lake-*"] : [],
  )
  # Buckets are looked for in a lake only, whose name ends as AWS chose; the archive's are known.
  log_files = [for statement in [
    {
      Sid       = "FindsBuckets"
      Effect    = "Allow"
      Action    = ["s3:ListAllMyBuckets"]
      Resource  = ["*"]
      Condition = {}
    },
    {
      Sid       = "FindsLogs"
      Effect    = "Allow"
      Action    = ["s3:ListBucket"]
      Resource  = local.log_buckets
      Condition = {}
    },
    {
      Sid       = "ReadsLogs"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = [for bucket in local.log_buckets : "${bucket}/*"]
      Condition = {}
    },
    {
      Sid       = "DecryptsLogs"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = ["${local.arn}:kms:*:${var.account_id}:key/*"] # a key's id is not ours to choose
      Condition = { StringLike = { "kms:ViaService" = "s3.*.amazonaws.com" } }
    },
  ] : { for part, value in statement : part => value if part != "Condition" || length(value) > 0 } if length(local.log_buckets) > 0 && (statement.Sid != "FindsBuckets" || contains(var.logs, "lake"))]

  # Whoever listens takes what it has worked on out of the queue, and nothing else.
  listening = [
    {
      Sid      = "Listens"
      Effect   = "Allow"
      Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      Resource = "${local.arn}:sqs:*:${var.account_id}:orchestrator-drift-events"
    },
  ]

  # What our own rules detect, as findings of the account's default product and of no other.
  importing = [
    {
      Sid      = "ImportsDetections"
      Effect   = "Allow"
      Action   = ["securityhub:BatchImportFindings"]
      Resource = "${local.arn}:securityhub:*:${var.account_id}:product/${var.account_id}/default"
    },
  ]

  reading_purposes = {
    detect      = "Lets the orchestrator import what its rules detect, and nothing else."
    investigate = "Lets who looks into an incident read logs and the event history."
    listen      = "Lets the orchestrator hear of changes made by hand."
  }
}

resource "aws_iam_role" "reading" {
  for_each = local.reading_roles

  name                 = "orchestrator-${each.key}"
  description          = local.reading_purposes[each.key]
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "reading" {
  for_each = local.reading_roles

  name   = "read"
  role   = aws_iam_role.reading[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
