# Rendered by orchestrator from account_configs/organization.yaml (state).

terraform {
  backend "s3" {
    bucket       = "example-terraform-state-200000000001"
    key          = "200000000001/account/terraform.tfstate"
    region       = "ap-northeast-1"
    profile      = "state"
    encrypt      = true
    use_lockfile = true
  }
}
