# The pipeline as a value; YAML, with its parts in the shorter way to write them, is only how it is handed
# over. Source: Data Prepper's documentation, S3
# source and OpenSearch sink; OpenSearch Service developer guide, "Using an OpenSearch Ingestion pipeline
# with Amazon Security Lake".
locals {
  # Classes that have an index of their own; all others share that of the base event, 0.
  classes = format("{%s}", join(", ", jsondecode(file("${path.module}/objects/classes.json"))))

  aws = { region = var.region, sts_role_arn = local.role_arn }

  sources = {
    # Security Lake tells by EventBridge, and its files are OCSF already.
    lake = {
      codec               = { parquet = {} }
      compression         = "none"
      notification_source = "eventbridge"
      processors          = []
    }
    cloudtrail = {
      codec               = { json = {} } # each of the records in the file's one array
      compression         = "gzip"
      notification_source = "s3"
      processors          = jsondecode(file("${path.module}/objects/cloudtrail.json"))
    }
    flow = {
      codec               = { parquet = {} }
      compression         = "none" # the columns are compressed, each by itself
      notification_source = "s3"
      processors          = jsondecode(file("${path.module}/objects/flow.json"))
    }
    resolver = {
      codec               = { newline = {} }
      compression         = "gzip"
      notification_source = "s3"
      processors          = jsondecode(file("${path.module}/objects/resolver.json"))
    }
  }
  source = local.sources[var.source_logs.kind]

  # A collection of time series takes no ids of documents, and rolls over by month; a domain holds each
  # event once, and rolls its aliases over by itself.
  suffix = local.serverless ? "-%%{yyyy.MM}" : ""
  index  = "${var.index_prefix}-$${/class_uid}${local.suffix}"

  written = merge(
    {
      aws         = merge(local.aws, { for _, name in [var.target.network_policy_name] : "serverless_options" => { network_policy_name = name } if local.serverless }, { serverless = local.serverless })
      dlq         = { s3 = { bucket = local.refused, key_path_prefix = "${var.name}/", region = var.region, sts_role_arn = local.role_arn } }
      hosts       = [var.target.endpoint]
      index_type  = "management_disabled" # templates are made by orchestrator logs siem-setup
      max_retries = 16
    },
  )

  routes = [
    { identified = "/class_uid in ${local.classes} and /metadata/uid != null" },
    { anonymous = "/class_uid in ${local.classes} and /metadata/uid == null" },
  ]

  sinks = [
    merge(local.written, { index = local.index, routes = ["identified"] }, { for _ in range(local.serverless ? 0 : 1) : "document_id" => "$${/metadata/uid}" }),
    merge(local.written, { index = local.index, routes = ["anonymous"] }),
    merge(local.written, { index = "${var.index_prefix}-0${local.suffix}", routes = ["_default"] }),
  ]

  body = join("", concat(
    ["version: \"2\"\n", "${var.name}:\n"],
    [for part in ["source", "processor", "route", "sink"] : "  ${part}: ${jsonencode(local.pipeline[part])}\n"],
  ))

  pipeline = {
    source = {
      s3 = {
        acknowledgments      = true # a message is deleted when its events are written
        aws                  = local.aws
        codec                = local.source.codec
        compression          = local.source.compression
        default_bucket_owner = var.source_logs.owner_account_id
        notification_source  = local.source.notification_source
        notification_type    = "sqs"
        on_error             = "retain_messages"
        sqs = {
          queue_url                         = var.source_logs.queue_url
          visibility_duplication_protection = true
          visibility_timeout                = "600s"
        }
      }
    }
    processor = local.source.processors
    route     = local.routes
    sink      = [for sink in local.sinks : { opensearch = sink }]
  }
}
