locals {
  # One rule per purpose. Source: OpenSearch Service developer guide, "Data access control for Amazon
  # OpenSearch Serverless", supported permissions.
  access = concat(
    [{
      Description = "Sets up templates and dashboards."
      Principal   = [var.master_role_arn]
      Rules = [
        { Permission = ["aoss:*"], Resource = [local.collection], ResourceType = "collection" },
        { Permission = ["aoss:*"], Resource = [local.everything], ResourceType = "index" },
      ]
    }],
    length(var.writer_role_arns) == 0 ? [] : [{
      Description = "Writes logs."
      Principal   = sort(var.writer_role_arns)
      Rules = [
        {
          Permission   = ["aoss:CreateIndex", "aoss:DescribeIndex", "aoss:UpdateIndex", "aoss:WriteDocument"]
          Resource     = [local.indices]
          ResourceType = "index"
        },
      ]
    }],
    length(var.reader_role_arns) == 0 ? [] : [{
      Description = "Searches logs and looks at dashboards."
      Principal   = sort(var.reader_role_arns)
      Rules = [
        { Permission = ["aoss:DescribeCollectionItems"], Resource = [local.collection], ResourceType = "collection" },
        { Permission = ["aoss:DescribeIndex", "aoss:ReadDocument"], Resource = [local.everything], ResourceType = "index" },
      ]
    }],
  )
}
