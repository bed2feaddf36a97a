locals {
  collection = "collection/${var.name}"
  indices    = "index/${var.name}/${var.index_prefix}-*"
  everything = "index/${var.name}/*" # where dashboards keep themselves, too
}

resource "aws_opensearchserverless_collection" "this" {
  name             = var.name
  description      = "The organization's logs, to search in."
  standby_replicas = var.standby_replicas ? "ENABLED" : "DISABLED"
  type             = "TIMESERIES"

  # A collection is refused while nothing says how it is encrypted.
  depends_on = [aws_opensearchserverless_security_policy.encryption, aws_opensearchserverless_security_policy.network]
}

resource "aws_opensearchserverless_security_policy" "encryption" {
  name        = var.name
  description = "Encrypts ${var.name} with a key of the account."
  type        = "encryption"
  policy = jsonencode({
    AWSOwnedKey = false
    KmsARN      = module.key.arn
    Rules       = [{ Resource = [local.collection], ResourceType = "collection" }]
  })
}

resource "aws_opensearchserverless_security_policy" "network" {
  name        = var.name
  description = "Lets the VPC reach ${var.name}, and nobody else."
  type        = "network"
  policy = jsonencode([{
    AllowFromPublic = false
    Description     = "From the VPC."
    Rules           = [for kind in ["collection", "dashboard"] : { Resource = [local.collection], ResourceType = kind }]
    SourceVPCEs     = [aws_opensearchserverless_vpc_endpoint.this.id]
  }])

  lifecycle {
    # A pipeline adds the endpoint by which it comes (OpenSearch Service developer guide, "Granting
    # OpenSearch Ingestion pipelines access to collections"), and would be locked out.
    ignore_changes = [policy]
  }
}

resource "aws_opensearchserverless_access_policy" "this" {
  name        = var.name
  description = "Who sets up, writes and reads ${var.name}."
  type        = "data"
  policy      = jsonencode(local.access)
}

resource "aws_opensearchserverless_lifecycle_policy" "this" {
  name        = var.name
  description = "Deletes logs of ${var.name} after ${var.retention_days} days."
  type        = "retention"
  policy = jsonencode({
    Rules = [{
      MinIndexRetention = "${var.retention_days}d"
      Resource          = [local.indices]
      ResourceType      = "index"
    }]
  })
}

resource "aws_opensearchserverless_vpc_endpoint" "this" {
  name               = var.name
  security_group_ids = [aws_security_group.this.id]
  subnet_ids         = sort(var.subnet_ids)
  vpc_id             = var.vpc_id
}

# Without an egress rule: the endpoint answers, it does not call.
resource "aws_security_group" "this" {
  name        = var.name
  description = "Reaches the collection ${var.name}."
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = var.client_cidrs

  cidr_ipv4         = each.value
  description       = "Clients of the collection."
  from_port         = 443
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.this.id
  to_port           = 443
}
