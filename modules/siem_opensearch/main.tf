data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  here      = "${var.region}:${var.account_id}"

  # Written out, so that the policies can be read in the plan, before there is a domain.
  domain_arn = "arn:${local.partition}:es:${local.here}:domain/${var.name}"
  zones      = length(var.subnet_ids)

  logs = { audit = "AUDIT_LOGS", errors = "ES_APPLICATION_LOGS", slow-index = "INDEX_SLOW_LOGS", slow-search = "SEARCH_SLOW_LOGS" }
}

resource "aws_opensearch_domain" "this" {
  #checkov:skip=CKV_AWS_317: AUDIT_LOGS is one of the logs in the loop below, which checkov does not follow
  access_policies = data.aws_iam_policy_document.domain.json
  domain_name     = var.name
  engine_version  = var.engine_version

  # Who may do what is decided by role; there is no password to lose.
  advanced_security_options {
    anonymous_auth_enabled         = false
    enabled                        = true
    internal_user_database_enabled = false

    master_user_options {
      master_user_arn = var.master_role_arn
    }
  }

  auto_tune_options {
    desired_state       = var.auto_tune ? "ENABLED" : "DISABLED"
    rollback_on_disable = "NO_ROLLBACK"
    use_off_peak_window = var.auto_tune
  }

  cluster_config {
    dedicated_master_count   = 3
    dedicated_master_enabled = true
    dedicated_master_type    = var.master_type
    instance_count           = var.data.count
    instance_type            = var.data.type
    warm_count               = var.warm.count > 0 ? var.warm.count : null
    warm_enabled             = var.warm.count > 0
    warm_type                = var.warm.count > 0 ? var.warm.type : null
    zone_awareness_enabled   = true

    zone_awareness_config {
      availability_zone_count = local.zones
    }
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
  }

  ebs_options {
    ebs_enabled = true
    volume_size = var.data.volume_gb
    volume_type = "gp3"
  }

  encrypt_at_rest {
    enabled    = true
    kms_key_id = module.key.arn
  }

  dynamic "log_publishing_options" {
    for_each = local.logs

    content {
      cloudwatch_log_group_arn = aws_cloudwatch_log_group.this[log_publishing_options.key].arn
      log_type                 = log_publishing_options.value
    }
  }

  node_to_node_encryption {
    enabled = true
  }

  off_peak_window_options {
    enabled = true
  }

  software_update_options {
    auto_software_update_enabled = true
  }

  vpc_options {
    security_group_ids = [aws_security_group.this.id]
    subnet_ids         = sort(var.subnet_ids)
  }

  depends_on = [aws_cloudwatch_log_resource_policy.this, aws_iam_service_linked_role.opensearch]
}

# In a VPC the service works by this role, and refuses a domain before it is there (OpenSearch Service
# developer guide, "Using service-linked roles"). The root takes over one that is there already.
resource "aws_iam_service_linked_role" "opensearch" {
  aws_service_name = "opensearchservice.amazonaws.com"
  description      = "Lets Amazon OpenSearch Service reach into VPCs."

  lifecycle {
    ignore_changes = [description]
  }
}

# Without an egress rule: the domain answers, it does not call.
resource "aws_security_group" "this" {
  name        = var.name
  description = "Reaches the domain ${var.name}."
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = var.client_cidrs

  cidr_ipv4         = each.value
  description       = "Clients of the domain."
  from_port         = 443
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.this.id
  to_port           = 443
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.logs

  name              = "/aws/OpenSearchService/domains/${var.name}/${each.key}"
  kms_key_id        = module.key.arn
  retention_in_days = 400
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = var.name
  policy_document = data.aws_iam_policy_document.logs.json
}
