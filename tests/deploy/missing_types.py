"""The resource types that OamEcs emits and ministack's CloudFormation lacks, on the services that ministack has.

Each goes through the API of its service where there is one, so that what a stack made can be listed afterwards, and
found to be gone. Application Auto Scaling has no service in ministack: its targets and policies are records of this
module.

Known and left as it is, because the tests here are about the life of a stack and not about properties (those are the
linters' and the verifier's work):

- Of ECS services `serviceRegistries` are lost.
- A service needs no running task to be stable: there is no container engine (see tasks.py).
- Names that CloudFormation makes up are functions of the stack's and the logical id here, not random.
- Deleting is easier than on AWS: a security group that others refer to, or a subnet in use, can be deleted.
- Two rules of a listener may have the same priority.
- Two private namespaces of one name are refused even in different networks, which AWS allows: here stacks that live
  at the same time need different project names.
"""

import json
import re
import uuid

from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, cloudwatch, ec2, ecs, secretsmanager, servicediscovery, ssm
from ministack.services.cloudformation import provisioners


class Refused(ValueError):
    """What a service answered to the call that a resource stands for."""


def _query(operation, **parameters):
    """A call of a service that speaks the Query protocol, as its handler takes it; the XML that it answers."""
    status, _, body = operation({name: [str(value)] for name, value in parameters.items()})[:3]
    text = body.decode() if isinstance(body, bytes) else body
    if status >= 400:
        raise Refused(f"{operation.__name__.strip('_')}: {text}")
    return text


def call_json(operation, **parameters):
    """A call of a service that speaks JSON; what it answers."""
    status, _, body = operation(parameters)[:3]
    if status >= 400:
        raise Refused(f"{operation.__name__.strip('_')}: {body}")
    return body


def _element(name, xml):
    return re.search(f"<{name}>([^<]*)</{name}>", xml).group(1)


def _tagged(identifier, properties, old=None):
    provisioners._ec2_apply_tags(identifier, properties, old)


# Elastic addresses and NAT gateways.


def _address_create(logical_id, properties, stack_name):
    answer = _query(ec2._allocate_address, Domain=properties.get("Domain", "vpc"))
    allocation, address = _element("allocationId", answer), _element("publicIp", answer)
    _tagged(allocation, properties)
    return address, {"AllocationId": allocation, "PublicIp": address}


def _address_update(physical_id, old, new, stack_name):
    allocation = _allocation(physical_id)
    _tagged(allocation, new, old)
    return physical_id, {"AllocationId": allocation, "PublicIp": physical_id}


def _address_delete(physical_id, properties):
    _query(ec2._release_address, AllocationId=_allocation(physical_id))


def _allocation(address):
    return next(key for key, record in ec2._addresses.items() if record["PublicIp"] == address)


def _nat_gateway_create(logical_id, properties, stack_name):
    if "AllocationId" in properties and properties["AllocationId"] not in ec2._addresses:
        raise Refused(f"The allocation ID '{properties['AllocationId']}' does not exist")
    wanted = {key: properties[key] for key in ("SubnetId", "AllocationId", "ConnectivityType") if key in properties}
    gateway = _element("natGatewayId", _query(ec2._create_nat_gateway, **wanted))
    _tagged(gateway, properties)
    return gateway, {"NatGatewayId": gateway}


def _nat_gateway_update(physical_id, old, new, stack_name):
    _tagged(physical_id, new, old)
    return physical_id, {"NatGatewayId": physical_id}


def _nat_gateway_delete(physical_id, properties):
    _query(ec2._delete_nat_gateway, NatGatewayId=physical_id)


# Rules between security groups.


