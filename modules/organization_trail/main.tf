locals {
  # arn:<partition>:kms:<region>:<account>:
  key_home = regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:", var.kms_key_arn)
}

resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252: findings are told by Security Hub, not by a topic on every log file
  #checkov:skip=CKV2_AWS_10: the log archive keeps the events; a second copy in CloudWatch Logs costs more than the trail
  name                          = var.name
  enable_log_file_validation    = true
  enable_logging                = true
  include_global_service_events = true
  is_multi_region_trail         = true
  is_organization_trail         = true
  kms_key_id                    = var.kms_key_arn
  s3_bucket_name                = var.bucket

  lifecycle {
    # CloudTrail answers with the key where an alias was given (API reference, DescribeTrails), so
    # the two would differ for ever. The postcondition sees a trail that lost its key or took one
    # from elsewhere.
    ignore_changes = [kms_key_id]

    postcondition {
      condition     = startswith(self.kms_key_id, local.key_home)
      error_message = "The trail is encrypted with \"${self.kms_key_id}\", not with a key of ${local.key_home}; set it back with: terraform apply -replace."
    }
  }
}
