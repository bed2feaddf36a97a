# Stack account of account orders-prod, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/workloads/_ou.yaml
#   account_configs/ous/workloads/prod/_ou.yaml
#   account_configs/ous/workloads/prod/orders-prod.yaml
# `orchestrator explain orders-prod` says which of them sets what.

module "orchestrator_roles" {
  source = "../../_modules/orchestrator_roles"

  account_id        = "200000000007"
  apply_role        = "orchestrator-apply"
  external_id       = "example-orchestrator"
  plan_role         = "orchestrator-plan"
  reader_role_arn   = "arn:aws:iam::200000000001:role/orchestrator-reader"
  remediation_role  = "orchestrator-remediation"
  runner_role_arn   = "arn:aws:iam::200000000001:role/orchestrator-runner"
  security_hub_mode = "central"
  stacks            = ["account"]
}

module "remediation_role" {
  source = "../../_modules/remediation_role"

  external_id              = "example-remediation"
  name                     = "orchestrator-remediation"
  permissions_boundary_arn = module.orchestrator_roles.remediation_boundary_arn
  trusted_role_arns        = ["arn:aws:iam::200000000002:role/orchestrator-findings"]

  policies = [
    [
      {
        sid       = "Cloudtrailn1"
        actions   = ["cloudtrail:DescribeTrails", "cloudtrail:LookupEvents"]
        resources = ["*"]
      },
      {
        sid       = "Cloudtrailn2"
        actions   = ["cloudtrail:GetTrail", "cloudtrail:ListTags", "cloudtrail:UpdateTrail"]
        resources = ["arn:aws:cloudtrail:*:200000000007:trail/*"]
      },
      {
        sid = "Ec2n1"
        actions = [
          "ec2:AuthorizeSecurityGroupEgress",
          "ec2:AuthorizeSecurityGroupIngress",
          "ec2:RevokeSecurityGroupEgress",
          "ec2:RevokeSecurityGroupIngress",
        ]
        resources = [
          "arn:aws:ec2:*:200000000007:security-group-rule/*",
          "arn:aws:ec2:*:200000000007:security-group/*",
        ]
      },
      {
        sid       = "Ec2n2"
        actions   = ["ec2:CreateTags"]
        resources = ["arn:aws:ec2:*:200000000007:security-group-rule/*"]
        conditions = {
          StringEquals = {
            "ec2:CreateAction" = ["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"]
          }
        }
      },
      {
        sid       = "Ec2n3"
        actions   = ["ec2:CreateTags"]
        resources = ["arn:aws:ec2:*:200000000007:security-group-rule/*"]
        conditions = {
          StringEquals = {
            "ec2:CreateAction" = ["AuthorizeSecurityGroupIngress"]
          }
        }
      },
      {
        sid = "Ec2n4"
        actions = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroupRules",
          "ec2:DescribeSecurityGroups",
          "ec2:DisableEbsEncryptionByDefault",
          "ec2:EnableEbsEncryptionByDefault",
          "ec2:GetEbsEncryptionByDefault",
        ]
        resources = ["*"]
      },
      {
        sid = "Iamn1"
        actions = [
          "iam:DeleteAccountPasswordPolicy",
          "iam:GetAccountPasswordPolicy",
          "iam:UpdateAccountPasswordPolicy",
        ]
        resources = ["*"]
      },
      {
        sid = "Kmsn1"
        actions = [
          "kms:DescribeKey",
          "kms:DisableKeyRotation",
          "kms:EnableKeyRotation",
          "kms:GetKeyRotationStatus",
          "kms:ListResourceTags",
        ]
        resources = ["arn:aws:kms:*:200000000007:key/*"]
      },
      {
        sid       = "Kmsn2"
        actions   = ["kms:ListKeys"]
        resources = ["*"]
      },
      {
        sid       = "Rdsn1"
        actions   = ["rds:DescribeDBInstances", "rds:ModifyDBInstance"]
        resources = ["arn:aws:rds:*:200000000007:db:*"]
      },
      {
        sid = "S3n1"
        actions = [
          "s3:DeleteBucketPolicy",
          "s3:GetBucketAcl",
          "s3:GetBucketPolicy",
          "s3:GetBucketPolicyStatus",
          "s3:GetBucketPublicAccessBlock",
          "s3:GetBucketTagging",
          "s3:GetBucketWebsite",
          "s3:PutBucketPolicy",
          "s3:PutBucketPublicAccessBlock",
        ]
        resources = ["arn:aws:s3:::*"]
      },
      {
        sid = "S3n2"
        actions = [
          "s3:GetAccountPublicAccessBlock",
          "s3:ListAllMyBuckets",
          "s3:PutAccountPublicAccessBlock",
        ]
        resources = ["*"]
      },
    ],
  ]
}

module "account_baseline" {
  source = "../../_modules/account_baseline"

  config_service_linked_role = true
  s3_public_access_block     = true

  password_policy = {
    minimum_length   = 16
    maximum_age      = 90
    reuse_prevention = 24
  }
}

module "region_baseline_ap_northeast_1" {
  source = "../../_modules/region_baseline"

  ebs_encryption = true
  imdsv2         = true
}

module "config_recorder_ap_northeast_1" {
  source = "../../_modules/config_recorder"

  bucket              = "example-logs-config"
  frequency           = "CONTINUOUS"
  record_global_types = true
  role_arn            = "arn:aws:iam::200000000007:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

  excluded_types = []

  depends_on = [module.account_baseline]
}

module "region_baseline_us_east_1" {
  source = "../../_modules/region_baseline"

  providers = {
    aws = aws.us_east_1
  }

  ebs_encryption = true
  imdsv2         = true
}

module "config_recorder_us_east_1" {
  source = "../../_modules/config_recorder"

  providers = {
    aws = aws.us_east_1
  }

  bucket              = "example-logs-config"
  frequency           = "CONTINUOUS"
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
