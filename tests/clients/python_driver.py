"""Asks with Debian's python3-virustotal-api, a client of API v2.

    python_driver.py https://www.virustotal.com < plan.json > answers.json

The plan is {"cases": [{"name", "key", "call", "arguments"}, ...]}, where `call`
is a class of the client and its method. The answers are
{name: {"status", "body" or "error"}, ...}: what the client returned.
"""

import json
import sys

import virus_total_apis


def ask(address, case):
    kind, method = case["call"].split(".")
    client = getattr(virus_total_apis, kind)(case["key"])
    # The client's own attribute for the address; nothing else of it is touched.
    client.base = address + "/vtapi/v2/"
    try:
        answer = getattr(client, method)(*case["arguments"], timeout=20)
    except ValueError as error:
        # The client does not expect a body that is not JSON.
        return {"exception": type(error).__name__}
    named = {"response_code": "status", "results": "body"}
    return {named.get(name, name): value for name, value in answer.items()}


def main():
    plan = json.load(sys.stdin)
    json.dump({case["name"]: ask(sys.argv[1], case) for case in plan["cases"]},
              sys.stdout)


if __name__ == "__main__":
    main()
