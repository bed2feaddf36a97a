data "aws_partition" "current" {}

locals {
  # Written out, so that the policies can be read in the plan, before there is a bus.
  events   = "arn:${data.aws_partition.current.partition}:events:${var.region}:${var.account_id}"
  bus_arn  = "${local.events}:event-bus/${var.name}"
  rule_arn = "${local.events}:rule/${var.name}"

  # What arrives, by the service that says it. Security Hub sends one event a finding, for every
  # import and every update (user guide, "Security Hub event formats"); V2 has a name of its own.
  kinds = {
    "aws.guardduty"   = ["GuardDuty Finding"]
    "aws.securityhub" = ["Findings Imported V2", "Security Hub Findings - Custom Action", "Security Hub Findings - Imported"]
  }
}

# Without a policy: Security Hub brings the findings of all accounts and regions here, and the one who
# forwards them is a role of this account.
resource "aws_cloudwatch_event_bus" "this" {
  name = var.name
}

# On the default bus, where services speak.
resource "aws_cloudwatch_event_rule" "this" {
  name        = var.name
  description = "Forwards the findings of Security Hub and GuardDuty to the bus ${var.name}."
  event_pattern = jsonencode({
    "detail-type" = sort(flatten(values(local.kinds)))
    source        = keys(local.kinds)
  })
  state = "ENABLED"
}

resource "aws_cloudwatch_event_target" "this" {
  arn       = aws_cloudwatch_event_bus.this.arn
  role_arn  = aws_iam_role.this.arn
  rule      = aws_cloudwatch_event_rule.this.name
  target_id = "bus"

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role" "this" {
  name                 = "orchestrator-events-${var.name}" # the apply role makes no role of another name
  description          = "Lets EventBridge forward findings to the bus ${var.name}."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "this" {
  name   = "forward"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.permissions.json
}
