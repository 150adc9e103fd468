"""Runs a command and writes what it has used: python measure.py FILE COMMAND ARGUMENT..."""

import json
import resource
import subprocess
import sys

result = subprocess.run(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump({"cpuSeconds": used.ru_utime + used.ru_stime, "peakMegabytes": used.ru_maxrss / 1024}, file)
sys.exit(result.returncode)
