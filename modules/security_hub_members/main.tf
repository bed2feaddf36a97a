resource "aws_securityhub_organization_configuration" "this" {
  auto_enable           = true
  auto_enable_standards = "NONE" # each account's own stack subscribes to standards

  organization_configuration {
    configuration_type = "LOCAL"
  }
}

resource "aws_securityhub_member" "this" {
  for_each = var.members

  account_id = each.key
  email      = each.value
  invite     = false # accounts of the organization join without being asked

  lifecycle {
    # Provider 5 reads a member of the organization back as invited and without an address, and
    # would replace it on every apply (hashicorp/terraform-provider-aws#24320).
    ignore_changes = [email, invite]
  }

  depends_on = [aws_securityhub_organization_configuration.this]
}
