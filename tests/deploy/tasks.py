"""Tasks of ECS that end, and deployments that fail, although no program runs here.

Without a container engine every task of ministack's runs until it is stopped, and every deployment is stable at once. Here

- a task that belongs to no service ends half a second after it has started. Its containers end with the code that their
  command asks for with `exit N`, or 0, and leave in their log what it says with `echo`. The task then is as ECS describes
  one whose essential container has ended.
  (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html)
- a service with a container whose command has an `exit N` is not made or changed: its deployment circuit breaker trips.
  CloudFormation then says so in these words, and the service runs what it ran before.
  (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html)
- a call that is repeated with its client token starts nothing more.
  (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html)
- a task definition of a template is registered as the API has it, whose names begin with small letters, at all depths.
"""

import json
import re
import threading

import botocore.session
import missing_types
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

DURATION = 0.5  # seconds
EXIT = re.compile(r"\bexit (\d+)")
ECHO = re.compile(r"\becho ([^;&|]+)")
BREAKER = (
    "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\" "
    "(HandlerErrorCode: GeneralServiceException)"
)

RESOURCE_TYPES = {}
REPLACING_PROPERTIES = {}

_own_run_task = ecs._run_task
_tokens = {}  # client token -> the answer to its first call


def _run_task(request):
    token = request.get("clientToken")
    if token in _tokens:
        return _tokens[token]
    answer = _own_run_task(request)
    if answer[0] == 200 and not str(request.get("group", "")).startswith("service:"):
        if token:
            _tokens[token] = answer
        scope = get_account_id(), get_region()
        for task in json.loads(answer[2])["tasks"]:
            threading.Timer(DURATION, _end, [task["taskArn"], scope]).start()
    return answer


def _end(arn, scope):
    with request_scope(*scope):
        task = ecs._tasks.get(arn)
        if task is None or task["lastStatus"] == "STOPPED":
            return
        definition = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]
        overrides = {item["name"]: item for item in task["overrides"].get("containerOverrides", [])}
        for container, defined in zip(task["containers"], definition["containerDefinitions"], strict=True):
            command = _command({**defined, **overrides.get(defined["name"], {})})
            code = EXIT.search(command)
            container["exitCode"] = int(code.group(1)) if code else 0
            _log(defined, arn, ECHO.findall(command))
        ecs._mark_task_stopped(arn, task, "Essential container in task exited", "EssentialContainerExited")


def _command(container):
    command = container.get("command") or []
    return command if isinstance(command, str) else " ".join(command)


def _log(container, arn, lines):
    settings = ecs._awslogs_config(container, arn.rsplit("/", 1)[-1], "")
    if lines and settings and ecs._ensure_awslogs_stream(settings):
        for line in lines:
            ecs._emit_awslogs_event(settings, line.strip().strip("'\""))


def _breaking(operation):
    """A handler of `AWS::ECS::Service` that fails where a container of the service ends."""

    def run(*arguments):
        # (logical id, properties, …) or (physical id, old properties, properties, …)
        properties = [argument for argument in arguments if isinstance(argument, dict)][-1]
        definition = ecs._task_defs.get(ecs._resolve_td_key(properties.get("TaskDefinition", "")), {})
        if any(EXIT.search(_command(container)) for container in definition.get("containerDefinitions", [])):
            raise ValueError(BREAKER)
        return operation(*arguments)

    return run


def _as_asked(shape, value):
    """A value of a template as the API's model has it: the names of members, and the types of scalars."""
    match shape.type_name:
        case "structure":
            names = {name.lower(): name for name in shape.members}
            known = {names[name.lower()]: item for name, item in value.items() if name.lower() in names}
            return {name: _as_asked(shape.members[name], item) for name, item in known.items()}
        case "list":
            return [_as_asked(shape.member, item) for item in value]
        case "map":
            return {key: str(item) for key, item in value.items()}
        case "integer" | "long":
            return int(value)
        case "boolean":
            return str(value).lower() == "true"
    return str(value)


def _definition_create(logical_id, properties, stack_name):
    model = botocore.session.get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")
    request = {"family": f"{stack_name}-{logical_id}", **_as_asked(model.input_shape, properties)}
    arn = json.loads(missing_types.call_json(ecs._register_task_definition, **request))["taskDefinition"]["taskDefinitionArn"]
    return arn, {"TaskDefinitionArn": arn}


def install():
    definition = provisioners._RESOURCE_HANDLERS["AWS::ECS::TaskDefinition"]
    provisioners._RESOURCE_HANDLERS["AWS::ECS::TaskDefinition"] = {**definition, "create": _definition_create}
    # An update registers the next revision by it.
    provisioners._ecs_task_def_create = _definition_create
    ecs._run_task = _run_task
    ecs._ACTION_MAP["RunTask"] = _run_task
    own = provisioners._RESOURCE_HANDLERS["AWS::ECS::Service"]
    provisioners._RESOURCE_HANDLERS["AWS::ECS::Service"] = {
        **own,
        "create": _breaking(own["create"]),
        "update": _breaking(own["update"]),
    }
