"""CloudFormation macros for ministack, which has none: registered by `AWS::CloudFormation::Macro`, run by `Transform`.

As on AWS: embedded `AWS::Include`s are expanded first, then the transforms of the template run in the order in which
they are listed; the macro sees the template without its `Transform` section, and the deployed function is called with
the real event. A failure ends as it does there: CreateStack and UpdateStack are accepted and roll back with the
macro's message in the stack's events, CreateChangeSet ends in a failed change set. Capabilities are required as
there.

Not here: `Fn::Transform` of a macro of one's own inside a template (OamEcs is a top-level transform), macros in
templates of nested stacks, `LogGroupName`/`LogRoleARN` of a macro.
"""

import contextlib
import copy
import json
import uuid

from ministack.core.responses import get_account_id, get_region, now_iso
from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import changesets, engine, handlers
from ministack.services.cloudformation.helpers import _extract_string_members, _p, _resolve_template, _xml
from ministack.services.cloudformation.stacks import _add_event

_functions = {}  # macro name -> ARN of its function
_failures = []  # messages of the operation that runs; ministack serves one operation at a time


def _create(logical_id, properties, stack_name):
    name = properties["Name"]
    if name in _functions:
        raise ValueError(f"Macro {name} already exists")
    _functions[name] = properties["FunctionName"]
    return name, {}


def _update(physical_id, old, new, stack_name):
    _functions[physical_id] = new["FunctionName"]
    return physical_id, {}


def _delete(physical_id, properties):
    _functions.pop(physical_id, None)


RESOURCE_TYPES = {"AWS::CloudFormation::Macro": {"create": _create, "update": _update, "delete": _delete}}
REPLACING_PROPERTIES = {"AWS::CloudFormation::Macro": ("Name",)}


def _failed(template, message):
    _failures.append(message)
    return engine._TransformFailed(template, message)


def _parameter_values(template, provided, previous):
    """What a macro gets as `templateParameterValues`: evaluated, defaults filled in, list types as lists."""
    values = engine._transform_parameters(template, provided, previous)
    for name, definition in (template.get("Parameters") or {}).items():
        kind = definition.get("Type", "") if isinstance(definition, dict) else ""
        if name in values and (kind == "CommaDelimitedList" or kind.startswith("List<")):
            values[name] = values[name].split(",")
    return values


def _parameters_of_transform(parameters, values):
    """A reference to a template parameter arrives resolved in `params`."""
    return {
        key: values.get(value["Ref"], value) if isinstance(value, dict) and set(value) == {"Ref"} else value
        for key, value in (parameters or {}).items()
    }


def _invoke(function, event):
    """The function's answer, or None where it is none: an error of the function, or something else than a map."""
    record, configuration, _ = lambda_svc._get_func_record_for_ref(function)
    if record is None:
        return None
    execution = lambda_svc._execution_record_for_config(record, configuration)
    answer = lambda_svc._execute_function_with_config_scope(execution, event)
    if answer.get("error") or answer.get("function_error"):
        return None
    body = answer.get("body")
    with contextlib.suppress(ValueError):
        body = json.loads(body) if isinstance(body, (str, bytes)) else body
    return body if isinstance(body, dict) else None


def _run_macro(name, parameters, template, provided, previous):
    transform = f"{get_account_id()}::{name}"
    if name not in _functions:
        return _failed(template, f"No transform named {transform} found.")
    values = _parameter_values(template, provided, previous)
    event = {
        "region": get_region(),
        "accountId": get_account_id(),
        "fragment": {section: value for section, value in template.items() if section != "Transform"},
        "transformId": transform,
        "params": _parameters_of_transform(parameters, values),
        "requestId": str(uuid.uuid4()),
        "templateParameterValues": values,
    }
    answer = _invoke(_functions[name], copy.deepcopy(event))
    if answer is None or answer.get("requestId") != event["requestId"] or "status" not in answer:
        return _failed(template, f"Received malformed response from transform {transform}")
    if str(answer["status"]).lower() != "success":
        message = answer.get("errorMessage")
        how = f"with: {message}" if message else "without an error message."
        return _failed(template, f"Transform {transform} failed {how}")
    fragment = answer.get("fragment")
    if not isinstance(fragment, dict):
        return _failed(template, "Template format error: unsupported structure.")
    if fragment.get("Parameters") != template.get("Parameters"):
        return _failed(template, f"Transform {transform} changed the Parameters section, which a macro may not.")
    return fragment


_apply_own_transforms = engine._apply_transforms


