"""A CloudFormation stack: its operations, waited for, and what it says about itself."""

import time

from botocore.exceptions import ClientError

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# The function of the installation waits for seconds between two looks at what it waits for.
DEADLINE = 240


class Stack:
    def __init__(self, account, name):
        self._formation = account.cloudformation
        self.name = name
        self.id = name

    def create(self, template, parameters=()):
        self.id = self._formation.create_stack(
            StackName=self.name, TemplateBody=template, Parameters=_list(parameters), Capabilities=CAPABILITIES
        )["StackId"]
        return self._settled()

    def update(self, template, parameters=()):
        self._formation.update_stack(
            StackName=self.name, TemplateBody=template, Parameters=_list(parameters), Capabilities=CAPABILITIES
        )
        return self._settled()

    def delete(self):
        # A deleted stack answers to its id only.
        self.id = self.description()["StackId"]
        self._formation.delete_stack(StackName=self.id)
        return self._settled()

    def change_set(self, kind, template, parameters=()):
        """A change set as `aws cloudformation deploy` and `sam deploy` make it: its description."""
        name = f"{kind.lower()}-{time.monotonic_ns()}"
        answer = self._formation.create_change_set(
            StackName=self.name,
            ChangeSetName=name,
            ChangeSetType=kind,
            TemplateBody=template,
            Parameters=_list(parameters),
            Capabilities=CAPABILITIES,
        )
        self.id = answer["StackId"]
        return _wait(
            lambda: self._formation.describe_change_set(ChangeSetName=answer["Id"]),
            lambda found: found["Status"] in ("CREATE_COMPLETE", "FAILED"),
        )

    def execute(self, change_set):
        self._formation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
        # The status changes after the call has been answered.
        _wait(self.description, lambda found: found["StackStatus"] != "REVIEW_IN_PROGRESS")
        return self._settled()

    def description(self):
        return self._formation.describe_stacks(StackName=self.id)["Stacks"][0]

    def outputs(self):
        return {output["OutputKey"]: output["OutputValue"] for output in self.description().get("Outputs", [])}

    def resources(self):
        """Logical id → type, physical id and status."""
        pages = self._formation.get_paginator("list_stack_resources").paginate(StackName=self.id)
        return {
            item["LogicalResourceId"]: (item["ResourceType"], item.get("PhysicalResourceId"), item["ResourceStatus"])
            for page in pages
            for item in page["StackResourceSummaries"]
        }

    def template(self, stage):
        """As it was given a string, expanded a map. One without a transform stays the string it is."""
        return self._formation.get_template(StackName=self.id, TemplateStage=stage)["TemplateBody"]

    def events(self):
        """All events, the oldest first: logical id, status, reason, physical id. None as long as there is no stack."""
        pages = self._formation.get_paginator("describe_stack_events").paginate(StackName=self.id)
        try:
            events = [event for page in pages for event in page["StackEvents"]]
        except ClientError:
            return []
        return [
            (
                event["LogicalResourceId"],
                event["ResourceStatus"],
                event.get("ResourceStatusReason", ""),
                event.get("PhysicalResourceId", ""),
            )
            for event in reversed(events)
        ]

    def _settled(self):
        return _wait(self.description, lambda found: not found["StackStatus"].endswith("_IN_PROGRESS"))["StackStatus"]


def refusal(operation, *arguments):
    """The message with which an operation is refused outright."""
    try:
        operation(*arguments)
    except ClientError as error:
        return error.response["Error"]["Message"]
    raise AssertionError("the operation was accepted")


def _list(parameters):
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in dict(parameters).items()]


def _wait(look, is_done):
    end = time.monotonic() + DEADLINE
    while True:
        found = look()
        if is_done(found):
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not done after {DEADLINE} s: {found}")
        time.sleep(0.05)
