output "bucket_arns" {
  description = "ARN of the lake's bucket, by region."
  value = merge(
    { (var.rollup_region) = aws_securitylake_data_lake.rollup.s3_bucket_arn },
    { for region, lake in aws_securitylake_data_lake.contributor : region => lake.s3_bucket_arn },
  )
}

output "organization_configuration" {
  description = "What CreateDataLakeOrganizationConfiguration takes, so that new accounts are collected from too."
  value = [for region in sort(var.regions) : {
    region  = region
    sources = [for name in sort(var.sources) : { sourceName = name, sourceVersion = local.version }]
  }]
}
