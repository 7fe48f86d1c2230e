"""What the folders of this one say must happen, step by step, and the checks that hold after every step.

A folder is a case: `expect.json` and the templates that it names.

    about    what the case shows, for the report
    steps    a list of
      action      create, update, delete; repeat: the same template again, which must change nothing
      stack       the name of the stack, when the case has several
      template    a file of the folder
      by          "stack" (default: CreateStack, UpdateStack) or "change set"
      parameters  their values; "@Name" is an output of the case's stack "needs"
      status      what it must end in, when that is not the action's success; "refused" when it is not even accepted
      message     a pattern that must occur in the events, the change set's reason or the refusal; or a list of them
      order       events that must follow one another so: "<logical id> <status>"
      untouched   logical ids of which there is no event
      resources   type → how many of it the stack has
      images      images that the stack's services run, or with a minus in front do not run
      ran         images of the tasks that were run to their end, in this order
      records     "<zone> <name> <type>" → a pattern for what the record leads to, or null: there is none
      outputs     name → a pattern for its value, or "@<stack>.<name>" for an output of another stack
      retained    type → how many the deletion leaves behind, or "any"; nothing else may be left

After a step that succeeds: the processed template has no type of ours and no transform, the original is what was
given, every resource of the processed template exists and no other, nothing is unresolved in an output, and what
holds data and was in the stack still is. After one that fails: resources, templates and outputs are those from
before.
"""

import json
import re

from account import difference
from stack import Stack, refusal

SUCCESS = {"create": "CREATE_COMPLETE", "update": "UPDATE_COMPLETE", "delete": "DELETE_COMPLETE"}
DATA = ("AWS::EFS::FileSystem", "AWS::SecretsManager::Secret")
RETAINING = ("Retain", "RetainExceptOnCreate")


