"""What the package detoxify itself answers; runs under a Python that has it.

python reference.py CHECKPOINT CONFIG_FOLDER < texts.json
"""

from __future__ import annotations

import json
import sys

import torch
from detoxify import Detoxify

held = torch.load(sys.argv[1], weights_only=True)
# the package asks the hub for the configuration of this name, even where it is given one
held["config"]["arch"]["args"]["model_type"] = sys.argv[2]
torch.save(held, sys.argv[1] + ".here")
model = Detoxify(checkpoint=sys.argv[1] + ".here", huggingface_config_path=sys.argv[2])
rows = [model.predict(text) for text in json.load(sys.stdin)]
print(json.dumps([{name: float(value) for name, value in row.items()} for row in rows]))
