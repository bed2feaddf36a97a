resource "aws_config_configuration_aggregator" "this" {
  name = var.name

  organization_aggregation_source {
    all_regions = true
    role_arn    = aws_iam_role.this.arn
  }

  # AWS Config tries the role when the aggregator is made.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role" "this" {
  name                 = "orchestrator-config-${var.name}" # the apply role makes no role of another name
  description          = "Lets AWS Config see which accounts the organization has."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "this" {
  name   = "organization"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.permissions.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Config"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  #checkov:skip=CKV_AWS_356: these actions are about the organization and know no resource
  statement {
    sid = "SeesTheOrganization"
    # As AWS's managed policy AWSConfigRoleForOrganizations.
    actions = [
      "organizations:DescribeOrganization",
      "organizations:ListAccounts",
      "organizations:ListAWSServiceAccessForOrganization",
      "organizations:ListDelegatedAdministrators",
    ]
    # These actions know no resource.
    resources = ["*"]
  }
}
