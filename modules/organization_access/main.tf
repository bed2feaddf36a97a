data "aws_organizations_organization" "current" {}

resource "aws_organizations_organization" "this" {
  # A service that is trusted already stays trusted: taking trust away breaks the service in every
  # account, so that is done by hand.
  aws_service_access_principals = setunion(
    data.aws_organizations_organization.current.aws_service_access_principals,
    var.trusted_services,
  )
  feature_set = "ALL"

  lifecycle {
    prevent_destroy = true
    # Which policy types are on is decided where the policies are.
    ignore_changes = [enabled_policy_types]

    precondition {
      condition     = data.aws_organizations_organization.current.id == var.organization_id
      error_message = "This account belongs to ${data.aws_organizations_organization.current.id}, not to ${var.organization_id}."
    }
  }
}

resource "aws_organizations_delegated_administrator" "this" {
  for_each = var.delegated_administrators

  account_id        = each.value
  service_principal = each.key

  depends_on = [aws_organizations_organization.this]
}

resource "aws_securityhub_organization_admin_account" "this" {
  admin_account_id = var.security_hub_admin_account_id

  depends_on = [aws_organizations_organization.this]
}
