"""The rest of the protocol by which CloudFormation asks a function for a custom resource.

ministack invokes the deployed function with the real events, makes text of all scalars as CloudFormation does, and takes
the answer at its `ResponseURL`. Here is what it leaves out:

- A resource whose creation failed is deleted, by the id that the failed answer gave. AWS does so as part of the rollback;
  nothing depends on what was never made, so that it comes first there too, and comes at once here. (Provider framework of
  the CDK, "Important cases to handle": https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html)
- An answer has 4,096 bytes at most, and what it must have. Whoever answers twice, or for nothing that was asked, is told of
  with the next resource.
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html)
- The service token of a resource cannot change.
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html)

Where it is easier than AWS: CloudFormation delivers events by Lambda's queue, twice now and then, and makes what does not
depend on one another at the same time; here one resource is made after the other.
"""

import json
import threading

from ministack.services.cloudformation import custom_resource

LARGEST_ANSWER = 4096
REQUIRED = ("Status", "PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId")

RESOURCE_TYPES = {}
REPLACING_PROPERTIES = {}

_lock = threading.Lock()
_answers = {}  # (stack, logical id) -> the last answer
_faults = []  # what the function did against the protocol

_invoke = custom_resource.invoke_custom_resource
_deliver = custom_resource.deliver_response


def _deliver_response(token, answer):
    size = len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())
    missing = [name for name in REQUIRED if not answer.get(name)]
    with _lock:
        if size > LARGEST_ANSWER or missing or (answer.get("Status") == "FAILED" and not answer.get("Reason")):
            _faults.append(f"an answer of {size} bytes lacks {missing}: {answer}")
        first = custom_resource._pending.get(token, {}).get("result") is None
        _answers[answer.get("StackId"), answer.get("LogicalResourceId")] = answer
    if not first or not _deliver(token, answer):
        with _lock:
            _faults.append(f"an answer that nobody waits for: {answer}")
    return True


def _invoke_custom_resource(kind, logical_id, properties, stack_name, stack_id, resource_type, **known):
    old = known.get("old_props")
    if old is not None and old.get("ServiceToken") != properties.get("ServiceToken"):
        raise ValueError("Modifying service token is not allowed.")
    with _lock:
        if _faults:
            raise AssertionError(_faults.pop())
        _answers.pop((stack_id, logical_id), None)
    try:
        return _invoke(kind, logical_id, properties, stack_name, stack_id, resource_type, **known)
    except RuntimeError as error:
        identifier = _answers.get((stack_id, logical_id), {}).get("PhysicalResourceId")
        if kind == "Create" and identifier:
            _invoke(
                "Delete", logical_id, properties, stack_name, stack_id, resource_type, physical_id=identifier
            )
        # What a stack's events say of a failure.
        raise RuntimeError(f"Received response status [FAILED] from custom resource. Message returned: {error}") from None


def install():
    custom_resource.invoke_custom_resource = _invoke_custom_resource
    custom_resource.deliver_response = _deliver_response