def _apply_transforms(template, provided_params=None, previous_params=None):
    template = engine._apply_include_transform(copy.deepcopy(template))
    if isinstance(template, engine._TransformFailed):
        return template
    listed = template.pop("Transform", None) or []
    for transform in listed if isinstance(listed, list) else [listed]:
        name = transform["Name"] if isinstance(transform, dict) else transform
        if name.startswith("AWS::"):
            template = _apply_own_transforms({**template, "Transform": transform}, provided_params, previous_params)
        else:
            parameters = transform.get("Parameters") if isinstance(transform, dict) else {}
            template = _run_macro(name, parameters, template, provided_params, previous_params)
        if isinstance(template, engine._TransformFailed):
            return template
    return template if listed else _apply_own_transforms(template, provided_params, previous_params)


def _stack_record(params, **fields):
    """A stack that holds nothing: what is left of one whose template could not be expanded."""
    name = _p(params, "StackName")
    return {
        "StackName": name,
        "StackId": f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:stack/{name}/{uuid.uuid4()}",
        "StackStatusReason": "",
        "CreationTime": now_iso(),
        "LastUpdatedTime": now_iso(),
        "Description": "",
        "Parameters": [],
        "Tags": [],
        "Outputs": [],
        "DisableRollback": False,
        "Capabilities": _extract_string_members(params, "Capabilities"),
        "_region": get_region(),
        "_resources": {},
        "_template": {},
        "_template_body": _resolve_template(params)[0],
        "_resolved_params": {},
        "_conditions": {},
        **fields,
    }


def _roll_back(stack, operation, message):
    """The events of an operation whose template could not be expanded (as recorded from AWS)."""
    prefix = "UPDATE_" if operation == "Update" else ""
    reasons = {
        f"{operation.upper()}_IN_PROGRESS": "User Initiated",
        f"{prefix}ROLLBACK_IN_PROGRESS": f"{message}. Rollback requested by user.",
        f"{prefix}ROLLBACK_COMPLETE": "",
    }
    for status, reason in reasons.items():
        stack.update(StackStatus=status, StackStatusReason=reason)
        _add_event(
            stack["StackId"],
            stack["StackName"],
            stack["StackName"],
            "AWS::CloudFormation::Stack",
            status,
            reason,
            stack["StackId"],
        )
    return _xml(
        200,
        f"{operation}StackResponse",
        f"<{operation}StackResult><StackId>{stack['StackId']}</StackId></{operation}StackResult>",
    )


def _fail_create(params, message):
    stack = cloudformation._stacks[_p(params, "StackName")] = _stack_record(params)
    return _roll_back(stack, "Create", message)


def _fail_update(params, message):
    return _roll_back(handlers._resolve_stack(_p(params, "StackName")), "Update", message)


def _fail_change_set(params, message):
    name = _p(params, "ChangeSetName")
    stack = handlers._resolve_stack(_p(params, "StackName"))
    if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
        stack = _stack_record(params, StackStatus="REVIEW_IN_PROGRESS")
        cloudformation._stacks[stack["StackName"]] = stack
    identifier = f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:changeSet/{name}/{uuid.uuid4()}"
    cloudformation._change_sets[identifier] = {
        "ChangeSetId": identifier,
        "ChangeSetName": name,
        "StackId": stack["StackId"],
        "StackName": stack["StackName"],
        "Status": "FAILED",
        "ExecutionStatus": "UNAVAILABLE",
        "StatusReason": message,
        "CreationTime": now_iso(),
        "Changes": [],
        "Parameters": [],
        "Tags": [],
    }
    result = f"<Id>{identifier}</Id><StackId>{stack['StackId']}</StackId>"
    return _xml(200, "CreateChangeSetResponse", f"<CreateChangeSetResult>{result}</CreateChangeSetResult>")


def _answering_failures(action, answer_failure):
    accept = handlers._ACTION_HANDLERS[action]

    def handle(params):
        _failures.clear()
        answer = accept(params)
        # Without the capability CloudFormation never comes to the macro.
        if not _failures or b"InsufficientCapabilities" in _bytes(answer[2]):
            return answer
        return answer_failure(params, _failures[0])

    handlers._ACTION_HANDLERS[action] = handle


def _bytes(body):
    return body if isinstance(body, bytes) else str(body).encode()


def install():
    """Put the macros into the running ministack."""
    for module in (engine, handlers, changesets):
        module._apply_transforms = _apply_transforms
    _answering_failures("CreateStack", _fail_create)
    _answering_failures("UpdateStack", _fail_update)
    _answering_failures("CreateChangeSet", _fail_change_set)
