//! `Custom::OamEcsNetwork`.

use oamecs_tests::stand_in::{Fault, Refusal, Subnet, Vpc};
use serde_json::{Value, json};

use crate::world::{Resource, World, attributes};

const KIND: &str = "Custom::OamEcsNetwork";

pub(crate) fn world() -> World {
    with_vpcs(World::new())
}

fn with_vpcs(world: World) -> World {
    world.aws().networks.vpcs.insert("vpc-default".to_owned(), Vpc { is_default: true, ..Vpc::default() });
    for zone in ["b", "c"] {
        add(&world, "vpc-default", &format!("subnet-{zone}1"), zone, Some("igw-1"));
    }
    world.aws().networks.vpcs.insert("vpc-1".to_owned(), Vpc::default());
    for zone in ["b", "c"] {
        add(&world, "vpc-1", &format!("subnet-{zone}1"), zone, Some("igw-1"));
        add(&world, "vpc-1", &format!("subnet-{zone}2"), zone, Some("nat-1"));
        add(&world, "vpc-1", &format!("subnet-{zone}3"), zone, None);
    }
    world
}

fn add(world: &World, vpc: &str, id: &str, zone: &str, route: Option<&str>) {
    let subnet = Subnet { zone: format!("eu-west-1{zone}"), default_route: route.map(str::to_owned) };
    world.aws().networks.vpcs.get_mut(vpc).unwrap().subnets.insert(id.to_owned(), subnet);
}

pub(crate) fn properties(vpc: Option<&str>, zones: usize) -> Value {
    let mut properties = json!({"ServiceToken": "arn", "ServiceTimeout": 120, "Zones": zones});
    if let Some(vpc) = vpc {
        properties["VpcId"] = vpc.into();
    }
    properties
}

/// `b1/b2/b2`: the public subnet, the private one, that for tasks.
fn written(answer: &Value) -> String {
    let data = attributes(answer);
    let subnet = |kind: &str, zone: usize| {
        let id = data.get(&format!("{kind}Subnet{zone}")).map_or("-", String::as_str);
        id.trim_start_matches("subnet-").to_owned()
    };
    let zones = (1..=6).filter(|zone| data.contains_key(&format!("TaskSubnet{zone}")));
    let zones =
        zones.map(|zone| format!("{}/{}/{}", subnet("Public", zone), subnet("Private", zone), subnet("Task", zone)));
    format!("{} {}", zones.collect::<Vec<_>>().join(" "), data["TaskAddresses"])
}

#[tokio::test(start_paused = true)]
async fn a_vpc_is_found_with_its_subnets() {
    let world = world();
    let mut network = Resource::new(&world, KIND, "Network");
    let answer = network.create(properties(Some("vpc-1"), 2)).await;
    assert_eq!((&answer["PhysicalResourceId"], &answer["Data"]["VpcId"]), (&json!("vpc-1"), &json!("vpc-1")));
    assert_eq!(written(&answer), "b1/b2/b2 c1/c2/c2 DISABLED");
    assert_eq!(world.aws().calls("ec2", "DescribeSubnets"), 3, "three pages");
    assert_eq!(network.delete().await["Status"], "SUCCESS");
    assert!(!world.aws().tables.items.keys().any(|id| id.starts_with("resource/")), "it is forgotten");
}

#[tokio::test(start_paused = true)]
async fn the_default_vpc_needs_no_name() {
    let world = world();
    let answer = Resource::new(&world, KIND, "Network").create(properties(None, 2)).await;
    assert_eq!(answer["PhysicalResourceId"], "vpc-default");
    assert_eq!(written(&answer), "b1/-/b1 c1/-/c1 ENABLED");
}

#[tokio::test(start_paused = true)]
async fn the_answer_never_changes() {
    let world = world();
    let mut network = Resource::new(&world, KIND, "Network");
    let first = network.create(properties(Some("vpc-1"), 2)).await;
    add(&world, "vpc-1", "subnet-a1", "a", Some("igw-1"));
    add(&world, "vpc-1", "subnet-a2", "a", Some("nat-1"));
    add(&world, "vpc-1", "subnet-b0", "b", Some("nat-1"));
    assert_eq!(network.update(properties(Some("vpc-1"), 2)).await["Data"], first["Data"]);
    let more = network.update(properties(Some("vpc-1"), 3)).await;
    assert_eq!(written(&more), "b1/b2/b2 c1/c2/c2 a1/a2/a2 DISABLED");
    assert_eq!(network.roll_back(properties(Some("vpc-1"), 2)).await["Data"], first["Data"]);
    assert_eq!(network.update(properties(Some("vpc-1"), 3)).await["Data"], more["Data"]);
}

