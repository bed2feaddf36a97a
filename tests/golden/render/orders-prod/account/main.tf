# Stack account of account orders-prod, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/workloads/_ou.yaml
#   account_configs/ous/workloads/prod/_ou.yaml
#   account_configs/ous/workloads/prod/orders-prod.yaml
# `orchestrator explain orders-prod` says which of them sets what.

module "orchestrator_roles" {
  source = "../../../modules/orchestrator_roles"

  account_id        = "200000000007"
  apply_role        = "orchestrator-apply"
  external_id       = "example-orchestrator"
  plan_role         = "orchestrator-plan"
  runner_role_arn   = "arn:aws:iam::200000000001:role/orchestrator-runner"
  security_hub_mode = "central"
  stacks            = ["account"]
}

module "account_baseline" {
  source = "../../../modules/account_baseline"

  config_service_linked_role = true
  s3_public_access_block     = true

  password_policy = {
    minimum_length   = 16
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
  role_arn            = "arn:aws:iam::200000000007:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

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
  role_arn            = "arn:aws:iam::200000000007:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

  excluded_types = []

  depends_on = [module.account_baseline]
}

output "orchestrator_roles" {
  description = "Written once both roles are whole; until then the account is entered otherwise."
  value = {
    apply = module.orchestrator_roles.apply_role_arn
    plan  = module.orchestrator_roles.plan_role_arn
  }

  depends_on = [module.orchestrator_roles]
}
