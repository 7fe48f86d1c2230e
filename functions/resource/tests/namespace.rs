//! `Custom::OamEcsNamespace`.

use std::time::Duration;

use oamecs_tests::stand_in::{Fault, Namespace, Refusal, Zone};
use serde_json::{Value, json};

use crate::world::{Resource, STACK, World};

const KIND: &str = "Custom::OamEcsNamespace";

pub(crate) fn properties(name: &str, vpc: &str) -> Value {
    json!({"ServiceToken": "arn", "ServiceTimeout": 900, "Name": name, "VpcId": vpc})
}

/// What random lives ask for.
pub(crate) fn three_names() -> [Value; 3] {
    ["shop.internal", "shop.internal", "mail.internal"].map(|name| properties(name, "vpc-1"))
}

/// What must be true after any life.
pub(crate) fn is_gone(world: &World) {
    assert!(ids(world).is_empty(), "{:?}", ids(world));
}

/// Somebody else's, in a VPC.
pub(crate) fn add(world: &World, id: &str, name: &str, vpc: &str) {
    let zone = format!("Z{}", id.replace('-', "").to_uppercase());
    let vpcs = vec![vpc.to_owned()];
    world.aws().zones.zones.insert(zone.clone(), Zone { name: format!("{name}."), vpcs, ..Zone::default() });
    let namespace =
        Namespace { name: name.to_owned(), kind: "DNS_PRIVATE".to_owned(), zone: Some(zone), ..Namespace::default() };
    world.aws().namespaces.namespaces.insert(id.to_owned(), namespace);
}

