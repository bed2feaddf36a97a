# Athena asks for the value of each question mark, and binds it. Days are written 20261123.
locals {
  columns = "time_dt, api.operation, actor.user.uid AS who, src_endpoint.ip AS ip, api.request.data"
  days    = "eventday BETWEEN ? AND ?"
  from    = "FROM \"${local.database}\".\"${local.table}\""

  queries = {
    calls-of-a-session = {
      description = "What somebody did: first and last day, ARN of the session or user."
      sql         = "SELECT ${local.columns} ${local.from} WHERE ${local.days} AND actor.user.uid = ? ORDER BY time_dt LIMIT 1000"
    }
    changes-of-a-resource = {
      description = "Who changed a resource: first and last day, its id or name."
      sql         = "SELECT ${local.columns} ${local.from} WHERE ${local.days} AND activity_id <> 2 AND strpos(api.request.data, ?) > 0 ORDER BY time_dt LIMIT 1000"
    }
    refused-calls = {
      description = "Who was refused what, most often first: first and last day."
      sql         = "SELECT accountid, actor.user.uid AS who, api.operation, api.response.error, count(*) AS calls ${local.from} WHERE ${local.days} AND api.response.error LIKE '%Denied%' GROUP BY 1, 2, 3, 4 ORDER BY calls DESC LIMIT 1000"
    }
    sign-ins-without-mfa = {
      description = "Console sign-ins without a second factor: first and last day."
      sql         = "SELECT time_dt, accountid, actor.user.uid AS who, src_endpoint.ip AS ip, status ${local.from} WHERE ${local.days} AND api.operation = 'ConsoleLogin' AND coalesce(is_mfa, false) = false ORDER BY time_dt LIMIT 1000"
    }
    use-of-root = {
      description = "What root users did: first and last day."
      sql         = "SELECT accountid, ${local.columns} ${local.from} WHERE ${local.days} AND actor.user.type = 'Root' ORDER BY time_dt LIMIT 1000"
    }
  }
}
