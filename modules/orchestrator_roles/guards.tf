# What the apply role may never do, whatever a stack's permissions allow now or later.
locals {
  guards = concat(
    [
      {
        Sid    = "NeverChangesTheOrchestrator"
        Effect = "Deny"
        # Every way to change a role or to hand it on; reading it stays allowed.
        Action = [
          "iam:Add*",
          "iam:Attach*",
          "iam:Create*",
          "iam:Delete*",
          "iam:Detach*",
          "iam:PassRole",
          "iam:Put*",
          "iam:Set*",
          "iam:Tag*",
          "iam:Untag*",
          "iam:Update*",
        ]
        Resource = concat(values(local.role_arns), local.starting_roles, local.own_policies)
      },
      {
        Sid    = "NeverLeavesTheOrganization"
        Effect = "Deny"
        Action = [
          "account:CloseAccount",
          "organizations:CloseAccount",
          "organizations:DeleteOrganization",
          "organizations:LeaveOrganization",
          "organizations:RemoveAccountFromOrganization",
        ]
        Resource = "*"
      },
      # Nor where the organization's trail is made: it is made and started, and tagged. What else is
      # to become of it, who may enter by the entry role decides.
      {
        Sid    = "NeverSilencesCloudTrail"
        Effect = "Deny"
        Action = [
          "cloudtrail:DeleteTrail",
          "cloudtrail:PutEventSelectors",
          "cloudtrail:PutInsightSelectors",
          "cloudtrail:StopLogging",
          "cloudtrail:UpdateTrail",
        ]
        Resource = "*"
      },
      # Nor by a role of a stack that it lets itself into.
      {
        Sid      = "NeverBecomesAnother"
        Effect   = "Deny"
        Action   = ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole*"]
        Resource = "*"
      },
    ],
  )
}
