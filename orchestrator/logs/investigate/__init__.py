"""Who, when and what for a finding, a resource or a principal, from what a lake answers.

`resources` says by which names CloudTrail calls a resource, `principals` who is behind a session,
`changes` what a call has changed, `timeline` puts it all together. Which calls make a control fail,
the caller hands over. Nothing here reads files or asks AWS: it takes a Lake and returns values.
"""
