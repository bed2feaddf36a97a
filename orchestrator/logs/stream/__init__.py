"""Lines that machines send through Data Firehose, and that become events on the way.

`function` runs in AWS Lambda: it imports the standard library, and of ours what `deployment` lists.
"""