def _rule_type(direction):
    store = "IpPermissions" if direction == "ingress" else "IpPermissionsEgress"

    def rules(group):
        if group not in ec2._security_groups:
            raise Refused(f"The security group '{group}' does not exist")
        return ec2._security_groups[group][store]

    def create(logical_id, properties, stack_name):
        for end in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
            if end in properties and properties[end] not in ec2._security_groups:
                raise Refused(f"The security group '{properties[end]}' does not exist")
        [rule] = provisioners._ec2_sg_permissions([properties])
        present = rules(properties["GroupId"])
        if any(ec2._rules_match(rule, other) for other in present):
            raise Refused(f"the specified rule already exists: {rule}")
        rule["SecurityGroupRuleId"] = f"sgr-{uuid.uuid4().hex[:17]}"
        present.append(rule)
        return rule["SecurityGroupRuleId"], {"Id": rule["SecurityGroupRuleId"]}

    def update(physical_id, old, new, stack_name):
        # Only the description is left: everything else replaces the rule.
        for rule in rules(new["GroupId"]):
            if rule.get("SecurityGroupRuleId") == physical_id:
                rule["Description"] = new.get("Description", "")
        return physical_id, {"Id": physical_id}

    def delete(physical_id, properties):
        group = ec2._security_groups.get(properties["GroupId"])
        if group:
            group[store] = [rule for rule in group[store] if rule.get("SecurityGroupRuleId") != physical_id]

    return {"create": create, "update": update, "delete": delete}


# DHCP options, and which of them a network uses.


def _dhcp_options_create(logical_id, properties, stack_name):
    parameters, number = {}, 0
    for key, values in (
        ("domain-name", [properties["DomainName"]] if "DomainName" in properties else []),
        ("domain-name-servers", properties.get("DomainNameServers", [])),
    ):
        if values:
            number += 1
            parameters[f"DhcpConfiguration.{number}.Key"] = key
            parameters |= {f"DhcpConfiguration.{number}.Value.{i}": value for i, value in enumerate(values, 1)}
    options = _element("dhcpOptionsId", _query(ec2._create_dhcp_options, **parameters))
    _tagged(options, properties)
    return options, {"DhcpOptionsId": options}


def _dhcp_options_update(physical_id, old, new, stack_name):
    _tagged(physical_id, new, old)
    return physical_id, {"DhcpOptionsId": physical_id}


def _dhcp_options_delete(physical_id, properties):
    _query(ec2._delete_dhcp_options, DhcpOptionsId=physical_id)


def _dhcp_association_create(logical_id, properties, stack_name):
    _query(ec2._associate_dhcp_options, VpcId=properties["VpcId"], DhcpOptionsId=properties["DhcpOptionsId"])
    return f"{properties['DhcpOptionsId']}|{properties['VpcId']}", {}


def _dhcp_association_delete(physical_id, properties):
    if properties["VpcId"] in ec2._vpcs:
        _query(ec2._associate_dhcp_options, VpcId=properties["VpcId"], DhcpOptionsId="default")


# Capacity of a cluster.


def _capacity_provider_create(logical_id, properties, stack_name):
    name = properties.get("Name") or f"{stack_name}-{logical_id}"
    call_json(
        ecs._create_capacity_provider,
        name=name,
        autoScalingGroupProvider=provisioners._pascal_to_camel(properties.get("AutoScalingGroupProvider", {})),
    )
    return name, {}


def _capacity_provider_update(physical_id, old, new, stack_name):
    settings = provisioners._pascal_to_camel(new.get("AutoScalingGroupProvider", {}))
    call_json(ecs._update_capacity_provider, name=physical_id, autoScalingGroupProvider=settings)
    return physical_id, {}


def _capacity_provider_delete(physical_id, properties):
    call_json(ecs._delete_capacity_provider, capacityProvider=physical_id)


def _cluster_capacity_create(logical_id, properties, stack_name):
    call_json(
        ecs._put_cluster_capacity_providers,
        cluster=properties["Cluster"],
        capacityProviders=properties["CapacityProviders"],
        defaultCapacityProviderStrategy=provisioners._pascal_to_camel(properties["DefaultCapacityProviderStrategy"]),
    )
    return properties["Cluster"], {}


def _cluster_capacity_update(physical_id, old, new, stack_name):
    return _cluster_capacity_create("", new, stack_name)


def _cluster_capacity_delete(physical_id, properties):
    call_json(
        ecs._put_cluster_capacity_providers,
        cluster=physical_id,
        capacityProviders=[],
        defaultCapacityProviderStrategy=[],
    )


# More certificates of a listener, by physical id.

listener_certificates = {}


def _listener_certificate_create(logical_id, properties, stack_name):
    if properties["ListenerArn"] not in alb._listeners:
        raise Refused(f"Listener '{properties['ListenerArn']}' not found")
    identifier = f"{properties['ListenerArn']}|{logical_id}"
    listener_certificates[identifier] = properties["Certificates"]
    return identifier, {}


def _listener_certificate_update(physical_id, old, new, stack_name):
    listener_certificates[physical_id] = new["Certificates"]
    return physical_id, {}


