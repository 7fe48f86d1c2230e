"""AWS's own template validator over many files, in one process: a JSON list of findings.

    validate.py TEMPLATE…
"""

import json
import sys

from cloudformation_validate import CompositeEngine


def findings(engine, path):
    for found in engine.validate_template(path).diagnostics:
        yield {
            "file": path,
            "rule": found.rule_id,
            "level": found.severity.name,
            "message": found.message,
            "place": "/".join(filter(None, [found.entity and found.entity.logical_id, found.property_path])),
        }


def main():
    # Building the engine costs most of the time: once for all.
    engine = CompositeEngine()
    json.dump([found for path in sys.argv[1:] for found in findings(engine, path)], sys.stdout)


if __name__ == "__main__":
    main()
