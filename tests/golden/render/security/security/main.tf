# Stack security of account security, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/security/_ou.yaml
#   account_configs/ous/security/security.yaml
#   account_configs/controls/ and all of account_configs/ous/
# `orchestrator explain security` says which of them sets what.

# The aggregator stays, whoever configures.
moved {
  from = module.security_hub_aggregator.aws_securityhub_finding_aggregator.this
  to   = module.security_hub_central.aws_securityhub_finding_aggregator.this
}

module "security_hub_central" {
  source = "../../_modules/security_hub_central"

  linked_regions = ["us-east-1"]

  policies = {
    organization = {
      name            = "organization"
      description     = "As decided in account_configs/, first for organization."
      service_enabled = true
      standard_arns = [
        "arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:ap-northeast-1::standards/cis-aws-foundations-benchmark/v/3.0.0",
      ]
      disabled_controls = ["CloudTrail.5", "IAM.6", "RDS.6", "S3.9"]
      parameters = {
        "IAM.7" = {
          MaxPasswordAge = {
            int = 90
          }
          MinimumPasswordLength = {
            int = 14
          }
          PasswordReusePrevention = {
            int = 24
          }
        }
        "S3.13" = {
          targetTransitionDays = {
            int = 90
          }
        }
      }
    }
    sandbox = {
      name            = "sandbox"
      description     = "As decided in account_configs/, first for sandbox."
      service_enabled = true
      standard_arns = [
        "arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0",
      ]
      disabled_controls = ["CloudTrail.5", "EC2.6", "IAM.6", "RDS.6", "RDS.8", "S3.9"]
      parameters = {
        "IAM.7" = {
          MaxPasswordAge = {
            int = 90
          }
          MinimumPasswordLength = {
            int = 14
          }
          PasswordReusePrevention = {
            int = 24
          }
        }
        "S3.13" = {
          targetTransitionDays = {
            int = 90
          }
        }
      }
    }
  }

  associations = {
    "r-ex01"           = "organization"
    "ou-ex01-sandbox0" = "sandbox"
  }
}

module "config_aggregator" {
  source = "../../_modules/config_aggregator"

  account_id               = "200000000002"
  name                     = "organization"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
}

module "findings_bus" {
  source = "../../_modules/findings_bus"

  account_id               = "200000000002"
  name                     = "findings"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"
}

module "team_notifications" {
  source = "../../_modules/team_notifications"

  account_id               = "200000000002"
  alarmed                  = ["platform-security"]
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"

  teams = {
    data = {
      email = "data@example.com"
    }
    network = {
      email = "network@example.com"
    }
    orders = {
      email = "orders@example.com"
    }
    payments = {
      email = "payments@example.com"
    }
    "platform-security" = {
      email = "platform-security@example.com"
    }
    web = {
      email = "web@example.com"
    }
  }
}

module "finding_router" {
  source = "../../_modules/finding_router"

  account_id               = "200000000002"
  alarm_topic_arns         = [module.team_notifications.topic_arns["platform-security"]]
  bus_name                 = module.findings_bus.name
  external_id              = "example-remediation"
  keep_days                = 400
  member_role              = "orchestrator-remediation"
  name                     = "orchestrator-findings"
  operator_role_arns       = ["arn:aws:iam::200000000001:role/orchestrator-runner"]
  organization_id          = "o-exampleorg1"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"
  secret_names             = []
  topic_key_arn            = module.team_notifications.kms_key_arn

  package = {
    path   = "${path.module}/findings.zip"
    sha256 = "(of the zip)"
  }
}

module "guardduty_organization_ap_northeast_1" {
  source = "../../_modules/guardduty_organization"

  features = {
    S3_DATA_EVENTS = true
  }
}

module "access_analyzer_ap_northeast_1" {
  source = "../../_modules/access_analyzer"

  name = "organization"
}

module "guardduty_organization_us_east_1" {
  source = "../../_modules/guardduty_organization"

  providers = {
    aws = aws.us_east_1
  }

  features = {
    S3_DATA_EVENTS = true
  }
}

module "access_analyzer_us_east_1" {
  source = "../../_modules/access_analyzer"

  providers = {
    aws = aws.us_east_1
  }

  name = "organization"
}
