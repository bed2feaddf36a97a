"""A lake of events, with one small set of questions for every engine.

`question` has the questions as values, and the interface of an engine. Each engine narrows down as
well as it can, in its own language and with bound parameters. The exact test is `question.matches`,
the same for all, so that the same question gives the same events.
"""
