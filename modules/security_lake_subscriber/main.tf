resource "aws_securitylake_subscriber" "this" {
  subscriber_name        = var.name
  subscriber_description = var.description == "" ? null : var.description # what is empty comes back as null
  access_type            = var.access

  # At the version at which modules/security_lake collects them: a query for the one does not find
  # the other's API calls.
  dynamic "source" {
    for_each = var.sources

    content {
      aws_log_source_resource {
        source_name    = source.value
        source_version = "2.0"
      }
    }
  }

  dynamic "source" {
    for_each = var.custom_sources

    content {
      custom_log_source_resource {
        source_name = source.value
      }
    }
  }

  subscriber_identity {
    external_id = var.external_id
    principal   = var.subscriber_account_id
  }
}

# A message for each new object. Who queries tables is told nothing.
resource "aws_securitylake_subscriber_notification" "this" {
  count = var.access == "S3" ? 1 : 0

  subscriber_id = aws_securitylake_subscriber.this.id

  configuration {
    sqs_notification_configuration {}
  }
}
