# Stack log_archive of account log-archive, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/security/_ou.yaml
#   account_configs/ous/security/log-archive.yaml
# `orchestrator explain log-archive` says which of them sets what.

module "log_archive" {
  source = "../../_modules/log_archive"

  account_id            = "200000000003"
  bucket_prefix         = "example-logs"
  expire_after          = 2557
  glacier_after         = 90
  home_region           = "ap-northeast-1"
  management_account_id = "200000000001"
  object_lock_days      = 0
  organization_id       = "o-exampleorg1"
  reader_account_ids    = ["200000000002"]
  trail_name            = "example-organization"
}
