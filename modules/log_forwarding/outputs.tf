output "flow_log_ids" {
  description = "Id of each flow log, by its VPC."
  value       = { for vpc, log in aws_flow_log.this : vpc => log.id }
}

output "not_forwarded" {
  description = "What stays where it is: log groups left out, and sources of VPCs that nobody collects."
  value = {
    log_groups = var.destination_arn == "" ? ["*"] : local.left_out
    sources    = sort(setsubtract(["ROUTE53", "VPC_FLOW"], local.collected))
  }
}
