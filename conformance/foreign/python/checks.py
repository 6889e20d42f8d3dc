"""What every judge shares: named checks, each reported as one line of JSON."""
import json
import os
import sys
import traceback

URL = os.environ["TAOSTS_URL"]  # http://127.0.0.1:port
ADDRESS = URL.split("://", 1)[1]
_checks = []
_failed = 0


def check(name):
    """Marks a function as a check of that name."""

    def mark(function):
        _checks.append((name, function))
        return function

    return mark


def equal(given, expected):
    if given != expected:
        raise AssertionError(f"given {given!r}, expected {expected!r}")


def run():
    global _failed
    for name, function in _checks:
        detail = ""
        try:
            function()
        except Exception as error:  # every failure of a client is a finding
            _failed += 1
            detail = "".join(traceback.format_exception_only(type(error), error)).strip()
            print(traceback.format_exc(), file=sys.stderr)
        print(json.dumps({"check": name, "ok": detail == "", "detail": detail}), flush=True)
    sys.exit(1 if _failed else 0)
