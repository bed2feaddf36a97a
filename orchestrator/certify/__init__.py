"""What AWS does, as calls and expected answers: asked of AWS, recorded, compared with the sandbox.

A behaviour is data: the calls, what AWS answers, and where that is written. `run` asks it of any
AWS; `recordings` takes the ids out of the answers and compares two of them; `report` tells. Knows
no adapter: who asks is handed in.
"""
