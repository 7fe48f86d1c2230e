"""Run the cases of this folder, and every example, through the deployed macro.

    run.py ENDPOINT EXAMPLES [CASE…]

Prints a line a step and ends with 1 when one failed. A case stops at its first failure, the others go on.
"""

import json
import pathlib
import re
import sys
import tempfile
import time
import traceback

from account import Account
from cases import Case

HERE = pathlib.Path(__file__).parent
DECLARATION = re.compile(r"(Type: OamEcs::(?:Application|Compose|Stackfile)\n( +)Properties:\n)")


def main():
    endpoint, examples, *wanted = sys.argv[1:]
    account = Account(endpoint)
    folders = [file.parent for file in sorted(HERE.glob("*/expect.json"))]
    with tempfile.TemporaryDirectory() as directory:
        folders += _example_cases(pathlib.Path(examples), pathlib.Path(directory))
        folders = [folder for folder in folders if not wanted or folder.name in wanted]
        assert folders, f"no such case: {wanted}"
        passed = failed = 0
        for folder in folders:
            if _run(account, folder):
                passed += 1
            else:
                failed += 1
    print(f"cases: {passed} passed, {failed} failed")
    complaints = account.complaints()
    print("".join(f"the function logged: {line}\n" for line in complaints), end="")
    return failed > 0 or bool(complaints)


def _run(account, folder):
    case = Case(account, folder)
    print(f"{folder.name}: {case.about}")
    for title, take in case.steps():
        start = time.monotonic()
        try:
            take()
        except Exception as error:
            print(f"  FAILED  {title}")
            trace = "" if isinstance(error, AssertionError) else traceback.format_exc()
            print("    " + f"{error}\n{trace}".rstrip().replace("\n", "\n    "))
            case.clean_up()
            return False
        print(f"  ok      {title} ({time.monotonic() - start:.1f} s)")
    return True


def _example_cases(examples, directory):
    """A case for every example: created, given again without an effect, updated with a tag for everything, deleted.

    What one needs besides is in examples.json: `needs`, a template of the folder `needs` that is deployed before it;
    `parameters`, where `@Name` is an output of that stack; or `skipped`, the reason. A folder of examples from elsewhere may
    have a `needs.yaml` beside its templates, which is deployed before each of them.
    """
    settings = json.loads((HERE / "examples.json").read_text())
    for template in sorted(examples.glob("*/*.yaml")):
        if template.name == "needs.yaml":
            continue
        path = template.relative_to(examples).with_suffix("").as_posix()
        setting = settings.pop(path, {})
        if "skipped" in setting:
            print(f"example {path} skipped: {setting['skipped']}")
            continue
        folder = directory / ("example-" + path.replace("/", "-"))
        folder.mkdir()
        text = template.read_text()
        (folder / "template.yaml").write_text(text)
        (folder / "tagged.yaml").write_text(DECLARATION.sub(r"\1\2  Tags: {round: second}\n", text))
        step = {"template": "template.yaml", "parameters": setting.get("parameters", {})}
        tagged = {**step, "template": "tagged.yaml"}
        steps = [{"action": "create", **step}, {"action": "repeat", **step}, {"action": "update", **tagged}]
        steps.append({"action": "delete"})
        needed = HERE / "needs" / setting["needs"] if "needs" in setting else template.with_name("needs.yaml")
        if needed.exists():
            needs = {"stack": "needs", "template": "needs.yaml"}
            (folder / "needs.yaml").write_text(needed.read_text())
            steps = [{"action": "create", **needs}, *steps, {"action": "delete", "stack": "needs"}]
        (folder / "expect.json").write_text(json.dumps({"about": f"the example {path}", "steps": steps}))
        yield folder
    assert not settings or examples.name != "examples", f"examples.json names what is not there: {sorted(settings)}"


if __name__ == "__main__":
    sys.exit(main())
