"""What the role of the installed functions allows, decided as AWS decides it: a call that it does not allow is refused.

ministack checks signatures and evaluates policies. It does not know of every call what it is about, and of none of ECS's
by which conditions a policy can tell. Here are both as the service authorization reference has them: actions without
resources, of which cfn-lint carries the list, are about `*`; those of ECS and others that the function uses are about
what is below.
`RunTask` and `RegisterTaskDefinition` ask for more actions: `iam:PassRole` for each role, `ecs:TagResource` for tags.
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html)

Where it is easier than AWS: CloudFormation itself, and whoever deploys, may do everything; other keys of conditions than those
of ECS are absent, or as ministack has them.
"""

import contextvars
import importlib.util
import json
import pathlib

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs, servicediscovery, tagging

RESOURCE_TYPES = {}
REPLACING_PROPERTIES = {}

# cfn-lint is found and not imported, which would take a second.
_LINTER = pathlib.Path(importlib.util.find_spec("cfnlint").origin).parent
_REFERENCE = json.loads((_LINTER / "data/AdditionalSpecs/Policies.json").read_text(encoding="utf-8"))

_own_resource = iam_actions.extract_resource_arn
_own_context = iam_actions.request_tag_context
_own_enforce = iam_evaluator.enforce
_request = contextvars.ContextVar("request of ECS", default=None)


def _resource_arn(service, method, path, headers, body, *others):
    _request.set(None)
    operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    if service == "servicediscovery" and operation.endswith("Namespace"):
        identifier = json.loads(body).get("Id")
        return f"arn:aws:servicediscovery:{get_region()}:{get_account_id()}:namespace/{identifier}"
    if service == "route53" and "/change/" in path:
        return f"arn:aws:route53:::change/{path.rsplit('/', 1)[-1]}"
    if operation == "GetLogEvents":
        request = json.loads(body)
        group = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{request['logGroupName']}"
        return f"{group}:log-stream:{request['logStreamName']}"
    if service != "ecs":
        return _own_resource(service, method, path, headers, body, *others)
    request = json.loads(body or b"{}")
    _request.set(request)
    return _of_ecs(operation, request)


def _of_ecs(operation, request):
    """The ARN of what a call is about: of the first, where it is about several."""
    prefix = f"arn:aws:ecs:{get_region()}:{get_account_id()}"
    cluster = _cluster(request)

    def named(kind, name):
        return name if name.startswith("arn:") else f"{prefix}:{kind}/{cluster}/{name}"

    match operation:
        case "RunTask":
            return _definition(request).get("taskDefinitionArn", f"{prefix}:task-definition/none")
        case "RegisterTaskDefinition":
            return f"{prefix}:task-definition/{request['family']}:*"
        case "StopTask":
            return named("task", request["task"])
        case "DescribeTasks":
            return named("task", request["tasks"][0])
        case "ListTasks":
            return f"{prefix}:container-instance/{cluster}/*"
        case "UpdateService" | "ListServiceDeployments":
            return named("service", request["service"])
        case "DescribeServices":
            return named("service", request["services"][0])
        case "StopServiceDeployment":
            return request["serviceDeploymentArn"]
        case "DescribeServiceDeployments":
            return request["serviceDeploymentArns"][0]
    return "*"


def _cluster(request):
    named = next((request[key] for key in ("service", "serviceDeploymentArn") if "/" in request.get(key, "")), "")
    return ecs._resolve_cluster_name(request.get("cluster", "default")) or named.split("/")[1]


def _definition(request):
    return ecs._task_defs.get(ecs._resolve_td_key(request.get("taskDefinition", "")), {})


def _context(service, action, body, parameters):
    context = _own_context(service, action, body, parameters)
    if service == "ecs" and action not in ("ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"):
        request = json.loads(body or b"{}")
        context["ecs:cluster"] = f"arn:aws:ecs:{get_region()}:{get_account_id()}:cluster/{_cluster(request)}"
    return context


def _enforce(key, action, service, region, resource_arn="*", service_context=None):
    prefix, name = action.split(":", 1)
    if not _REFERENCE.get(prefix, {}).get("Actions", {}).get(name.lower(), {}).get("Resources"):
        resource_arn = "*"
    denied = _own_enforce(key, action, service, region, resource_arn=resource_arn, service_context=service_context)
    request = _request.get()
    if denied or action not in ("ecs:RunTask", "ecs:RegisterTaskDefinition"):
        return denied
    for role in _roles(request if action == "ecs:RegisterTaskDefinition" else _definition(request), request):
        passed = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
        denied = denied or _own_enforce(
            key, "iam:PassRole", "iam", region, resource_arn=role, service_context=passed
        )
    if request.get("tags") and not denied:
        made = resource_arn if action == "ecs:RegisterTaskDefinition" else _task_arn(request)
        by = {"ecs:CreateAction": name}
        denied = _own_enforce(key, "ecs:TagResource", "ecs", region, resource_arn=made, service_context=by)
    return denied


def _task_arn(request):
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:task/{_cluster(request)}/any"


def _roles(definition, request):
    overrides = request.get("overrides") or {}
    names = ("taskRoleArn", "executionRoleArn")
    return [place[name] for place in (definition, overrides) for name in names if place.get(name)]


def install():
    iam_actions.extract_resource_arn = _resource_arn
    iam_actions.request_tag_context = _context
    iam_evaluator.enforce = _enforce
    # By which `aws:ResourceTag/…` is known.
    tagging._RESOURCE_TAG_COLLECTORS["servicediscovery"] = lambda: servicediscovery._resource_tags.items()
