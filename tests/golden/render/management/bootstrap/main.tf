# Stack bootstrap of account management, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/management.yaml
# `orchestrator explain management` says which of them sets what.

module "state_backend" {
  source = "../../_modules/state_backend"

  account_id = "200000000001"
  bucket     = "example-terraform-state-200000000001"
}

module "runner_roles" {
  source = "../../_modules/runner_roles"

  account_id        = "200000000001"
  entry_role        = "OrganizationAccountAccessRole"
  name              = "orchestrator-runner"
  organization_id   = "o-exampleorg1"
  plan_role         = "orchestrator-plan"
  reader            = "orchestrator-reader"
  region            = "ap-northeast-1"
  state_bucket      = module.state_backend.bucket
  state_kms_key_arn = module.state_backend.kms_key_arn

  target_roles = [
    "orchestrator-plan",
    "orchestrator-apply",
    "orchestrator-investigate",
    "orchestrator-findings",
  ]
}

moved {
  from = module.orchestrator_runner
  to   = module.runner_roles
}

module "orchestrator_roles" {
  source = "../../_modules/orchestrator_roles"

  account_id        = "200000000001"
  apply_role        = "orchestrator-apply"
  external_id       = "example-orchestrator"
  plan_role         = "orchestrator-plan"
  reader_role_arn   = module.runner_roles.reader_role_arn
  remediation_role  = "orchestrator-remediation"
  runner_role_arn   = module.runner_roles.role_arn
  security_hub_mode = "central"
  stacks            = ["account", "organization"]
}

module "orchestrator_roles_security" {
  source = "../../_modules/orchestrator_roles"

  providers = {
    aws = aws.security
  }

  account_id        = "200000000002"
  apply_role        = "orchestrator-apply"
  bucket_prefix     = "example-logs"
  external_id       = "example-orchestrator"
  plan_role         = "orchestrator-plan"
  reader_role_arn   = module.runner_roles.reader_role_arn
  remediation_role  = "orchestrator-remediation"
  runner_role_arn   = module.runner_roles.role_arn
  security_hub_mode = "central"
  stacks            = ["account", "security"]
}

module "orchestrator_roles_log_archive" {
  source = "../../_modules/orchestrator_roles"

  providers = {
    aws = aws.log_archive
  }

  account_id        = "200000000003"
  apply_role        = "orchestrator-apply"
  bucket_prefix     = "example-logs"
  external_id       = "example-orchestrator"
  plan_role         = "orchestrator-plan"
  reader_role_arn   = module.runner_roles.reader_role_arn
  remediation_role  = "orchestrator-remediation"
  runner_role_arn   = module.runner_roles.role_arn
  security_hub_mode = "central"
  stacks            = ["account", "log_archive"]
}
