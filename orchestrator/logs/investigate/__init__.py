"""Who, when and what for a finding, a resource or a principal, from what a lake answers.

`resources` says by which names CloudTrail calls a resource, and what a call changed of it;
`principals` says who is behind a session; `timeline` puts it all together. The caller hands over
which calls make a control fail. Nothing here reads files or asks AWS: it takes a Lake and returns
values.
"""
