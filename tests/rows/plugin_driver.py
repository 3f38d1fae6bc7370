"""Runs scripts with the plugin, each in a process of its own; for plugin_test.

  PYTHON plugin_driver.py PLUGIN_FOLDER

Reads orders as lines of JSON: `script` and `environment`. Writes a line for
each: `result` has what the script has put into the variable `result`, or
`error` the traceback. Runs in Python 2.7, too.
"""

from __future__ import print_function

import json
import os
import sys
import traceback

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

import virustotal  # noqa: E402


def run(order):
    os.environ.update({str(name): str(value) for name, value
                       in order["environment"].items()})
    names = {"virustotal": virustotal}
    try:
        exec(order["script"], names)
        answer = {"result": names.get("result")}
    except BaseException:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer))
    sys.stdout.flush()


for line in iter(sys.stdin.readline, ""):
    child = os.fork()
    if not child:
        run(json.loads(line))
        os._exit(0)
    os.waitpid(child, 0)