#[tokio::test(start_paused = true)]
async fn another_vpc_replaces_it() {
    let world = world();
    let mut network = Resource::new(&world, KIND, "Network");
    network.create(properties(None, 2)).await;
    let answer = network.update(properties(Some("vpc-1"), 2)).await;
    assert_eq!(answer["PhysicalResourceId"], "vpc-1");
    assert_eq!(network.roll_back(properties(None, 2)).await["PhysicalResourceId"], "vpc-default");
}

#[tokio::test(start_paused = true)]
async fn the_default_vpc_stays_the_one_it_was() {
    let world = world();
    let mut network = Resource::new(&world, KIND, "Network");
    let first = network.create(properties(None, 1)).await;
    world.aws().networks.vpcs.get_mut("vpc-default").unwrap().is_default = false;
    world.aws().networks.vpcs.get_mut("vpc-1").unwrap().is_default = true;
    let second = network.update(properties(None, 2)).await;
    assert_eq!(second["PhysicalResourceId"], first["PhysicalResourceId"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_lacking_is_said_and_goes_back() {
    let world = world();
    let mut network = Resource::new(&world, KIND, "Network");
    network.create(properties(Some("vpc-1"), 2)).await;
    let reason = network.update(properties(Some("vpc-1"), 3)).await["Reason"].as_str().unwrap().to_owned();
    assert!(
        reason.starts_with(
            "vpc-1 has no subnets for tasks in 3 zones, as asked. It has in eu-west-1b: 1 public, 1 private, 1 isolated; in "
        ),
        "{reason}"
    );
    for (properties, beginning) in [
        (properties(Some("vpc-2"), 2), "there is no VPC `vpc-2` in eu-west-1: correct its id"),
        (properties(Some("vpc-1"), 7), "Zones is 7, and must be 1 to 6"),
        (properties(Some("vpc-1"), 0), "Zones is 0, and must be 1 to 6"),
    ] {
        let answer = Resource::new(&world, KIND, "Lacking").create(properties).await;
        assert!(answer["Reason"].as_str().unwrap().starts_with(beginning), "{answer}");
    }
    world.aws().networks.vpcs.remove("vpc-default");
    let answer = Resource::new(&world, KIND, "Default").create(properties(None, 2)).await;
    assert!(
        answer["Reason"].as_str().unwrap().starts_with("eu-west-1 has no default VPC: make one with `aws ec2"),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_ledger_the_order_is_that_of_names() {
    let world = with_vpcs(World::without_ledger());
    let mut network = Resource::new(&world, KIND, "Network");
    let answer = network.create(properties(Some("vpc-1"), 2)).await;
    assert_eq!(written(&answer), "b1/b2/b2 c1/c2/c2 DISABLED");
    assert_eq!(network.update(properties(Some("vpc-1"), 2)).await["Data"], answer["Data"]);
    assert_eq!(network.delete().await["Status"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_remembered_now_is_no_reason_to_fail() {
    let world = world();
    world.aws().plan("dynamodb", "*", 0, 1000, Fault::Refused(Refusal::new("AccessDeniedException", "not allowed")));
    let mut network = Resource::new(&world, KIND, "Network");
    assert_eq!(network.create(properties(Some("vpc-1"), 2)).await["Status"], "SUCCESS");
    assert_eq!(network.delete().await["Status"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_for_a_moment_is_tried_again() {
    let throttled = Fault::Refused(Refusal::new("RequestLimitExceeded", "Request limit exceeded."));
    for fault in [throttled, Fault::Broken, Fault::Silent, Fault::Lost] {
        for operation in ["DescribeVpcs", "DescribeSubnets", "DescribeRouteTables"] {
            let world = world();
            world.aws().plan("ec2", operation, 0, 2, fault.clone());
            let answer = Resource::new(&world, KIND, "Network").create(properties(Some("vpc-1"), 2)).await;
            assert_eq!(answer["Status"], "SUCCESS", "{operation} {fault:?}: {answer}");
        }
    }
    let world = world();
    world.aws().plan(
        "ec2",
        "*",
        0,
        99,
        Fault::Refused(Refusal::new("UnauthorizedOperation", "You are not authorized")),
    );
    let answer = Resource::new(&world, KIND, "Network").create(properties(Some("vpc-1"), 2)).await;
    assert_eq!(answer["Reason"], "the VPC `vpc-1` cannot be found: UnauthorizedOperation: You are not authorized");
}
