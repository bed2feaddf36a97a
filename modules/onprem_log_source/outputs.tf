output "location" {
  description = "Where events are written, each day in a folder eventDay=YYYYMMDD below it."
  value       = "s3://${split(":::", var.bucket_arn)[1]}/${local.location}/"
}

output "profile_arn" {
  description = "Profile for IAM Roles Anywhere; empty without a trust anchor."
  value       = local.anchored ? aws_rolesanywhere_profile.this[0].arn : ""
}

output "role_arn" {
  description = "Role with which events are written."
  value       = aws_iam_role.shipper.arn
}

output "stream_name" {
  description = "Stream to which lines are sent, one a record; empty without one."
  value       = length(local.streams) == 0 ? "" : aws_kinesis_firehose_delivery_stream.this["this"].name
}
