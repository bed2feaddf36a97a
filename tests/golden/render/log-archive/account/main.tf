# Stack account of account log-archive, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/security/_ou.yaml
#   account_configs/ous/security/log-archive.yaml
# `orchestrator explain log-archive` says which of them sets what.

module "remediation_role" {
  source = "../../_modules/remediation_role"

  external_id              = "example-remediation"
  name                     = "orchestrator-remediation"
  permissions_boundary_arn = "arn:aws:iam::200000000003:policy/orchestrator-boundary-remediation"
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
        resources = ["arn:aws:cloudtrail:*:200000000003:trail/*"]
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
          "arn:aws:ec2:*:200000000003:security-group-rule/*",
          "arn:aws:ec2:*:200000000003:security-group/*",
        ]
      },
      {
        sid       = "Ec2n2"
        actions   = ["ec2:CreateTags"]
        resources = ["arn:aws:ec2:*:200000000003:security-group-rule/*"]
        conditions = {
          StringEquals = {
            "ec2:CreateAction" = ["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"]
          }
        }
      },
      {
        sid       = "Ec2n3"
        actions   = ["ec2:CreateTags"]
        resources = ["arn:aws:ec2:*:200000000003:security-group-rule/*"]
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
        resources = ["arn:aws:kms:*:200000000003:key/*"]
      },
      {
        sid       = "Kmsn2"
        actions   = ["kms:ListKeys"]
        resources = ["*"]
      },
      {
        sid       = "Rdsn1"
        actions   = ["rds:DescribeDBInstances", "rds:ModifyDBInstance"]
        resources = ["arn:aws:rds:*:200000000003:db:*"]
      },
      {
        sid = "S3n1"
        actions = [
          "s3:GetAccountPublicAccessBlock",
          "s3:ListAllMyBuckets",
          "s3:PutAccountPublicAccessBlock",
        ]
        resources = ["*"]
      },
      {
        sid = "S3n2"
        actions = [
          "s3:GetBucketAcl",
          "s3:GetBucketPolicy",
          "s3:GetBucketPolicyStatus",
          "s3:GetBucketPublicAccessBlock",
          "s3:GetBucketTagging",
          "s3:PutBucketPublicAccessBlock",
        ]
        resources = ["arn:aws:s3:::*"]
      },
    ],
  ]
}

module "account_baseline" {
  source = "../../_modules/account_baseline"

  config_service_linked_role = true
  s3_public_access_block     = true

  password_policy = {
    minimum_length   = 14
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
  role_arn            = "arn:aws:iam::200000000003:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

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
  role_arn            = "arn:aws:iam::200000000003:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

  excluded_types = []

  depends_on = [module.account_baseline]
}
