resource "aws_securityhub_finding_aggregator" "this" {
  linking_mode      = length(var.linked_regions) == 0 ? "NO_REGIONS" : "SPECIFIED_REGIONS"
  specified_regions = length(var.linked_regions) == 0 ? null : var.linked_regions
}
