"""Make in a moto what the function of our own resources is asked about, and print the ids as JSON.

    seed.py ENDPOINT
"""

import json
import sys
import urllib.request

import boto3

endpoint = sys.argv[1]


def client(service):
    return boto3.client(service, endpoint_url=endpoint)


def main():
    # A task has ended as soon as somebody looks at it.
    transition = {"model_name": "ecs::task", "transition": {"progression": "immediate"}}
    request = urllib.request.Request(
        f"{endpoint}/moto-api/state-manager/set-transition",
        json.dumps(transition).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request)

    client("dynamodb").create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    ids = {**network(), **dns(), **secrets()}
    ids |= containers(ids)
    print(json.dumps(ids))


def network():
    """A VPC with a public and a private subnet in each of two zones."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    # Without DNS host names moto's RunTask fails.
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    subnets = {"public": [], "private": []}
    for number, zone in enumerate(("eu-west-1a", "eu-west-1b")):
        for kind, offset in (("public", 0), ("private", 100)):
            block = f"10.0.{offset + number}.0/24"
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
            subnets[kind].append(subnet)
            if kind == "public":
                ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
    return {"vpc": vpc, **subnets, "group": group}


def dns():
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    other = route53.create_hosted_zone(Name="shop.example.com", CallerReference="2")["HostedZone"]["Id"]
    return {"zone": zone.rsplit("/", 1)[-1], "other_zone": other.rsplit("/", 1)[-1]}


def secrets():
    manager = client("secretsmanager")
    text = json.dumps({"username": "shop", "password": "correct horse"})
    return {
        "secret": manager.create_secret(Name="shop/db", SecretString=text)["ARN"],
        "other_secret": manager.create_secret(Name="shop/mail", SecretString=text)["ARN"],
    }


def containers(ids):
    ecs = client("ecs")
    ecs.create_cluster(clusterName="main")
    container = {"name": "app", "image": "team/app:1", "memory": 128, "essential": True}
    arguments = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    definitions = [
        ecs.register_task_definition(family="app", containerDefinitions=[container], **arguments)["taskDefinition"]
        for _ in range(2)
    ]
    subnets = {"subnets": ids["private"], "securityGroups": [ids["group"]]}
    for name in ("api", "worker"):
        ecs.create_service(
            cluster="main",
            serviceName=name,
            taskDefinition="app",
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": subnets},
        )
    return {"definitions": [definition["taskDefinitionArn"] for definition in definitions]}


if __name__ == "__main__":
    main()
