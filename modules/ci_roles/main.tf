data "aws_partition" "current" {}

locals {
  arn = "arn:${data.aws_partition.current.partition}:iam::${var.account_id}"

  # Who signs the tokens of jobs: where they are declared, and by which name their claims go.
  issuers = {
    for name, issuer in {
      github = { jobs = var.github, url = "https://token.actions.githubusercontent.com" }
      gitlab = { jobs = var.gitlab, url = var.gitlab_url }
    } : name => trimprefix(issuer.url, "https://") if length(issuer.jobs) > 0
  }

  # What a token says of its job. GitHub: a pull request and a branch, or an environment, whose
  # rules say from which branch and after whose approval it is entered (GitHub Docs, "OpenID Connect
  # reference"). GitLab: project and branch (GitLab Docs, "OpenID Connect authentication").
  subjects = {
    apply = {
      github = [for repository, job in var.github : "repo:${repository}:environment:${job.environment}"]
      gitlab = [for project, job in var.gitlab : "project_path:${project}:ref_type:branch:ref:${job.branch}"]
    }
    plan = {
      github = flatten([for repository, job in var.github : [
        "repo:${repository}:pull_request",
        "repo:${repository}:ref:refs/heads/${job.branch}",
      ]])
      # Any branch: GitLab names a merge request's job by the branch it comes from, which nobody
      # knows beforehand. Of the project it is always.
      gitlab = [for project, job in var.gitlab : "project_path:${project}:ref_type:branch:ref:*"]
    }
  }

  trust = {
    for role, subjects in local.subjects : role => jsonencode({
      Version = "2012-10-17"
      Statement = [for name, claims in local.issuers : {
        Sid       = "JobsOf${title(name)}"
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = "${local.arn}:oidc-provider/${claims}" }
        Condition = merge(
          { StringEquals = merge(
            { "${claims}:aud" = local.audience },
            { for claim in ["${claims}:sub"] : claim => sort(subjects[name]) if !strcontains(join("", subjects[name]), "*") },
          ) },
          { for operator in ["StringLike"] : operator => { "${claims}:sub" = sort(subjects[name]) } if strcontains(join("", subjects[name]), "*") },
        )
      }]
    })
  }

  audience = "sts.amazonaws.com"

  statements = {
    apply = concat(
      [{ Sid = "StartsAsTheRunner", Effect = "Allow", Action = "sts:AssumeRole", Resource = [var.runner_role_arn] }],
      length(var.approval_key_arns) == 0 ? [] : [{ Sid = "VerifiesApprovals", Effect = "Allow", Action = "kms:Verify", Resource = sort(var.approval_key_arns) }],
    )
    plan = [{ Sid = "StartsAsTheReader", Effect = "Allow", Action = "sts:AssumeRole", Resource = [var.reader_role_arn] }]
  }
}

resource "aws_iam_openid_connect_provider" "this" {
  for_each = { for name, claims in local.issuers : name => claims if !contains(var.made_elsewhere, name) }

  url            = "https://${each.value}"
  client_id_list = [local.audience]
}

resource "aws_iam_policy" "this" {
  for_each = local.statements

  name        = "orchestrator-ci-${each.key}"
  description = "What the role of the same name may do, and what it may do at most."
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

# The policy is the boundary, too: whatever somebody attaches to the role, it may do no more.
resource "aws_iam_role" "this" {
  for_each = local.trust

  name                 = "orchestrator-ci-${each.key}"
  description          = "For jobs of the CI that ${each.key}; may start the orchestrator, nothing else."
  assume_role_policy   = each.value
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.this[each.key].arn

  depends_on = [aws_iam_openid_connect_provider.this]
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.trust

  policy_arn = aws_iam_policy.this[each.key].arn
  role       = aws_iam_role.this[each.key].name
}