pub(crate) fn ids(world: &World) -> Vec<String> {
    world.aws().namespaces.namespaces.keys().cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_made_and_deleted() {
    let world = World::new();
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    let answer = namespace.create(properties("shop.local", "vpc-1")).await;
    assert_eq!(answer["PhysicalResourceId"], "ns-1", "{answer}");
    assert_eq!(answer["Data"]["Arn"], "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1");
    assert_eq!(answer["Data"]["HostedZoneId"], "ZNS1");
    let tags = world.aws().namespaces.namespaces["ns-1"].tags.clone();
    assert_eq!((tags["oamecs:owner"].as_str(), tags["oamecs:resource"].as_str()), (STACK, "Namespace"));
    let same = namespace.update(properties("shop.local", "vpc-1")).await;
    assert_eq!((&same["PhysicalResourceId"], &same["Data"]), (&answer["PhysicalResourceId"], &answer["Data"]));
    assert_eq!(namespace.delete().await["Status"], "SUCCESS");
    assert!(ids(&world).is_empty() && world.aws().zones.zones.is_empty());
    assert_eq!(namespace.delete().await["Status"], "SUCCESS", "once more");
}

#[tokio::test(start_paused = true)]
async fn what_is_there_is_taken_and_left() {
    let world = World::new();
    for other in ["a", "b", "c"] {
        add(&world, &format!("ns-{other}"), "other.local", "vpc-1");
    }
    add(&world, "ns-d", "shop.local", "vpc-2");
    add(&world, "ns-e", "shop.local", "vpc-1");
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    let answer = namespace.create(properties("Shop.local.", "vpc-1")).await;
    assert_eq!(answer["PhysicalResourceId"], "ns-e", "{answer}");
    assert_eq!(answer["Data"]["HostedZoneId"], "ZNSE");
    assert_eq!(world.aws().calls("servicediscovery", "ListNamespaces"), 3, "three pages");
    assert_eq!(namespace.delete().await["Status"], "SUCCESS");
    assert_eq!(world.aws().calls("servicediscovery", "DeleteNamespace"), 0);
}

#[tokio::test(start_paused = true)]
async fn another_name_or_vpc_is_another_namespace() {
    let world = World::new();
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    namespace.create(properties("shop.local", "vpc-1")).await;
    let renamed = namespace.update(properties("store.local", "vpc-1")).await;
    assert_ne!(renamed["PhysicalResourceId"], "ns-1");
    assert_eq!(ids(&world), [renamed["PhysicalResourceId"].as_str().unwrap()], "the old one is gone");
    let moved = namespace.update(properties("store.local", "vpc-2")).await;
    assert_eq!(ids(&world), [moved["PhysicalResourceId"].as_str().unwrap()]);
    let back = namespace.roll_back(properties("store.local", "vpc-1")).await;
    assert_eq!(ids(&world), [back["PhysicalResourceId"].as_str().unwrap()]);
}

#[tokio::test(start_paused = true)]
async fn a_description_changes_in_place() {
    let world = World::new();
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    let mut described = properties("shop.local", "vpc-1");
    described["Description"] = "The shop".into();
    let first = namespace.create(described.clone()).await;
    assert_eq!(world.aws().namespaces.namespaces["ns-1"].description, "The shop");
    described["Description"] = "A shop".into();
    assert_eq!(namespace.update(described).await["PhysicalResourceId"], first["PhysicalResourceId"]);
    assert_eq!(world.aws().namespaces.namespaces["ns-1"].description, "A shop");
    namespace.roll_back(properties("shop.local", "vpc-1")).await;
    assert_eq!(world.aws().namespaces.namespaces["ns-1"].description, "");
}

#[tokio::test(start_paused = true)]
async fn two_stacks_make_one_namespace() {
    let world = World::new();
    let mut answers = Vec::new();
    let (one, two) = (Resource::new(&world, KIND, "One"), Resource::new(&world, KIND, "Two"));
    let events = [&one, &two].map(|resource| resource.event("Create", &properties("shop.local", "vpc-1"), None));
    tokio::join!(world.run(&events[0], "a"), world.run(&events[1], "b"));
    answers.extend(world.aws().answers.iter().map(oamecs_tests::stand_in::Put::json));
    assert_eq!(answers.len(), 2);
    for answer in answers {
        assert_eq!((&answer["Status"], &answer["PhysicalResourceId"]), (&json!("SUCCESS"), &json!("ns-1")), "{answer}");
    }
    assert_eq!(ids(&world), ["ns-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_namespace_that_appears_meanwhile_is_taken() {
    let world = World::new();
    let other = Namespace { name: "shop.local".to_owned(), kind: "DNS_PRIVATE".to_owned(), ..Namespace::default() };
    world.aws().namespaces.namespaces.insert("ns-a".to_owned(), other);
    let details = json!({"NamespaceId": "ns-a", "CreatorRequestId": "1"});
    let refusal = Refusal { details, ..Refusal::new("NamespaceAlreadyExists", "It exists") };
    world.aws().plan("servicediscovery", "CreatePrivateDnsNamespace", 0, 1, Fault::Refused(refusal));
    let finish = async {
        tokio::time::sleep(Duration::from_mins(1)).await;
        add(&world, "ns-a", "shop.local", "vpc-1");
    };
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    let (answer, ()) = tokio::join!(namespace.create(properties("shop.local", "vpc-1")), finish);
    assert_eq!(answer["PhysicalResourceId"], "ns-a", "{answer}");
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_the_way_is_said() {
    let world = World::new();
    let vpcs = vec!["vpc-1".to_owned()];
    world.aws().zones.zones.insert("ZOWN".to_owned(), Zone { name: "shop.local.".to_owned(), vpcs, ..Zone::default() });
    let answer = Resource::new(&world, KIND, "Namespace").create(properties("shop.local", "vpc-1")).await;
    assert_eq!(
        answer["Reason"],
        "vpc-1 has a private zone `shop.local` already, which AWS Cloud Map does not manage, and cannot have two: take the zone \
         from the VPC, or give the namespace another name"
    );
    let refusal = Refusal::new("ConflictingDomainExists", "vpc-1");
    world.aws().plan("servicediscovery", "CreatePrivateDnsNamespace", 0, 1, Fault::Refused(refusal));
    let at_once = Resource::new(&world, KIND, "AtOnce").create(properties("shop.local", "vpc-1")).await;
    assert_eq!(at_once["Reason"], answer["Reason"]);
    let http = Namespace { name: "http.local".to_owned(), kind: "HTTP".to_owned(), ..Namespace::default() };
    world.aws().namespaces.namespaces.insert("ns-http".to_owned(), http);
    let answer = Resource::new(&world, KIND, "Http").create(properties("http.local", "vpc-1")).await;
    assert_eq!(
        answer["Reason"],
        "there is a namespace `http.local` (ns-http) already, which is of another kind or not of vpc-1: delete it, or give this \
         one another name"
    );
}

#[tokio::test(start_paused = true)]
async fn services_that_are_going_are_waited_for() {
    let world = World::new();
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    namespace.create(properties("shop.local", "vpc-1")).await;
    let services = |names: &[&str]| {
        world.aws().namespaces.namespaces.get_mut("ns-1").unwrap().services =
            names.iter().map(|name| (*name).to_owned()).collect();
    };
    services(&["web", "db", "mail"]);
    let go = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        services(&[]);
    };
    let (answer, ()) = tokio::join!(namespace.delete(), go);
    assert_eq!(answer["Status"], "SUCCESS");
    assert!(ids(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_others_use_stays() {
    let world = World::new();
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    namespace.create(properties("shop.local", "vpc-1")).await;
    world.aws().namespaces.namespaces.get_mut("ns-1").unwrap().services = vec!["theirs".to_owned()];
    let before = world.now();
    assert_eq!(namespace.delete().await["Status"], "SUCCESS");
    let waited = world.now().duration_since(before).unwrap();
    assert!((120..180).contains(&waited.as_secs()), "{waited:?}");
    assert_eq!(ids(&world), ["ns-1"]);
}

#[tokio::test(start_paused = true)]
async fn what_another_resource_made_is_not_deleted() {
    let world = World::new();
    let mut first = Resource::new(&world, KIND, "First");
    let mut second = Resource::new(&world, KIND, "Second");
    first.create(properties("shop.local", "vpc-1")).await;
    assert_eq!(second.create(properties("shop.local", "vpc-1")).await["PhysicalResourceId"], "ns-1");
    second.delete().await;
    assert_eq!(ids(&world), ["ns-1"]);
    first.delete().await;
    assert!(ids(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_for_a_moment_is_tried_again() {
    let operations = [
        ("servicediscovery", "ListNamespaces"),
        ("servicediscovery", "CreatePrivateDnsNamespace"),
        ("servicediscovery", "GetOperation"),
        ("servicediscovery", "GetNamespace"),
        ("servicediscovery", "ListTagsForResource"),
        ("servicediscovery", "ListServices"),
        ("servicediscovery", "DeleteNamespace"),
        ("route53", "GetHostedZone"),
    ];
    for fault in [Fault::Broken, Fault::Lost] {
        for (service, operation) in operations {
            let world = World::new();
            add(&world, "ns-a", "shop.local", "vpc-2");
            world.aws().plan(service, operation, 0, 2, fault.clone());
            let mut namespace = Resource::new(&world, KIND, "Namespace");
            let answer = namespace.create(properties("shop.local", "vpc-1")).await;
            assert_eq!(answer["Status"], "SUCCESS", "{operation} {fault:?}: {answer}");
            assert_eq!(ids(&world).len(), 2, "{operation} {fault:?}");
            assert_eq!(namespace.delete().await["Status"], "SUCCESS");
            assert_eq!(ids(&world), ["ns-a"], "{operation} {fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_made_too_late_is_deleted() {
    let world = World::new();
    let mut late = properties("shop.local", "vpc-1");
    late["ServiceTimeout"] = 30.into();
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    let answer = world.ask(&namespace.event("Create", &late, None)).await;
    assert_eq!(answer["Reason"], "AWS Cloud Map has not made the namespace `shop.local` in time: try again");
    assert_eq!(answer["PhysicalResourceId"], "operation/operation-1");
    tokio::time::sleep(Duration::from_secs(10)).await;
    (namespace.properties, namespace.physical_id) =
        (properties("shop.local", "vpc-1"), Some("operation/operation-1".to_owned()));
    assert_eq!(namespace.delete().await["Status"], "SUCCESS");
    assert_eq!(world.aws().calls("servicediscovery", "DeleteNamespace"), 1);
    assert!(ids(&world).is_empty(), "it is deleted with the resource");
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_goes_back_does_not_stop() {
    let world = World::new();
    let mut namespace = Resource::new(&world, KIND, "Namespace");
    namespace.create(properties("shop.local", "vpc-1")).await;
    let denied = Refusal::new("AccessDeniedException", "not authorized");
    world.aws().plan("servicediscovery", "*", 0, 1000, Fault::Refused(denied));
    let answer = namespace.update(properties("store.local", "vpc-1")).await;
    assert_eq!(answer["Status"], "FAILED");
    assert_eq!(namespace.physical_id.as_deref(), Some("ns-1"));
}
