"""A stand-in for the function that serves `Custom::OamEcs…`, until the installation has one.

Nothing of the protocol is here: no function is invoked and nothing is put to a `ResponseURL`; ministack takes these types as
if they were its own. What a stack sees is as the contract has it (the properties and attributes that
`functions/oamecs/src/cloudformation/resource/custom` documents): the service token is imported from an export, a wrong one
is refused, what is looked up is looked up in this account, and what is not there fails the stack.

Where it is easier than the function will be:

- A task is started by RunTask, so that its cluster and task definition must be there, and then stopped: no program ever
  runs here, so each counts as ended with exit code 0, at once.
- Rollback is not told from an update, nothing is cloned, `OnRollback`, `OnDelete`, `RunWhen` and `Exclusive` have no effect.
- The keys of a secret are not looked at, and its key is that of the account unless it names one.
"""

import json
import time

from missing_types import Refused, call_json
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation, ec2, ecs, route53, secretsmanager, servicediscovery
from ministack.services.cloudformation import provisioners

# What the installation exports for the stacks that it serves.
EXPORT = "OamEcs-ServiceToken"


def _token():
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:oamecs-stand-in"


def _served(create, delete=None):
    """A type whose update does what its creation does and keeps the physical id that this gives."""

    def checked(properties):
        if properties.get("ServiceToken") != _token():
            raise Refused(f"Invalid service token: {properties.get('ServiceToken')}")
        if not 1 <= int(properties.get("ServiceTimeout", 3600)) <= 3600:
            raise Refused(f"ServiceTimeout is 1 to 3600: {properties['ServiceTimeout']}")
        return properties

    def on_create(logical_id, properties, stack_name):
        return create(checked(properties), f"{stack_name}/{logical_id}")

    def on_update(physical_id, old, new, stack_name, logical_id=None):
        if old["ServiceToken"] != new.get("ServiceToken"):
            raise Refused("Modifying service token is not allowed.")
        return create(checked(new), physical_id)

    return {"create": on_create, "update": on_update, "delete": delete or (lambda physical_id, properties: None)}


# Tasks.


def _task(properties, physical_id):
    if str(properties.get("Skip", "false")) == "true":
        return physical_id, _told("Skipped", [], 0)
    cluster = ecs._resolve_cluster_name(properties["Cluster"])
    # RunTask makes a missing cluster here.
    if cluster not in ecs._clusters:
        raise Refused(f"ClusterNotFoundException: {properties['Cluster']}")
    argument = provisioners._pascal_to_camel
    request = {
        name[0].lower() + name[1:]: argument(properties[name])
        for name in ("LaunchType", "CapacityProviderStrategy", "NetworkConfiguration", "Overrides", "PlatformVersion")
        if name in properties
    }
    count = int(properties.get("Count", 1))
    answer = json.loads(
        call_json(ecs._run_task, cluster=cluster, taskDefinition=properties["TaskDefinition"], count=count, **request)
    )
    arns = [task["taskArn"] for task in answer["tasks"]]
    if answer.get("failures") or len(arns) < count:
        raise Refused(f"not all tasks have started: {answer.get('failures')}")
    containers = sum(len(task["containers"]) for task in answer["tasks"])
    for arn in arns:
        call_json(ecs._stop_task, cluster=cluster, task=arn, reason="no program runs here")
    return physical_id, _told("Succeeded", arns, containers)


def _told(status, arns, containers):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {
        "Status": status,
        "TaskArns": ",".join(arns),
        "ExitCodes": ",".join(["0"] * containers),
        "StartedAt": now,
        "StoppedAt": now,
    }


# Networks.


def _network(properties, physical_id):
    wanted = properties.get("VpcId")
    found = [vpc for vpc in ec2._vpcs.values() if (vpc["VpcId"] == wanted if wanted else vpc.get("IsDefault"))]
    if not found:
        raise Refused(f"there is no VPC {wanted}" if wanted else "the region has no default VPC")
    [vpc] = found
    # By zone, and in it by id: the order of a VPC's subnets never changes.
    subnets = sorted(
        (subnet for subnet in ec2._subnets.values() if subnet["VpcId"] == vpc["VpcId"]),
        key=lambda subnet: (subnet["AvailabilityZone"], subnet["SubnetId"]),
    )
    public, private = {}, {}
    for subnet in subnets:
        kind = public if _is_public(vpc, subnet) else private
        kind.setdefault(subnet["AvailabilityZone"], subnet["SubnetId"])
    zones = int(properties["Zones"])
    inside = private if len(private) >= zones else public
    if len(public) < zones or len(inside) < zones:
        raise Refused(f"{vpc['VpcId']} has public subnets in {len(public)} zones, not in {zones}")
    attributes = {"VpcId": vpc["VpcId"], "TaskAddresses": "DISABLED" if inside is private else "ENABLED"}
    for name, by_zone in (("PublicSubnet", public), ("PrivateSubnet", private), ("TaskSubnet", inside)):
        for number, subnet in enumerate(list(by_zone.values())[:zones], 1):
            attributes[f"{name}{number}"] = subnet
    return vpc["VpcId"], attributes


