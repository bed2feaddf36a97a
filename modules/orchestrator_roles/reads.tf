# What Terraform's refresh asks for, by stack. Statements have IAM's own shape. The resource "*"
# stands where the actions know no resource, or where the account has one of the kind. Nobody needs to
# be allowed sts:GetCallerIdentity (STS API reference, GetCallerIdentity).
locals {
  always = [
    {
      Sid    = "ReadsRoles"
      Effect = "Allow"
      Action = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:ListRoleTags"]
      # Its own two, those that stacks make, and those of AWS services.
      Resource = concat(values(local.role_arns), local.stack_roles, ["${local.iam}:role/aws-service-role/*"])
    },
    {
      Sid      = "ReadsPolicies"
      Effect   = "Allow"
      Action   = ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"]
      Resource = concat(local.own_policies, local.stack_policies)
    },
  ]

  reads = {
    account = [
      {
        Sid    = "AccountReads"
        Effect = "Allow"
        Action = [
          "config:DescribeConfigurationRecorderStatus",
          "config:DescribeConfigurationRecorders",
          "config:DescribeDeliveryChannelStatus",
          "config:DescribeDeliveryChannels",
          "config:ListTagsForResource",
          "ec2:GetEbsEncryptionByDefault",
          "ec2:GetInstanceMetadataDefaults",
          "iam:GetAccountPasswordPolicy",
          "s3:GetAccountPublicAccessBlock",
          "securityhub:DescribeHub",
          "securityhub:DescribeStandards",
          "securityhub:DescribeStandardsControls",
          "securityhub:GetEnabledStandards",
          "securityhub:ListStandardsControlAssociations",
          "securityhub:ListTagsForResource",
        ]
        Resource = "*"
      },
    ]

    drift_events = [
      {
        Sid      = "ForwardingReads"
        Effect   = "Allow"
        Action   = ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"]
        Resource = "${local.arn}:events:*:${var.account_id}:rule/orchestrator-drift*"
      },
    ]

    log_archive = [
      {
        Sid    = "ArchiveReadsBuckets"
        Effect = "Allow"
        Action = [
          "s3:GetAccelerateConfiguration",
          # Their settings, all of which the provider reads; objects have actions of other names.
          "s3:GetBucket*",
          "s3:GetEncryptionConfiguration",
          "s3:GetLifecycleConfiguration",
          "s3:GetReplicationConfiguration",
          "s3:ListBucket",
        ]
        Resource = "${local.arn}:s3:::${var.bucket_prefix}-*"
      },
      {
        Sid      = "ArchiveReadsKeys"
        Effect   = "Allow"
        Action   = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
        Resource = "${local.arn}:kms:*:${var.account_id}:key/*" # a key's id is not ours to choose
      },
      {
        Sid      = "ArchiveReadsAliases"
        Effect   = "Allow"
        Action   = ["kms:ListAliases"]
        Resource = "*"
      },
    ]

    organization = [
      {
        Sid    = "OrganizationReads"
        Effect = "Allow"
        Action = [
          "cloudtrail:DescribeTrails",
          "cloudtrail:GetEventSelectors",
          "cloudtrail:GetInsightSelectors",
          "cloudtrail:GetTrail",
          "cloudtrail:GetTrailStatus",
          "cloudtrail:ListTags",
          "guardduty:GetDetector",
          "guardduty:ListDetectors",
          "guardduty:ListOrganizationAdminAccounts",
          "guardduty:ListTagsForResource",
          "iam:ListRoles",
          "organizations:DescribeAccount",
          "organizations:DescribeOrganization",
          "organizations:ListAWSServiceAccessForOrganization",
          "organizations:ListAccounts",
          "organizations:ListAccountsForParent",
          "organizations:ListDelegatedAdministrators",
          "organizations:ListDelegatedServicesForAccount",
          "organizations:ListOrganizationalUnitsForParent",
          "organizations:ListParents",
          "organizations:ListRoots",
          "organizations:ListTagsForResource",
          "securityhub:ListOrganizationAdminAccounts",
        ]
        Resource = "*"
      },
    ]

    # On everything, because an effective policy is asked for by account and lists by type.
    policies = [
      {
        Sid    = "PolicyReads"
        Effect = "Allow"
        Action = [
          "organizations:DescribeEffectivePolicy",
          "organizations:DescribePolicy",
          "organizations:ListAccountsWithInvalidEffectivePolicy",
          "organizations:ListPolicies",
          "organizations:ListTargetsForPolicy",
        ]
        Resource = "*"
        Condition = {
          StringEquals = { "organizations:PolicyType" = sort(tolist(var.policy_types)) }
        }
      },
    ]

    unified = [
      {
        Sid      = "UnifiedHubReads"
        Effect   = "Allow"
        Action   = ["securityhub:GetAggregatorV2", "securityhub:ListAggregatorsV2"]
        Resource = "*"
      },
    ]

    security = [
      {
        Sid    = "SecurityReads"
        Effect = "Allow"
        Action = [
          "access-analyzer:GetAnalyzer",
          "access-analyzer:ListTagsForResource",
          "config:DescribeConfigurationAggregators",
          "config:ListTagsForResource",
          "guardduty:DescribeOrganizationConfiguration",
          "guardduty:GetDetector",
          "guardduty:ListDetectors",
          "guardduty:ListMembers",
          "guardduty:ListTagsForResource",
          "organizations:DescribeOrganization",
          "organizations:DescribeOrganizationalUnit",
          "organizations:ListAccounts",
          "organizations:ListDelegatedAdministrators",
          "organizations:ListRoots",
          "securityhub:DescribeHub",
          "securityhub:DescribeOrganizationConfiguration",
          "securityhub:DescribeSecurityHubV2",
          "securityhub:GetConfigurationPolicy",
          "securityhub:GetConfigurationPolicyAssociation",
          "securityhub:GetFindingAggregator",
          "securityhub:GetFindings",
          "securityhub:GetMembers",
          "securityhub:GetRemediationsV2",
          "securityhub:ListConfigurationPolicies",
          "securityhub:ListConfigurationPolicyAssociations",
          "securityhub:ListFindingAggregators",
          "securityhub:ListTagsForResource",
        ]
        Resource = "*"
      },
      {
        Sid    = "SecurityReadsEvents"
        Effect = "Allow"
        Action = ["events:DescribeEventBus", "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"]
        Resource = [
          "${local.arn}:events:*:${var.account_id}:event-bus/*",
          "${local.arn}:events:*:${var.account_id}:rule/*",
        ]
      },
    ]
  }
}
