resource "aws_iam_service_linked_role" "this" {
  for_each = var.services

  aws_service_name = each.value
  description      = "Lets the service work for the account; wanted by the orchestrator's stacks."

  lifecycle {
    # One that a service has made is taken over with the words of the service.
    ignore_changes = [description]
  }
}
