"""A whole rollout rehearsed in the sandbox: faults put in, the program killed, and what held said.

The program is driven as its users drive it, as a process; what is claimed of it is counted in the
sandbox's log of requests.
"""
