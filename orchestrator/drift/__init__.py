"""From a call in CloudTrail to the stack that it may have changed.

Says which calls accounts forward, reads what arrives, and names the suspects. Decides nothing about
drift: reading and a plan do that.
"""
