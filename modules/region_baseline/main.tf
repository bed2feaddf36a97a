resource "aws_ebs_encryption_by_default" "this" {
  count = var.ebs_encryption ? 1 : 0

  enabled = true
}

resource "aws_ec2_instance_metadata_defaults" "this" {
  count = var.imdsv2 ? 1 : 0

  http_put_response_hop_limit = var.metadata_hop_limit
  http_tokens                 = "required"
}
