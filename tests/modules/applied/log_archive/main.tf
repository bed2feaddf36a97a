module "log_archive" {
  source = "./modules/log_archive"

  account_id            = "200000000003"
  bucket_prefix         = "example-logs"
  home_region           = "ap-northeast-1"
  management_account_id = "200000000001"
  organization_id       = "o-exampleorg1"
  reader_account_ids    = ["200000000002"]
  trail_name            = "example-organization"
  object_lock_days      = 30
  queue_reader_arn      = "arn:aws:iam::200000000002:role/orchestrator-siem-pipeline"
}