def _is_public(vpc, subnet):
    # A default VPC of ministack's has no route to its gateway, as one of AWS's has.
    if vpc.get("IsDefault"):
        return True
    tables = [table for table in ec2._route_tables.values() if table["VpcId"] == vpc["VpcId"]]

    def holds(table, **wanted):
        return any(wanted.items() <= association.items() for association in table.get("Associations", []))

    own = [table for table in tables if holds(table, SubnetId=subnet["SubnetId"])]
    used = own or [table for table in tables if holds(table, Main=True)]
    return any(str(route.get("GatewayId", "")).startswith("igw-") for table in used for route in table["Routes"])


# Secrets.


def _secret(properties, physical_id):
    name = properties["Name"]
    for secret in secretsmanager._secrets.values():
        # An ARN without the six characters that are added to the name is one too.
        if name in (secret["Name"], secret["ARN"], secret["ARN"].rsplit("-", 1)[0]):
            usual = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/secretsmanager"
            return secret["ARN"], {"Arn": secret["ARN"], "KmsKeyArn": secret.get("KmsKeyId") or usual}
    raise Refused(f"Secrets Manager can't find the specified secret: {name}")


# Records.

_replaced = {}  # physical id -> the records that were there before


def _zone_of(properties):
    if "HostedZoneId" in properties:
        return provisioners._r53_resolve_hosted_zone_id(properties)
    name = route53._normalise_name(properties["Name"])
    fitting = [zone for zone in route53._zones.values() if f".{name}".endswith(f".{zone['name']}")]
    if not fitting:
        raise Refused(f"the account has no zone for {properties['Name']}")
    return max(fitting, key=lambda zone: len(zone["name"]))["id"]


def _record(properties, physical_id):
    zone = _zone_of(properties)
    if zone not in route53._zones:
        raise Refused(f"there is no hosted zone {zone}")
    record = provisioners._r53_record_set_build_rs(properties)
    key = route53._rs_key(record)
    identifier = "|".join([zone, *map(str, key)])
    records = route53._records.get(zone, [])
    there = [other for other in records if route53._rs_key(other) == key]
    if there and identifier not in _replaced and properties.get("Overwrite") == "never":
        raise Refused(f"{properties['Name']} is there already")
    _replaced.setdefault(identifier, there)
    route53._records[zone] = [other for other in records if route53._rs_key(other) != key] + [record]
    return identifier, {}


def _record_delete(physical_id, properties):
    zone, before = physical_id.split("|")[0], _replaced.pop(physical_id, [])
    key = route53._rs_key(provisioners._r53_record_set_build_rs(properties))
    others = [other for other in route53._records.get(zone, []) if route53._rs_key(other) != key]
    route53._records[zone] = others + before


# Namespaces.

_made = set()


def _namespace(properties, physical_id):
    for identifier, namespace in servicediscovery._namespaces.items():
        if namespace.get("Name") == properties["Name"] and namespace.get("Type", "DNS_PRIVATE") == "DNS_PRIVATE":
            return identifier, _of_namespace(namespace)
    wanted = {"Name": properties["Name"], "Vpc": properties["VpcId"], "Description": properties.get("Description", "")}
    make = provisioners._RESOURCE_HANDLERS["AWS::ServiceDiscovery::PrivateDnsNamespace"]["create"]
    identifier, _ = make(physical_id.rsplit("/", 1)[-1], wanted, physical_id.split("/")[0])
    _made.add(identifier)
    return identifier, _of_namespace(servicediscovery._namespaces[identifier])


def _of_namespace(namespace):
    zone = namespace.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId", "")
    return {"Arn": namespace.get("Arn", ""), "HostedZoneId": zone}


def _namespace_delete(physical_id, properties):
    used = any(service.get("NamespaceId") == physical_id for service in servicediscovery._services.values())
    if physical_id in _made and not used:
        _made.discard(physical_id)
        remove = provisioners._RESOURCE_HANDLERS["AWS::ServiceDiscovery::PrivateDnsNamespace"]["delete"]
        remove(physical_id, {"Name": properties["Name"], "Vpc": properties["VpcId"]})


RESOURCE_TYPES = {
    "Custom::OamEcsDnsRecord": _served(_record, _record_delete),
    "Custom::OamEcsNamespace": _served(_namespace, _namespace_delete),
    "Custom::OamEcsNetwork": _served(_network),
    "Custom::OamEcsSecret": _served(_secret),
    "Custom::OamEcsTask": _served(_task),
}

REPLACING_PROPERTIES = {}


def install():
    """Export the service token, as the installation will."""
    assert EXPORT not in cloudformation._exports
    cloudformation._exports[EXPORT] = {"StackId": "stand-in", "Name": EXPORT, "Value": _token()}
