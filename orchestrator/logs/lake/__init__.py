"""A lake of events, asked by one small set of questions whatever engine answers.

`asking` has the questions as values, `engine` the interface. Each engine narrows down as well as
it can, in its own language and with bound parameters; the exact test is `asking.matches`, the same
for all, so the same question gives the same events.
"""
