# Addresses of before 1.0, so that what is there already is kept. They go with 2.0.
moved {
  from = aws_kms_key.this
  to   = module.key.aws_kms_key.this
}

moved {
  from = aws_kms_alias.this
  to   = module.key.aws_kms_alias.this
}

moved {
  from = aws_s3_bucket.this["access"]
  to   = module.access_bucket.aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.this["access"]
  to   = module.access_bucket.aws_s3_bucket_lifecycle_configuration.this
}

moved {
  from = aws_s3_bucket_ownership_controls.this["access"]
  to   = module.access_bucket.aws_s3_bucket_ownership_controls.this[0]
}

moved {
  from = aws_s3_bucket_policy.this["access"]
  to   = module.access_bucket.aws_s3_bucket_policy.this
}

moved {
  from = aws_s3_bucket_public_access_block.this["access"]
  to   = module.access_bucket.aws_s3_bucket_public_access_block.this
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.this["access"]
  to   = module.access_bucket.aws_s3_bucket_server_side_encryption_configuration.this
}

moved {
  from = aws_s3_bucket_versioning.this["access"]
  to   = module.access_bucket.aws_s3_bucket_versioning.this[0]
}

moved {
  from = aws_s3_bucket.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_lifecycle_configuration.this
}

moved {
  from = aws_s3_bucket_logging.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_logging.this[0]
}

moved {
  from = aws_s3_bucket_object_lock_configuration.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_object_lock_configuration.this[0]
}

moved {
  from = aws_s3_bucket_ownership_controls.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_ownership_controls.this[0]
}

moved {
  from = aws_s3_bucket_policy.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_policy.this
}

moved {
  from = aws_s3_bucket_public_access_block.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_public_access_block.this
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_server_side_encryption_configuration.this
}

moved {
  from = aws_s3_bucket_versioning.this["cloudtrail"]
  to   = module.bucket["cloudtrail"].aws_s3_bucket_versioning.this[0]
}

moved {
  from = aws_s3_bucket.this["config"]
  to   = module.bucket["config"].aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.this["config"]
  to   = module.bucket["config"].aws_s3_bucket_lifecycle_configuration.this
}

moved {
  from = aws_s3_bucket_logging.this["config"]
  to   = module.bucket["config"].aws_s3_bucket_logging.this[0]
}

moved {
  from = aws_s3_bucket_ownership_controls.this["config"]
  to   = module.bucket["config"].aws_s3_bucket_ownership_controls.this[0]
}

moved {
  from = aws_s3_bucket_policy.this["config"]
  to   = module.bucket["config"].aws_s3_bucket_policy.this
}

moved {
  from = aws_s3_bucket_public_access_block.this["config"]
  to   = module.bucket["config"].aws_s3_bucket_public_access_block.this
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.this["config"]
  to   = module.bucket["config"].aws_s3_bucket_server_side_encryption_configuration.this
}

moved {
  from = aws_s3_bucket_versioning.this["config"]
  to   = module.bucket["config"].aws_s3_bucket_versioning.this[0]
}

moved {
  from = aws_s3_bucket.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_lifecycle_configuration.this
}

moved {
  from = aws_s3_bucket_logging.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_logging.this[0]
}

moved {
  from = aws_s3_bucket_object_lock_configuration.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_object_lock_configuration.this[0]
}

moved {
  from = aws_s3_bucket_ownership_controls.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_ownership_controls.this[0]
}

moved {
  from = aws_s3_bucket_policy.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_policy.this
}

moved {
  from = aws_s3_bucket_public_access_block.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_public_access_block.this
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_server_side_encryption_configuration.this
}

moved {
  from = aws_s3_bucket_versioning.this["logs"]
  to   = module.bucket["logs"].aws_s3_bucket_versioning.this[0]
}
