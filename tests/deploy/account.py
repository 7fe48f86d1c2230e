"""What is in the account: every resource of the kinds that OamEcs makes, asked from the services themselves."""

import boto3
from botocore.config import Config

CONFIG = Config(region_name="us-east-1", retries={"max_attempts": 0}, parameter_validation=True)


class Account:
    def __init__(self, endpoint):
        self._endpoint = endpoint
        self._clients = {}

    def __getattr__(self, service):
        """The client of a service; `elastic_ip` style names stand for those with hyphens."""
        name = service.replace("_", "-")
        if name not in self._clients:
            self._clients[name] = boto3.client(
                name,
                endpoint_url=self._endpoint,
                config=CONFIG,
                aws_access_key_id="000000000000",
                aws_secret_access_key="any",
            )
        return self._clients[name]

    def _pages(self, service, operation, key, **arguments):
        client = getattr(self, service)
        if client.can_paginate(operation):
            for page in client.get_paginator(operation).paginate(**arguments):
                yield from page.get(key, [])
        else:
            yield from getattr(client, operation)(**arguments).get(key, [])

    def resources(self):
        """Type → the identifiers of what exists and is not being deleted."""
        namespaces = [item["Id"] for item in self._pages("servicediscovery", "list_namespaces", "Namespaces")]
        services = [item["Id"] for item in self._pages("servicediscovery", "list_services", "Services")]
        clusters = list(self._pages("ecs", "list_clusters", "clusterArns"))
        balancers = [
            item["LoadBalancerArn"] for item in self._pages("elbv2", "describe_load_balancers", "LoadBalancers")
        ]
        listeners = [
            item["ListenerArn"]
            for arn in balancers
            for item in self._pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
        ]
        file_systems = [item["FileSystemId"] for item in self._pages("efs", "describe_file_systems", "FileSystems")]
        groups = list(self._pages("ec2", "describe_security_groups", "SecurityGroups"))
        return {
            "AWS::EC2::VPC": {item["VpcId"] for item in self._pages("ec2", "describe_vpcs", "Vpcs")},
            "AWS::EC2::Subnet": {item["SubnetId"] for item in self._pages("ec2", "describe_subnets", "Subnets")},
            "AWS::EC2::InternetGateway": {
                item["InternetGatewayId"]
                for item in self._pages("ec2", "describe_internet_gateways", "InternetGateways")
            },
            "AWS::EC2::EIP": {item["PublicIp"] for item in self._pages("ec2", "describe_addresses", "Addresses")},
            "AWS::EC2::NatGateway": {
                item["NatGatewayId"]
                for item in self._pages("ec2", "describe_nat_gateways", "NatGateways")
                if item["State"] == "available"
            },
            "AWS::EC2::RouteTable": {
                item["RouteTableId"] for item in self._pages("ec2", "describe_route_tables", "RouteTables")
            },
            "AWS::EC2::VPCEndpoint": {
                item["VpcEndpointId"]
                for item in self._pages("ec2", "describe_vpc_endpoints", "VpcEndpoints")
                if item["State"] == "available"
            },
            "AWS::EC2::SecurityGroup": {item["GroupId"] for item in groups},
            "AWS::EC2::SecurityGroupIngress": {
                item["SecurityGroupRuleId"]
                for item in self._pages("ec2", "describe_security_group_rules", "SecurityGroupRules")
                if not item["IsEgress"]
            },
            "AWS::ECS::Cluster": set(clusters),
            "AWS::ECS::Service": {
                arn
                for cluster in clusters
                for arn in self._pages("ecs", "list_services", "serviceArns", cluster=cluster)
            },
            "AWS::ECS::TaskDefinition": set(
                self._pages("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE")
            ),
            "AWS::ElasticLoadBalancingV2::LoadBalancer": set(balancers),
            "AWS::ElasticLoadBalancingV2::TargetGroup": {
                item["TargetGroupArn"] for item in self._pages("elbv2", "describe_target_groups", "TargetGroups")
            },
            "AWS::ElasticLoadBalancingV2::Listener": set(listeners),
            "AWS::ElasticLoadBalancingV2::ListenerRule": {
                item["RuleArn"]
                for arn in listeners
                for item in self._pages("elbv2", "describe_rules", "Rules", ListenerArn=arn)
                if not item["IsDefault"]
            },
            "AWS::IAM::Role": {
                item["RoleName"] for item in self._pages("iam", "list_roles", "Roles", PathPrefix="/oamecs/")
            },
            # Lambda keeps a group for every function, whatever its LoggingConfig says, in ministack.
            "AWS::Logs::LogGroup": {
                item["logGroupName"]
                for item in self._pages("logs", "describe_log_groups", "logGroups")
                if not item["logGroupName"].startswith("/aws/lambda/")
            },
            "AWS::EFS::FileSystem": set(file_systems),
            "AWS::EFS::MountTarget": {
                item["MountTargetId"]
                for fs in file_systems
                for item in self._pages("efs", "describe_mount_targets", "MountTargets", FileSystemId=fs)
            },
            "AWS::EFS::AccessPoint": {
                item["AccessPointId"] for item in self._pages("efs", "describe_access_points", "AccessPoints")
            },
            "AWS::ServiceDiscovery::PrivateDnsNamespace": set(namespaces),
            "AWS::ServiceDiscovery::Service": set(services),
            "AWS::ServiceDiscovery::Instance": {
                f"{service}/{item['Id']}"
                for service in services
                for item in self._pages("servicediscovery", "list_instances", "Instances", ServiceId=service)
            },
            "AWS::SecretsManager::Secret": {
                item["ARN"] for item in self._pages("secretsmanager", "list_secrets", "SecretList")
            },
            "AWS::CloudWatch::Alarm": {
                item["AlarmName"] for item in self._pages("cloudwatch", "describe_alarms", "MetricAlarms")
            },
            "AWS::CloudWatch::CompositeAlarm": {
                item["AlarmName"]
                for item in self._pages(
                    "cloudwatch", "describe_alarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]
                )
            },
            "AWS::Scheduler::Schedule": {
                item["Arn"] for item in self._pages("scheduler", "list_schedules", "Schedules")
            },
            "AWS::Route53::HostedZone": {
                item["Id"] for item in self._pages("route53", "list_hosted_zones", "HostedZones")
            },
            "AWS::CertificateManager::Certificate": {
                item["CertificateArn"] for item in self._pages("acm", "list_certificates", "CertificateSummaryList")
            },
            "AWS::Route53::RecordSet": {
                f"{zone['Id']} {item['Name']} {item['Type']}"
                for zone in self._pages("route53", "list_hosted_zones", "HostedZones")
                for item in self._pages(
                    "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]
                )
                if item["Type"] not in ("NS", "SOA")
            },
            "AWS::EC2::LaunchTemplate": {
                item["LaunchTemplateId"]
                for item in self._pages("ec2", "describe_launch_templates", "LaunchTemplates")
            },
            "AWS::AutoScaling::AutoScalingGroup": {
                item["AutoScalingGroupName"]
                for item in self._pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
            },
            "AWS::ECS::CapacityProvider": {
                item["name"]
                for item in self._pages("ecs", "describe_capacity_providers", "capacityProviders")
                if not item["name"].startswith("FARGATE")
            },
            "AWS::IAM::InstanceProfile": {
                item["InstanceProfileName"]
                for item in self._pages("iam", "list_instance_profiles", "InstanceProfiles")
            },
            "a task that runs": {
                arn
                for cluster in clusters
                for arn in self._pages("ecs", "list_tasks", "taskArns", cluster=cluster, desiredStatus="RUNNING")
            },
            "AWS::SQS::Queue": set(self._pages("sqs", "list_queues", "QueueUrls")),
            "AWS::SNS::Topic": {item["TopicArn"] for item in self._pages("sns", "list_topics", "Topics")},
        }

    def images(self, services):
        """The images of all containers that these ECS services (by ARN) run."""
        found = set()
        for arn in services:
            cluster = arn.split(":service/")[1].rsplit("/", 1)[0]
            [service] = self.ecs.describe_services(cluster=cluster.rsplit("/", 1)[-1], services=[arn])["services"]
            definition = self.ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
            found |= {container["image"] for container in definition["containerDefinitions"]}
        return found

    def tasks_run(self):
        """ARN → image of the last container, of all tasks that ended and were no service's, the oldest first; not of
        those whose cluster is gone."""
        clusters = self._pages("ecs", "list_clusters", "clusterArns")
        tasks = []
        for cluster in clusters:
            arns = list(self._pages("ecs", "list_tasks", "taskArns", cluster=cluster, desiredStatus="STOPPED"))
            tasks += self.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        tasks = [task for task in tasks if not task.get("group", "").startswith("service:")]
        tasks.sort(key=lambda task: task["createdAt"])
        return {task["taskArn"]: task["containers"][-1]["image"] for task in tasks}

    def complaints(self):
        """What the function that serves our own resources has logged and must not: a call that its role does not allow, a
        table that does not answer, a fault of its own."""
        [stack] = self.cloudformation.describe_stacks(StackName="oamecs")["Stacks"]
        [group] = [item["OutputValue"] for item in stack["Outputs"] if item["OutputKey"] == "ResourceLogGroup"]
        lines = [event["message"] for event in self._pages("logs", "filter_log_events", "events", logGroupName=group)]
        wrong = ("AccessDenied", "the ledger does not", '"panic"')
        return [line for line in lines if any(words in line for words in wrong)]

    def record(self, zone, name, kind):
        """What a record leads to: its values, or the name of its alias. `None` if there is none."""
        [identifier] = [
            item["Id"] for item in self._pages("route53", "list_hosted_zones", "HostedZones") if item["Name"] == f"{zone}."
        ]
        for item in self._pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=identifier):
            if (item["Name"], item["Type"]) == (f"{name}.", kind):
                alias = item.get("AliasTarget", {}).get("DNSName")
                return alias or " ".join(value["Value"] for value in item["ResourceRecords"])
        return None


def difference(before, after):
    """Type → what is in the second and not in the first, types without any left out."""
    return {kind: sorted(after[kind] - before[kind]) for kind in after if after[kind] - before[kind]}
