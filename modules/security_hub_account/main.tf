locals {
  switches = merge([
    for control, reason in var.disabled_controls : {
      for standard in lookup(var.control_standards, control, keys(var.standards)) :
      "${standard}/${control}" => { control = control, reason = reason, standard = standard }
    }
  ]...)
}

resource "aws_securityhub_account" "this" {
  count = var.enable_hub ? 1 : 0

  # control_finding_generator is left alone: a member takes its administrator's.
  auto_enable_controls     = true
  enable_default_standards = false # exactly those asked for
}

resource "aws_securityhub_standards_subscription" "this" {
  for_each = var.standards

  standards_arn = each.value

  depends_on = [aws_securityhub_account.this]
}

resource "aws_securityhub_standards_control_association" "disabled" {
  for_each = local.switches

  association_status  = "DISABLED"
  security_control_id = each.value.control
  standards_arn       = aws_securityhub_standards_subscription.this[each.value.standard].standards_arn
  updated_reason      = each.value.reason
}
