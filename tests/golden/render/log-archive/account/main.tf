# Stack account of account log-archive, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/security/_ou.yaml
#   account_configs/ous/security/log-archive.yaml
# `orchestrator explain log-archive` says which of them sets what.

module "account_baseline" {
  source = "../../../modules/account_baseline"

  config_service_linked_role = true
  s3_public_access_block     = true

  password_policy = {
    minimum_length   = 14
    maximum_age      = 90
    reuse_prevention = 24
  }
}

module "region_baseline_ap_northeast_1" {
  source = "../../../modules/region_baseline"

  ebs_encryption = true
  imdsv2         = true
}

module "config_recorder_ap_northeast_1" {
  source = "../../../modules/config_recorder"

  bucket              = "example-logs-config"
  frequency           = "CONTINUOUS"
  kms_key_arn         = "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"
  record_global_types = true
  role_arn            = "arn:aws:iam::200000000003:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

  excluded_types = []

  depends_on = [module.account_baseline]
}

module "region_baseline_us_east_1" {
  source = "../../../modules/region_baseline"

  providers = {
    aws = aws.us_east_1
  }

  ebs_encryption = true
  imdsv2         = true
}

module "config_recorder_us_east_1" {
  source = "../../../modules/config_recorder"

  providers = {
    aws = aws.us_east_1
  }

  bucket              = "example-logs-config"
  frequency           = "CONTINUOUS"
  kms_key_arn         = "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"
  record_global_types = false
  role_arn            = "arn:aws:iam::200000000003:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

  excluded_types = []

  depends_on = [module.account_baseline]
}
