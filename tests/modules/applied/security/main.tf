module "findings_bus" {
  source = "./modules/findings_bus"

  account_id               = "200000000002"
  name                     = "findings"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"
}

module "drift_queue" {
  source = "./modules/drift_queue"

  account_id       = "200000000002"
  alarm_topic_arns = ["arn:aws:sns:ap-northeast-1:200000000002:alarms"]
  organization_id  = "o-exampleorg1"
  region           = "ap-northeast-1"
}

module "team_notifications" {
  source = "./modules/team_notifications"

  account_id               = "200000000002"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"

  teams = {
    orders   = { email = "orders@example.com" }
    payments = { email = "payments@example.com" }
  }
}

module "finding_router" {
  source = "./modules/finding_router"

  account_id               = "200000000002"
  access_log_bucket        = "example-security-access-logs"
  bus_name                 = "findings"
  external_id              = "example-remediation"
  organization_id          = "o-exampleorg1"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"

  package = {
    path   = "findings.zip"
    sha256 = "7ZLjZ2RHZUAHE1DvxF08SYAn6P3+Ux4sUkn+Sv0i4+c="
  }
}

module "lake_queries" {
  source = "./modules/lake_queries"

  account_id    = "200000000002"
  region        = "ap-northeast-1"
  scan_limit_gb = 50
}

module "siem" {
  source           = "./modules/siem_opensearch"
  account_id       = "200000000002"
  client_cidrs     = ["10.9.0.0/16"]
  data             = { count = 2, type = "r7g.large.search", volume_gb = 100 }
  master_role_arn  = "arn:aws:iam::200000000002:role/siem-administrator"
  region           = "ap-northeast-1"
  subnet_ids       = ["subnet-86342b40e169cb15a", "subnet-4b5738cbcff096696"]
  vpc_id           = "vpc-4bbf678933e6dcbf2"
  writer_role_arns = [module.siem_ingestion.role_arn]
}

module "siem_ingestion" {
  source                   = "./modules/siem_ingestion"
  account_id               = "200000000002"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"

  source_logs = {
    bucket_arns      = ["arn:aws:s3:::example-logs-cloudtrail"]
    kind             = "cloudtrail"
    owner_account_id = "200000000003"
    queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem"
    queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000003/orchestrator-siem"
  }

  subnet_ids   = ["subnet-86342b40e169cb15a", "subnet-4b5738cbcff096696"]
  target_cidrs = ["10.9.0.0/16"]
  vpc_id       = "vpc-4bbf678933e6dcbf2"

  target = {
    arn      = module.siem.arn
    endpoint = module.siem.endpoint
    name     = "orchestrator-siem"
  }
}

module "siem_serverless" {
  source           = "./modules/siem_opensearch_serverless"
  name             = "orchestrator-search"
  account_id       = "200000000002"
  client_cidrs     = ["10.9.0.0/16"]
  master_role_arn  = "arn:aws:iam::200000000002:role/siem-administrator"
  reader_role_arns = ["arn:aws:iam::200000000002:role/siem-analyst"]
  subnet_ids       = ["subnet-86342b40e169cb15a", "subnet-4b5738cbcff096696"]
  vpc_id           = "vpc-4bbf678933e6dcbf2"
  writer_role_arns = [module.siem_ingestion_serverless.role_arn]
}


module "siem_ingestion_serverless" {
  source                   = "./modules/siem_ingestion"
  name                     = "orchestrator-search"
  kms_key_arn              = "arn:aws:kms:ap-northeast-1:200000000002:key/11111111-2222-3333-4444-555555555555"
  account_id               = "200000000002"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"

  source_logs = {
    bucket_arns      = ["arn:aws:s3:::example-logs-cloudtrail"]
    kind             = "cloudtrail"
    owner_account_id = "200000000003"
    queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem"
    queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000003/orchestrator-siem"
  }

  target = {
    arn                 = module.siem_serverless.arn
    endpoint            = module.siem_serverless.endpoint
    name                = "orchestrator-search"
    network_policy_name = module.siem_serverless.network_policy_name
  }
}
