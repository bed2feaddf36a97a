# Addresses of before 1.0, so that what is there already is kept. They go with 2.0.
moved {
  from = aws_s3_bucket.this
  to   = module.bucket[0].aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.this
  to   = module.bucket[0].aws_s3_bucket_lifecycle_configuration.this
}

moved {
  from = aws_s3_bucket_policy.this
  to   = module.bucket[0].aws_s3_bucket_policy.this
}

moved {
  from = aws_s3_bucket_public_access_block.this
  to   = module.bucket[0].aws_s3_bucket_public_access_block.this
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.this
  to   = module.bucket[0].aws_s3_bucket_server_side_encryption_configuration.this
}

moved {
  from = module.bucket
  to   = module.bucket[0]
}