def _listener_certificate_delete(physical_id, properties):
    listener_certificates.pop(physical_id, None)


# Composite alarms.


def _composite_alarm_put(name, properties):
    _call_cloudwatch(cloudwatch._put_composite_alarm, **{**properties, "AlarmName": name})
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def _composite_alarm_create(logical_id, properties, stack_name):
    return _composite_alarm_put(properties.get("AlarmName") or f"{stack_name}-{logical_id}", properties)


def _composite_alarm_update(physical_id, old, new, stack_name):
    return _composite_alarm_put(physical_id, new)


def _composite_alarm_delete(physical_id, properties):
    _call_cloudwatch(cloudwatch._delete_alarms, AlarmNames=[physical_id])


def _call_cloudwatch(operation, **parameters):
    """A call of CloudWatch, in the one of its protocols that takes JSON."""
    status, _, body = operation({}, parameters, False, is_json=True)[:3]
    if status >= 400:
        raise Refused(f"{operation.__name__.strip('_')}: {body}")


# Records of what ministack has no service for, by physical id.

scaling = {}


def _scalable_target_create(logical_id, properties, stack_name):
    identifier = "|".join(properties[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    scaling[identifier] = properties
    return identifier, {"Id": identifier}


def _scaling_policy_create(logical_id, properties, stack_name):
    target = properties.get("ScalingTargetId")
    if target is not None and target not in scaling:
        raise Refused(f"No scalable target registered: {target}")
    place = f"{get_region()}:{get_account_id()}:scalingPolicy:{uuid.uuid4()}"
    identifier = f"arn:aws:autoscaling:{place}:policyName/{properties['PolicyName']}"
    scaling[identifier] = properties
    return identifier, {"Arn": identifier, "PolicyName": properties["PolicyName"]}


def _scaling_update(physical_id, old, new, stack_name):
    scaling[physical_id] = new
    return physical_id, {"Id": physical_id, "Arn": physical_id, "PolicyName": new.get("PolicyName", "")}


def _scaling_delete(physical_id, properties):
    del scaling[physical_id]


RESOURCE_TYPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": {
        "create": _scalable_target_create,
        "update": _scaling_update,
        "delete": _scaling_delete,
    },
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        "create": _scaling_policy_create,
        "update": _scaling_update,
        "delete": _scaling_delete,
    },
    "AWS::CloudWatch::CompositeAlarm": {
        "create": _composite_alarm_create,
        "update": _composite_alarm_update,
        "delete": _composite_alarm_delete,
    },
    "AWS::EC2::DHCPOptions": {
        "create": _dhcp_options_create,
        "update": _dhcp_options_update,
        "delete": _dhcp_options_delete,
    },
    "AWS::EC2::EIP": {"create": _address_create, "update": _address_update, "delete": _address_delete},
    "AWS::EC2::NatGateway": {
        "create": _nat_gateway_create,
        "update": _nat_gateway_update,
        "delete": _nat_gateway_delete,
    },
    "AWS::EC2::SecurityGroupEgress": _rule_type("egress"),
    "AWS::EC2::SecurityGroupIngress": _rule_type("ingress"),
    "AWS::EC2::VPCDHCPOptionsAssociation": {"create": _dhcp_association_create, "delete": _dhcp_association_delete},
    "AWS::ECS::CapacityProvider": {
        "create": _capacity_provider_create,
        "update": _capacity_provider_update,
        "delete": _capacity_provider_delete,
    },
    "AWS::ECS::ClusterCapacityProviderAssociations": {
        "create": _cluster_capacity_create,
        "update": _cluster_capacity_update,
        "delete": _cluster_capacity_delete,
    },
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": {
        "create": _listener_certificate_create,
        "update": _listener_certificate_update,
        "delete": _listener_certificate_delete,
    },
}

