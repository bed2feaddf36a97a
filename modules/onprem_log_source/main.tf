data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition

  # `orchestrator logs ingest` writes each class to a folder of its own, called so.
  classes = {
    ACCOUNT_CHANGE        = 3001
    API_ACTIVITY          = 6003
    AUTHENTICATION        = 3002
    COMPLIANCE_FINDING    = 2003
    DATASTORE_ACTIVITY    = 6005
    DETECTION_FINDING     = 2004
    DNS_ACTIVITY          = 4003
    HTTP_ACTIVITY         = 4002
    NETWORK_ACTIVITY      = 4001
    PROCESS_ACTIVITY      = 1007
    VULNERABILITY_FINDING = 2002
  }
  source = "${var.name}-${local.classes[var.event_class]}"

  # The one folder of the source, by AWS's own layout (Security Lake user guide, "Custom sources").
  location = "ext/${local.source}/region=${var.region}/accountId=${var.source_account_id}"

  anchored = var.trust_anchor_arn != ""
}

resource "aws_securitylake_custom_log_source" "this" {
  source_name   = local.source
  event_classes = [var.event_class]

  configuration {
    crawler_configuration {
      role_arn = aws_iam_role.crawler.arn
    }

    # Security Lake makes a role for this principal. Nothing here uses it: it may write below any
    # account and day, for as long as the source exists.
    provider_identity {
      external_id = var.external_id
      principal   = var.account_id
    }
  }

  depends_on = [aws_iam_role_policy.crawler, aws_iam_role_policy_attachment.crawler]
}

resource "aws_iam_role" "crawler" {
  name                 = "orchestrator-source-${local.source}-crawler"
  description          = "Lets Glue find new partitions of the source ${local.source}."
  assume_role_policy   = data.aws_iam_policy_document.crawler_trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "crawler" {
  name   = "read"
  role   = aws_iam_role.crawler.name
  policy = data.aws_iam_policy_document.crawler.json
}

resource "aws_iam_role_policy_attachment" "crawler" {
  role       = aws_iam_role.crawler.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AWSGlueServiceRole"
}

resource "aws_iam_role" "shipper" {
  name                 = "orchestrator-source-${local.source}"
  description          = "Lets a machine outside of AWS write events of the source ${local.source}."
  assume_role_policy   = data.aws_iam_policy_document.shipper_trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "shipper" {
  name   = "write"
  role   = aws_iam_role.shipper.name
  policy = data.aws_iam_policy_document.shipper.json
}

resource "aws_rolesanywhere_profile" "this" {
  count = local.anchored ? 1 : 0

  name             = aws_iam_role.shipper.name
  duration_seconds = 3600
  enabled          = true
  role_arns        = [aws_iam_role.shipper.arn]
}
