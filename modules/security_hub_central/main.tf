resource "aws_securityhub_finding_aggregator" "this" {
  linking_mode      = length(var.linked_regions) == 0 ? "NO_REGIONS" : "SPECIFIED_REGIONS"
  specified_regions = length(var.linked_regions) == 0 ? null : var.linked_regions
}

resource "aws_securityhub_organization_configuration" "this" {
  # Both must be off in central configuration: policies decide which account has what.
  auto_enable           = false
  auto_enable_standards = "NONE"

  organization_configuration {
    configuration_type = "CENTRAL"
  }

  # Central configuration is refused in a region that aggregates nothing.
  depends_on = [aws_securityhub_finding_aggregator.this]
}

resource "aws_securityhub_configuration_policy" "this" {
  for_each = var.policies

  name        = each.value.name
  description = each.value.description

  configuration_policy {
    # AWS refuses standards and controls in a policy that turns Security Hub off.
    enabled_standard_arns = each.value.service_enabled ? each.value.standard_arns : null
    service_enabled       = each.value.service_enabled

    dynamic "security_controls_configuration" {
      for_each = each.value.service_enabled ? [each.value] : []

      content {
        disabled_control_identifiers = security_controls_configuration.value.disabled_controls

        dynamic "security_control_custom_parameter" {
          for_each = security_controls_configuration.value.parameters

          content {
            security_control_id = security_control_custom_parameter.key

            dynamic "parameter" {
              for_each = security_control_custom_parameter.value

              content {
                name       = parameter.key
                value_type = "CUSTOM"

                dynamic "bool" {
                  for_each = parameter.value.bool[*]
                  content { value = bool.value }
                }
                dynamic "double" {
                  for_each = parameter.value.double[*]
                  content { value = double.value }
                }
                dynamic "enum" {
                  for_each = parameter.value.enum[*]
                  content { value = enum.value }
                }
                dynamic "enum_list" {
                  for_each = parameter.value.enum_list == null ? [] : [parameter.value.enum_list]
                  content { value = enum_list.value }
                }
                dynamic "int" {
                  for_each = parameter.value.int[*]
                  content { value = int.value }
                }
                dynamic "int_list" {
                  for_each = parameter.value.int_list == null ? [] : [parameter.value.int_list]
                  content { value = int_list.value }
                }
                dynamic "string" {
                  for_each = parameter.value.string[*]
                  content { value = string.value }
                }
                dynamic "string_list" {
                  for_each = parameter.value.string_list == null ? [] : [parameter.value.string_list]
                  content { value = string_list.value }
                }
              }
            }
          }
        }
      }
    }
  }

  depends_on = [aws_securityhub_organization_configuration.this]
}

resource "aws_securityhub_configuration_policy_association" "this" {
  for_each = var.associations

  policy_id = aws_securityhub_configuration_policy.this[each.value].id
  target_id = each.key

  # AWS may take a day. What is not there by then is asked for later; nobody waits for it here.
  timeouts {
    create = "20s"
    update = "20s"
  }
}