_RULE = ("GroupId", "GroupName", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6")

# The create-only properties of AWS's resource schemas: a change of one replaces the resource.
REPLACING_PROPERTIES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ("ResourceId", "ScalableDimension", "ServiceNamespace"),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        "PolicyName",
        "ResourceId",
        "ScalableDimension",
        "ScalingTargetId",
        "ServiceNamespace",
    ),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName",),
    "AWS::EC2::DHCPOptions": ("DomainName", "DomainNameServers"),
    "AWS::EC2::EIP": ("Domain",),
    "AWS::EC2::NatGateway": ("AllocationId", "ConnectivityType", "SubnetId"),
    "AWS::EC2::SecurityGroupEgress": (*_RULE, "DestinationPrefixListId", "DestinationSecurityGroupId"),
    "AWS::EC2::SecurityGroupIngress": (
        *_RULE,
        "SourcePrefixListId",
        "SourceSecurityGroupId",
        "SourceSecurityGroupName",
        "SourceSecurityGroupOwnerId",
    ),
    "AWS::EC2::VPCDHCPOptionsAssociation": ("DhcpOptionsId", "VpcId"),
    "AWS::ECS::CapacityProvider": ("Name",),
    "AWS::ECS::ClusterCapacityProviderAssociations": ("Cluster",),
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": ("ListenerArn",),
}


def _with_attributes(resource_type, attributes):
    """Complete the attributes that ministack answers to `Fn::GetAtt` for a type that it has."""
    own = provisioners._RESOURCE_HANDLERS[resource_type]

    def complete(properties, physical_id, known):
        return physical_id, {**{key: properties[key] for key in attributes if key in properties}, **known}

    def create(logical_id, properties, stack_name):
        return complete(properties, *own["create"](logical_id, properties, stack_name))

    def update(physical_id, old, new, stack_name, logical_id=None):
        return complete(new, *own["update"](physical_id, old, new, stack_name, logical_id))

    provisioners._RESOURCE_HANDLERS[resource_type] = {**own, "create": create, "update": update}


def _with_arn_as_reference(resource_type, named):
    """`Ref` of a secret is its ARN; ministack answers, and takes back, its name."""
    own = provisioners._RESOURCE_HANDLERS[resource_type]

    def answer(name, attributes):
        return attributes["Arn"], attributes

    def create(logical_id, properties, stack_name):
        return answer(*own["create"](logical_id, properties, stack_name))

    def update(physical_id, old, new, stack_name, logical_id=None):
        return answer(*own["update"](named(physical_id), old, new, stack_name, logical_id))

    def delete(physical_id, properties):
        own["delete"](named(physical_id), properties)

    provisioners._RESOURCE_HANDLERS[resource_type] = {**own, "create": create, "update": update, "delete": delete}


def _secret_name(arn):
    return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn), arn)


def _with_default_route():
    """A default VPC leads to the internet. (https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html)"""
    own = ec2._init_defaults

    def initialize():
        own()
        routes = ec2._route_tables[ec2._DEFAULT_RTB_ID]["Routes"]
        if len(routes) == 1:
            way = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ec2._DEFAULT_IGW_ID}
            routes.append({**way, "State": "active", "Origin": "CreateRoute"})

    ec2._init_defaults = initialize
    # What was made when it was imported.
    ec2._default_initialized_scopes.clear()


def _filtered(operation, key):
    """A list of Cloud Map's that minds its filters, which are all of equality here."""
    fields = {"NAME": "Name", "TYPE": "Type", "NAMESPACE_ID": "NamespaceId"}

    def listed(request):
        status, headers, body = operation(request)
        items = json.loads(body)[key]
        for wanted in request.get("Filters", []):
            items = [item for item in items if item.get(fields[wanted["Name"]]) in wanted["Values"]]
        return status, headers, json.dumps({key: items}).encode()

    return listed


# Images that AWS publishes for ECS, by what tells their parameters apart.
IMAGES = ("amazon-linux-2023", "amazon-linux-2023/arm64", "amazon-linux-2023/gpu", "amazon-linux-2023/neuron")


def install():
    """Put the types into the running ministack, and right what it says of others."""
    for kind in IMAGES:
        parameter = f"/aws/service/ecs/optimized-ami/{kind}/recommended/image_id"
        ssm._PUBLIC_AMI_PARAMETERS[parameter] = "ami-0c2023a1b2c3d4e60"
    _with_default_route()
    servicediscovery._list_namespaces = _filtered(servicediscovery._list_namespaces, "Namespaces")
    servicediscovery._list_services = _filtered(servicediscovery._list_services, "Services")
    _with_attributes("AWS::EC2::VPC", ["CidrBlock"])
    _with_attributes("AWS::EC2::Subnet", ["VpcId", "AvailabilityZone", "CidrBlock"])
    _with_arn_as_reference("AWS::SecretsManager::Secret", _secret_name)