class Case:
    def __init__(self, account, folder):
        self._account = account
        self._folder = folder
        expectation = json.loads((folder / "expect.json").read_text())
        self.about = expectation["about"]
        self._steps = expectation["steps"]
        self._stacks = {}
        self._before = account.resources()

    def steps(self):
        """Each step as its title and what carries it out."""
        for step in self._steps:
            title = " ".join(
                filter(None, [step["action"], step.get("stack"), step.get("template"), step.get("status")])
            )
            yield title, lambda step=step: self._take(step)

    def clean_up(self):
        """After a failure: so that what is left does not fail the next case too."""
        for stack in reversed(self._stacks.values()):
            try:
                stack.delete()
            except Exception as error:
                print(f"    {stack.name} is left: {error}")

    def _take(self, step):
        name = step.get("stack", self._folder.name)
        stack = self._stacks.setdefault(name, Stack(self._account, name))
        earlier, ran = len(stack.events()), self._account.tasks_run()
        if step.get("status") == "refused":
            message = refusal(lambda: self._operate(stack, step))
            _told(step, message)
        elif step["action"] == "delete":
            self._delete(stack, step)
        elif step["action"] == "repeat":
            self._repeat(stack, step)
        else:
            self._apply(stack, step)
        run_now = [image for task, image in self._account.tasks_run().items() if task not in ran]
        self._check_course(step, stack.events()[earlier:], run_now)

    def _check_course(self, step, events, ran):
        """What happened between the beginning of a step and its end."""
        happened = [f"{name} {status}" for name, status, _, _ in events]
        at = 0
        for event in step.get("order", []):
            assert event in happened[at:], f"{event} does not follow:\n" + "\n".join(happened)
            at = happened.index(event, at) + 1
        for name in step.get("untouched", []):
            assert not any(event.startswith(f"{name} ") for event in happened), f"{name} is touched:\n{happened}"
        if "ran" in step:
            assert ran == step["ran"], f"these tasks were run: {ran}"
        for record, pattern in step.get("records", {}).items():
            found = self._account.record(*record.split(" "))
            matches = found is None if pattern is None else re.fullmatch(pattern, found or "")
            assert matches, f"the record {record} leads to {found}"

    def _template(self, step):
        return (self._folder / step["template"]).read_text()

    def _parameters(self, step):
        outputs = self._stacks["needs"].outputs() if "needs" in self._stacks and "parameters" in step else {}
        given = step.get("parameters", {}).items()
        return {key: outputs[value[1:]] if value.startswith("@") else value for key, value in given}

    def _operate(self, stack, step):
        """Carry out an action to its end; the status that it ends in, and the reasons given."""
        if step["action"] == "delete":
            return stack.delete(), ""
        template, parameters = self._template(step), self._parameters(step)
        if step.get("by") == "change set":
            change_set = stack.change_set(step["action"].upper(), template, parameters)
            if change_set["Status"] == "FAILED":
                return "FAILED", change_set["StatusReason"]
            return stack.execute(change_set), ""
        return getattr(stack, step["action"])(template, parameters), ""

    def _apply(self, stack, step):
        former = _state(stack) if step["action"] == "update" else None
        status, reason = self._operate(stack, step)
        events = stack.events()
        wanted = step.get("status", SUCCESS[step["action"]])
        assert status == wanted, f"{status} instead of {wanted}: {reason}\n{_failures(events)}"
        if "message" in step:
            _told(step, "\n".join([reason, *(event[2] for event in events)]))
        if status != SUCCESS[step["action"]]:
            assert former in (None, _state(stack)), "the former state has not come back:\n" + _changes(
                former, _state(stack)
            )
        else:
            self._check_success(stack, step, former)
        self._check_expected(stack, step)

    def _check_success(self, stack, step, former):
        assert stack.template("Original") == self._template(step), "the original template is another one"
        resources = stack.resources()
        processed = stack.template("Processed")
        if not isinstance(processed, str):
            assert "OamEcs::" not in json.dumps(processed) and "Transform" not in processed, "not expanded"
            wanted = {
                name: item["Type"]
                for name, item in processed["Resources"].items()
                if "Condition" not in item or name in resources
            }
            assert wanted == {name: item[0] for name, item in resources.items()}, "other resources than in the template"
        failed = [item for item in resources.items() if not item[1][2].endswith("_COMPLETE")]
        assert not failed, f"not complete: {failed}"
        for name, value in stack.outputs().items():
            assert value and "${" not in value and "Fn::" not in value, f"output {name} is unresolved: {value}"
        present = {physical for _, physical, _ in resources.values()}
        for name, (kind, physical, _) in (former["resources"] if former else {}).items():
            assert kind not in DATA or physical in present, (
                f"{name} ({kind}) is no longer in the stack, nor is its data"
            )

    def _check_expected(self, stack, step):
        resources = stack.resources()
        for kind, number in step.get("resources", {}).items():
            present = [name for name, item in resources.items() if item[0] == kind]
            assert len(present) == number, f"{len(present)} instead of {number} of {kind}: {present}"
        images = self._account.images(item[1] for item in resources.values() if item[0] == "AWS::ECS::Service")
        for image in step.get("images", []):
            assert (image.removeprefix("-") in images) != image.startswith("-"), (
                f"{image} fails: the services run {images}"
            )
        outputs = stack.outputs()
        for name, pattern in step.get("outputs", {}).items():
            if pattern.startswith("@"):
                other, output = pattern[1:].split(".")
                pattern = re.escape(self._stacks[other].outputs()[output])
            assert re.fullmatch(pattern, outputs.get(name, "")), f"output {name} is {outputs.get(name)}"

    def _repeat(self, stack, step):
        change_set = stack.change_set("UPDATE", self._template(step), self._parameters(step))
        reason = change_set.get("StatusReason", "")
        assert change_set["Status"] == "FAILED" and "didn't contain changes" in reason, (
            f"{reason} {change_set['Changes']}"
        )

    def _delete(self, stack, step):
        processed = stack.template("Processed")
        policies = (
            {}
            if isinstance(processed, str)
            else {name: item.get("DeletionPolicy") for name, item in processed.get("Resources", {}).items()}
        )
        status, _ = self._operate(stack, step)
        events = stack.events()
        assert status == step.get("status", SUCCESS["delete"]), f"{status}\n{_failures(events)}"
        skipped = {name for name, state, _, _ in events if state == "DELETE_SKIPPED"}
        for name in skipped:
            assert policies.get(name, "Retain") in RETAINING, f"{name} was left without being told to"
        if "retained" in step:
            left = difference(self._before, self._account.resources())
            for kind, number in step["retained"].items():
                items = left.pop(kind, [])
                assert number in ("any", len(items)), f"{len(items)} instead of {number} of {kind} left behind: {items}"
            assert not left, f"left behind: {left}"


def _told(step, text):
    patterns = step["message"]
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        assert re.search(pattern, text), f"not told: {pattern}\n{text}"


def _state(stack):
    """Everything that a rollback must bring back."""
    return {
        "resources": {name: (kind, physical, "") for name, (kind, physical, _) in stack.resources().items()},
        "outputs": stack.outputs(),
        "original": stack.template("Original"),
        "processed": stack.template("Processed"),
    }


def _changes(former, present):
    pairs = [
        (f"{part}.{name}", former[part].get(name), present[part].get(name))
        for part in ("resources", "outputs")
        for name in former[part] | present[part]
    ]
    return "\n".join(f"{name}: {was} → {now}" for name, was, now in pairs if was != now) or "the templates differ"


def _failures(events):
    return "\n".join(f"{name} {status}: {reason}" for name, status, reason, _ in events if reason)
