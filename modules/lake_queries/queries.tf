# Athena asks for the value of each question mark, and binds it. The first two are the first moment
# and the first that is left out, such as 2026-11-23 08:00:00, in UTC: time_dt is a partition, as are
# accountid and region. Columns: Security Lake user guide, "Queries for AWS source version 2".
locals {
  columns = "time_dt, accountid, region, api.service.name AS service, api.operation, api.response.error, actor.user.uid AS who, coalesce(src_endpoint.ip, src_endpoint.domain) AS source, api.request.data"
  end     = "LIMIT 1000"
  flow    = "time_dt, accountid, region, src_endpoint.ip AS source, dst_endpoint.ip AS target, dst_endpoint.port, traffic.bytes, action"
  when    = "WHERE time_dt >= CAST(? AS timestamp) AND time_dt < CAST(? AS timestamp)"

  calls = "FROM ${local.tables.cloud_trail_mgmt} ${local.when}"

  queries = {
    accounts-with-most-findings = {
      description = "How many open findings of high or critical severity each account has: from, until."
      sql         = "SELECT accountid, severity, count(DISTINCT finding_info.uid) AS findings FROM ${local.tables.sh_findings} ${local.when} AND severity_id >= 4 AND status = 'New' GROUP BY 1, 2 ORDER BY findings DESC ${local.end}"
    }
    calls-from-an-address = {
      description = "What was called from an IP address: from, until, the address."
      sql         = "SELECT ${local.columns} ${local.calls} AND src_endpoint.ip = ? ORDER BY time_dt ${local.end}"
    }
    calls-of-a-key = {
      description = "What was done with an access key: from, until, its id."
      sql         = "SELECT ${local.columns} ${local.calls} AND actor.user.credential_uid = ? ORDER BY time_dt ${local.end}"
    }
    calls-of-a-session = {
      description = "What somebody did: from, until, ARN of the session or user."
      sql         = "SELECT ${local.columns} ${local.calls} AND actor.user.uid = ? ORDER BY time_dt ${local.end}"
    }
    changes-of-a-resource = {
      description = "Who changed a resource: from, until, its id or name."
      sql         = "SELECT ${local.columns} ${local.calls} AND activity_id <> 2 AND strpos(api.request.data, ?) > 0 ORDER BY time_dt ${local.end}"
    }
    cluster-changes = {
      description = "Who created, changed or deleted what in EKS clusters: from, until."
      sql         = "SELECT time_dt, accountid, region, activity_name, actor.user.name AS who, src_endpoint.ip AS source, http_request.url.path, api.response.code FROM ${local.tables.eks_audit} ${local.when} AND activity_id IN (1, 3, 4) ORDER BY time_dt ${local.end}"
    }
    functions-invoked = {
      description = "Who invoked a Lambda function: from, until, its name or ARN."
      sql         = "SELECT ${local.columns} FROM ${local.tables.lambda_execution} ${local.when} AND strpos(api.request.data, ?) > 0 ORDER BY time_dt ${local.end}"
    }
    names-asked-for = {
      description = "Which hosts asked for a domain name or one below it: from, until, the name and a dot at its end, again with a dot before."
      sql         = "SELECT time_dt, accountid, region, src_endpoint.ip AS source, src_endpoint.instance_uid AS instance, query.hostname, query.type, rcode FROM ${local.tables.route53} ${local.when} AND (query.hostname = ? OR strpos(reverse(query.hostname), reverse(?)) = 1) ORDER BY time_dt ${local.end}"
    }
    objects-of-a-bucket = {
      description = "Who read or wrote objects of a bucket: from, until, ARN of the bucket."
      sql         = "SELECT ${local.columns} FROM ${local.tables.s3_data} ${local.when} AND any_match(resources, r -> r.uid = ?) ORDER BY time_dt ${local.end}"
    }
    refused-calls = {
      description = "Who was refused what, most often first: from, until."
      sql         = "SELECT accountid, actor.user.uid AS who, api.operation, api.response.error, count(*) AS calls ${local.calls} AND (strpos(api.response.error, 'Denied') > 0 OR strpos(api.response.error, 'Unauthorized') > 0) GROUP BY 1, 2, 3, 4 ORDER BY calls DESC ${local.end}"
    }
    refused-requests = {
      description = "What AWS WAF refused, by rule and country, most often first: from, until."
      sql         = "SELECT accountid, firewall_rule.uid AS rule, src_endpoint.location.country, http_request.url.hostname, count(*) AS requests FROM ${local.tables.waf} ${local.when} AND action = 'Denied' GROUP BY 1, 2, 3, 4 ORDER BY requests DESC ${local.end}"
    }
    refused-traffic = {
      description = "Which addresses were refused by security groups and ACLs, most often first: from, until."
      sql         = "SELECT accountid, src_endpoint.ip AS source, dst_endpoint.port, count(*) AS flows FROM ${local.tables.vpc_flow} ${local.when} AND action = 'Denied' AND connection_info.direction = 'Inbound' GROUP BY 1, 2, 3 ORDER BY flows DESC ${local.end}"
    }
    roles-assumed = {
      description = "Who assumed a role: from, until, ARN of the role."
      sql         = "SELECT ${local.columns} ${local.calls} AND api.service.name = 'sts.amazonaws.com' AND json_extract_scalar(api.request.data, '$.roleArn') = ? ORDER BY time_dt ${local.end}"
    }
    sign-ins-without-mfa = {
      description = "Console sign-ins without a second factor: from, until."
      sql         = "SELECT time_dt, accountid, actor.user.uid AS who, src_endpoint.ip AS source, status ${local.calls} AND api.operation = 'ConsoleLogin' AND coalesce(is_mfa, false) = false ORDER BY time_dt ${local.end}"
    }
    traffic-of-an-address = {
      description = "Flows from and to an IP address: from, until, the address twice."
      sql         = "SELECT ${local.flow} FROM ${local.tables.vpc_flow} ${local.when} AND (src_endpoint.ip = ? OR dst_endpoint.ip = ?) ORDER BY time_dt ${local.end}"
    }
    use-of-root = {
      description = "What root users did: from, until."
      sql         = "SELECT ${local.columns} ${local.calls} AND actor.user.type = 'Root' ORDER BY time_dt ${local.end}"
    }
  }
}
