# Rendered by orchestrator from account_configs/organization.yaml (state).

terraform {
  backend "s3" {
    bucket       = "example-terraform-state-200000000001"
    key          = "200000000001/bootstrap/terraform.tfstate"
    region       = "ap-northeast-1"
    profile      = "state"
    encrypt      = true # with AES256 where no key is named, whatever the bucket's default
    kms_key_id   = "arn:aws:kms:ap-northeast-1:200000000001:alias/example-terraform-state-200000000001"
    use_lockfile = true
  }
}
