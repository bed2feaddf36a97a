module "queue" {
  source = "../queue_with_dead_letters"

  account_id           = var.account_id
  kms_key              = { arn = module.key.arn }
  name                 = var.name
  receive_wait_seconds = 20
  receives             = var.receives
  region               = var.region
  # A worker hides what it works on again with each heartbeat; this is for one that falls silent.
  visibility_seconds = var.heartbeat_seconds
}
