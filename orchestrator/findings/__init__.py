"""From a finding to a decision, a remediation, a record and a message.

Runs in AWS Lambda as well as on the command line, so it imports boto3 and the standard library
alone, and nothing of ours but its own.
"""
