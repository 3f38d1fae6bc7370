#!/usr/bin/env python3
"""Prints the line and branch coverage of each folder.

Usage: coverage.py SUMMARY.json

SUMMARY.json is what `gcovr --json-summary` writes. Branches that the compiler
adds for exceptions are left out by gcovr's options, see ./test.
"""
import collections
import json
import sys


def folder_of(path: str) -> str:
    """The room of a file: two levels below server, virustotal and client."""
    parts = path.split("/")[:-1]
    deep = parts[0] in ("server", "virustotal", "client")
    return "/".join(parts[:2] if deep else parts[:1])


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    keys = ("line_covered", "line_total", "branch_covered", "branch_total")
    sums = collections.defaultdict(lambda: dict.fromkeys(keys, 0))
    for each in files:
        for folder in (folder_of(each["filename"]), "all"):
            for key in keys:
                sums[folder][key] += each[key]

    def percent(covered: int, total: int) -> str:
        return f"{100 * covered / total:.1f} %" if total else "-"

    print("| folder | lines | covered | branches | covered |")
    print("|---|---|---|---|---|")
    for folder in sorted(sums, key=lambda name: (name == "all", name)):
        own = sums[folder]
        print(
            f"| {folder} | {own['line_total']:,}"
            f" | {percent(own['line_covered'], own['line_total'])}"
            f" | {own['branch_total']:,}"
            f" | {percent(own['branch_covered'], own['branch_total'])} |"
        )


if __name__ == "__main__":
    main()
