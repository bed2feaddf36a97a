module "state_backend" {
  source     = "./modules/state_backend"
  account_id = "200000000001"
  bucket     = "example-terraform-state-200000000001"
}

module "runner_roles" {
  source            = "./modules/runner_roles"
  account_id        = "200000000001"
  organization_id   = "o-exampleorg1"
  region            = "ap-northeast-1"
  state_bucket      = module.state_backend.bucket
  state_kms_key_arn = module.state_backend.kms_key_arn
  target_roles      = ["orchestrator-plan", "orchestrator-apply"]
}

module "runner" {
  source = "./modules/runner"

  account_id         = "200000000001"
  drift_schedule     = "cron(0 3 * * ? *)"
  image              = "200000000001.dkr.ecr.ap-northeast-1.amazonaws.com/orchestrator@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"
  region             = "ap-northeast-1"
  security_group_ids = ["sg-0123456789abcdef0"]
  state_bucket       = "example-terraform-state-200000000001"
  state_kms_key_arn  = "arn:aws:kms:ap-northeast-1:200000000001:key/11111111-2222-3333-4444-555555555555"
  subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  timezone           = "Asia/Tokyo"
  vend               = true
}
