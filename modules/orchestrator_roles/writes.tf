# What Terraform's apply and destroy ask for besides, by stack. No action on objects in buckets:
# the orchestrator manages archives and reads no log.
locals {
  # Services that make a role for themselves when they are first used.
  service_linked = {
    account      = ["config.amazonaws.com"]
    organization = ["access-analyzer.amazonaws.com", "cloudtrail.amazonaws.com", "guardduty.amazonaws.com", "malware-protection.guardduty.amazonaws.com", "securityhub.amazonaws.com"]
    router       = ["management.chatbot.amazonaws.com"]
    security     = ["access-analyzer.amazonaws.com", "guardduty.amazonaws.com", "malware-protection.guardduty.amazonaws.com", "securityhub.amazonaws.com"]
    security_hub = ["securityhub.amazonaws.com"]
  }

  service_linked_roles = [for services in [flatten([for group in local.groups : lookup(local.service_linked, group, [])])] : {
    Sid       = "MakesServiceRoles"
    Effect    = "Allow"
    Action    = ["iam:CreateServiceLinkedRole"]
    Resource  = "${local.arn}:iam::${var.account_id}:role/aws-service-role/*"
    Condition = { StringEquals = { "iam:AWSServiceName" = sort(distinct(services)) } }
  } if length(services) > 0]

  # Which role is handed to whom: each to the one service that its trust names.
  passed = merge(
    contains(var.stacks, "security") ? { config = "config-*", events = "events-*" } : {},
    local.router ? { chatbot = "chat", lambda = "findings" } : {},
  )
  passes = [for service, name in local.passed : {
    Sid       = "Passes${title(service)}Roles"
    Effect    = "Allow"
    Action    = ["iam:PassRole"]
    Resource  = "${local.iam}:role/orchestrator-${name}"
    Condition = { StringEquals = { "iam:PassedToService" = "${service}.amazonaws.com" } }
  }]

  # Roles that stacks make may never do more than the boundary says: who can write a role's policy
  # and its trust could else become anything. Nothing here takes a boundary away again.
  role_writes = [for statement in local.role_statements : statement if length(statement.Resource) > 0]
  role_statements = [
    {
      Sid       = "WritesBoundRoles"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = setsubtract(local.stack_roles, local.remediation_arns)
      Condition = { StringEquals = { "iam:PermissionsBoundary" = "${local.iam}:policy/${local.boundary}" } }
    },
    {
      Sid       = "WritesRemediationRoles"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = local.remediation_arns
      Condition = { StringEquals = { "iam:PermissionsBoundary" = [for suffix in ["", "-2"] : "${local.iam}:policy/${local.boundary}-remediation${suffix}"] } }
    },
    {
      Sid    = "WritesRoles"
      Effect = "Allow"
      Action = [
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:ListInstanceProfilesForRole", # asked before a role is deleted
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ]
      Resource = local.stack_roles
    },
    {
      Sid    = "WritesPolicies"
      Effect = "Allow"
      Action = [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ]
      Resource = local.stack_policies
    },
  ]

  writes = {
    account = [
      {
        Sid    = "AccountWrites"
        Effect = "Allow"
        Action = [
          "config:DeleteConfigurationRecorder",
          "config:DeleteDeliveryChannel",
          "config:PutConfigurationRecorder",
          "config:PutDeliveryChannel",
          "config:StartConfigurationRecorder",
          "config:StopConfigurationRecorder",
          "config:TagResource",
          "config:UntagResource",
          "ec2:DisableEbsEncryptionByDefault",
          "ec2:EnableEbsEncryptionByDefault",
          "ec2:ModifyInstanceMetadataDefaults",
          "iam:DeleteAccountPasswordPolicy",
          "iam:UpdateAccountPasswordPolicy",
          "s3:PutAccountPublicAccessBlock",
        ]
        # The account's one recorder, its defaults and its policies: none has a name to be held to.
        Resource = "*"
      },
      {
        Sid      = "AccountConfigRole"
        Effect   = "Allow"
        Action   = ["iam:DeleteServiceLinkedRole", "iam:GetServiceLinkedRoleDeletionStatus", "iam:TagRole", "iam:UntagRole"]
        Resource = "${local.arn}:iam::${var.account_id}:role/aws-service-role/config.amazonaws.com/*"
      },
      {
        Sid       = "AccountPassesConfigRole"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = "${local.arn}:iam::${var.account_id}:role/aws-service-role/config.amazonaws.com/*"
        Condition = { StringEquals = { "iam:PassedToService" = "config.amazonaws.com" } }
      },
    ]

    drift_events = concat([
      {
        Sid    = "ForwardingWrites"
        Effect = "Allow"
        Action = [
          "events:DeleteRule",
          "events:DisableRule",
          "events:EnableRule",
          "events:PutRule",
          "events:PutTargets",
          "events:RemoveTargets",
          "events:TagResource",
          "events:UntagResource",
        ]
        Resource = "${local.arn}:events:*:${var.account_id}:rule/orchestrator-drift*"
      },
      ],
      [for role in [local.forwarder] : {
        Sid       = "ForwardingPassesItsRole"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = role
        Condition = { StringEquals = { "iam:PassedToService" = "events.amazonaws.com" } }
      } if local.forwards],
    )

    log_archive = [
      {
        Sid    = "ArchiveWritesBuckets"
        Effect = "Allow"
        Action = [
          "s3:CreateBucket",
          "s3:DeleteBucket",
          "s3:DeleteBucketPolicy",
          "s3:PutBucketLogging",
          "s3:PutBucketObjectLockConfiguration",
          "s3:PutBucketOwnershipControls",
          "s3:PutBucketPolicy",
          "s3:PutBucketPublicAccessBlock",
          "s3:PutBucketTagging",
          "s3:PutBucketVersioning",
          "s3:PutEncryptionConfiguration",
          "s3:PutLifecycleConfiguration",
        ]
        Resource = "${local.arn}:s3:::${var.bucket_prefix}-*"
      },
      {
        Sid      = "ArchiveMakesKeys"
        Effect   = "Allow"
        Action   = ["kms:CreateKey"]
        Resource = "*"
      },
      {
        Sid    = "ArchiveWritesKeys"
        Effect = "Allow"
        Action = [
          "kms:CreateAlias",
          "kms:DeleteAlias",
          "kms:EnableKeyRotation",
          "kms:PutKeyPolicy",
          "kms:ScheduleKeyDeletion",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:UpdateAlias",
          "kms:UpdateKeyDescription",
        ]
        Resource = [
          "${local.arn}:kms:*:${var.account_id}:alias/${var.bucket_prefix}",
          "${local.arn}:kms:*:${var.account_id}:key/*", # a key's id is not ours to choose
        ]
      },
    ]

    organization = [
      {
        Sid    = "OrganizationWrites"
        Effect = "Allow"
        Action = [
          "guardduty:CreateDetector",
          "guardduty:DeleteDetector",
          "guardduty:DisableOrganizationAdminAccount",
          "guardduty:EnableOrganizationAdminAccount",
          "guardduty:TagResource",
          "guardduty:UntagResource",
          "guardduty:UpdateDetector",
          "organizations:DeregisterDelegatedAdministrator",
          "organizations:DisableAWSServiceAccess",
          "organizations:EnableAWSServiceAccess",
          "organizations:RegisterDelegatedAdministrator",
          "securityhub:DisableOrganizationAdminAccount",
          "securityhub:DisableSecurityHub",
          "securityhub:EnableOrganizationAdminAccount",
          "securityhub:EnableSecurityHub",
          "securityhub:TagResource",
          "securityhub:UntagResource",
          "securityhub:UpdateSecurityHubConfiguration",
        ]
        Resource = "*"
      },
      {
        Sid    = "OrganizationWritesServiceRoles"
        Effect = "Allow"
        Action = ["iam:DeleteServiceLinkedRole", "iam:GetServiceLinkedRoleDeletionStatus", "iam:TagRole", "iam:UntagRole"]
        Resource = [for service in ["access-analyzer", "malware-protection.guardduty"] :
          "${local.iam}:role/aws-service-role/${service}.amazonaws.com/*"
        ]
      },
      {
        Sid    = "OrganizationWritesTrails"
        Effect = "Allow"
        Action = [
          "cloudtrail:AddTags",
          "cloudtrail:CreateTrail",
          "cloudtrail:RemoveTags",
          "cloudtrail:StartLogging",
        ]
        Resource = "${local.arn}:cloudtrail:*:${var.account_id}:trail/*"
      },
    ]

    # On everything, because policies and targets are made while it goes; of these types alone.
    policies = [
      {
        Sid    = "PolicyWrites"
        Effect = "Allow"
        Action = [
          "organizations:AttachPolicy",
          "organizations:CreatePolicy",
          "organizations:DeletePolicy",
          "organizations:DetachPolicy",
          "organizations:EnablePolicyType",
        ]
        Resource = "*"
        Condition = {
          StringEquals = { "organizations:PolicyType" = sort(tolist(var.policy_types)) }
        }
      },
    ]

    unified = [
      {
        Sid      = "UnifiedHubWrites"
        Effect   = "Allow"
        Action   = ["securityhub:CreateAggregatorV2", "securityhub:UpdateAggregatorV2"]
        Resource = "*"
      },
    ]

    security = [
      {
        Sid    = "SecurityWrites"
        Effect = "Allow"
        Action = [
          "access-analyzer:CreateAnalyzer",
          "access-analyzer:DeleteAnalyzer",
          "access-analyzer:TagResource",
          "access-analyzer:UntagResource",
          "access-analyzer:UpdateAnalyzer",
          "config:DeleteConfigurationAggregator",
          "config:PutConfigurationAggregator",
          "config:TagResource",
          "config:UntagResource",
          "guardduty:UpdateDetector",
          "guardduty:UpdateOrganizationConfiguration",
          "organizations:ListAWSServiceAccessForOrganization", # looked at before an analyzer is made
          "securityhub:CreateConfigurationPolicy",
          "securityhub:CreateFindingAggregator",
          "securityhub:CreateMembers",
          "securityhub:DeleteConfigurationPolicy",
          "securityhub:DeleteFindingAggregator",
          "securityhub:DeleteMembers",
          "securityhub:DisassociateMembers",
          "securityhub:StartConfigurationPolicyAssociation",
          "securityhub:StartConfigurationPolicyDisassociation",
          "securityhub:TagResource",
          "securityhub:UntagResource",
          "securityhub:UpdateConfigurationPolicy",
          "securityhub:UpdateFindingAggregator",
          "securityhub:UpdateOrganizationConfiguration",
        ]
        # Ids of policies, aggregators and detectors are given by AWS.
        Resource = "*"
      },
      {
        Sid    = "SecurityWritesEvents"
        Effect = "Allow"
        Action = [
          "events:CreateEventBus",
          "events:DeleteEventBus",
          "events:DeleteRule",
          "events:DisableRule",
          "events:EnableRule",
          "events:PutRule",
          "events:PutTargets",
          "events:RemoveTargets",
          "events:TagResource",
          "events:UntagResource",
          "events:UpdateEventBus",
        ]
        Resource = [
          "${local.arn}:events:*:${var.account_id}:event-bus/*",
          "${local.arn}:events:*:${var.account_id}:rule/*",
        ]
      },
      {
        Sid    = "SecurityWritesBusPolicies"
        Effect = "Allow"
        Action = ["events:PutPermission", "events:RemovePermission"]
        # They know no resource: which bus is not a question that IAM asks (Service Authorization
        # Reference, Amazon EventBridge).
        Resource = "*"
      },
    ]

    security_hub = [
      {
        Sid    = "SecurityHubWrites"
        Effect = "Allow"
        Action = [
          "securityhub:BatchDisableStandards",
          "securityhub:BatchEnableStandards",
          "securityhub:BatchUpdateStandardsControlAssociations",
          "securityhub:DisableSecurityHub",
          "securityhub:EnableSecurityHub",
          "securityhub:TagResource",
          "securityhub:UntagResource",
          "securityhub:UpdateSecurityHubConfiguration",
          "securityhub:UpdateStandardsControl",
        ]
        # The account's one hub in each region, and standards, which are AWS's.
        Resource = "*"
      },
    ]
  }
}
