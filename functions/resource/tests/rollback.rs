//! A stack that goes back, whatever the type of resource: nothing fails, and all attributes are there.

use oamecs_tests::stand_in::{Fault, Refusal, Secret};
use serde_json::{Value, json};

use crate::world::{Resource, World, attributes};
use crate::{dns_record, namespace, network, rollout, task};

/// A type, what there is before, what is asked first and then, and the service that fails as the stack goes back.
type Life = (&'static str, fn() -> World, Value, Value, &'static str);

/// The types that say what was done, not what was found.
const KNOWN: [&str; 2] = ["Custom::OamEcsRollout", "Custom::OamEcsTask"];

fn secrets() -> World {
    with_secrets(World::new())
}

fn with_secrets(world: World) -> World {
    for name in ["db", "mail"] {
        let arn = format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-a1B2c3");
        world.aws().secrets.secrets.insert(name.to_owned(), Secret { arn, ..Secret::default() });
    }
    world
}

fn secret(name: &str) -> Value {
    json!({"ServiceToken": "arn", "ServiceTimeout": 60, "Name": name})
}

fn lives() -> [Life; 6] {
    let [record, other, _] = dns_record::three_records();
    [
        ("Custom::OamEcsSecret", secrets, secret("db"), secret("mail"), "secretsmanager"),
        (
            "Custom::OamEcsNetwork",
            network::world,
            network::properties(Some("vpc-1"), 1),
            network::properties(Some("vpc-1"), 2),
            "ec2",
        ),
        (
            "Custom::OamEcsNamespace",
            World::new,
            namespace::properties("shop.local", "vpc-1"),
            namespace::properties("store.local", "vpc-1"),
            "servicediscovery",
        ),
        ("Custom::OamEcsRollout", rollout::world, rollout::properties("2"), rollout::properties("3"), "ecs"),
        ("Custom::OamEcsTask", task::world, task::properties(), task::with(&json!({"Nonce": "2"})), "ecs"),
        ("Custom::OamEcsDnsRecord", dns_record::world, record, other, "route53"),
    ]
}

/// A resource that was made and changed, in a stack that goes back; the attributes that it has.
async fn changed(life: &Life) -> (World, Resource, Value) {
    let (kind, world, first, then, _) = life;
    let world = world();
    let mut resource = Resource::new(&world, kind, "Resource");
    assert_eq!(resource.create(first.clone()).await["Status"], "SUCCESS");
    let answer = resource.update(then.clone()).await;
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    (world, resource, answer)
}

fn names(answer: &Value) -> Vec<String> {
    attributes(answer).into_keys().collect()
}

#[tokio::test(start_paused = true)]
async fn no_fault_of_a_service_fails_it() {
    let denied = Fault::Refused(Refusal::new("AccessDeniedException", "not authorized"));
    for life in lives() {
        for fault in [denied.clone(), Fault::Broken, Fault::Silent, Fault::Throttled] {
            let (world, mut resource, answer) = changed(&life).await;
            world.aws().plan(life.4, "*", 0, 100_000, fault.clone());
            let back = resource.roll_back(life.2.clone()).await;
            assert_eq!(back["Status"], "SUCCESS", "{} {fault:?}: {back}", life.0);
            assert_eq!(names(&back), names(&answer), "{} {fault:?}", life.0);
            if !KNOWN.contains(&life.0) {
                assert_eq!(back["Data"], answer["Data"], "{} {fault:?}: it is left as it is", life.0);
            }
            world.aws().recover();
            assert_eq!(resource.delete().await["Status"], "SUCCESS");
        }
    }
}

/// An earlier version of the function took them.
#[tokio::test(start_paused = true)]
async fn properties_that_cannot_be_read_do_not_fail_it() {
    for life in lives() {
        let (world, mut resource, answer) = changed(&life).await;
        let mut unread = life.2.clone();
        unread["Colour"] = "red".into();
        let back = resource.roll_back(unread).await;
        assert_eq!((&back["Status"], names(&back)), (&json!("SUCCESS"), names(&answer)), "{}: {back}", life.0);
        if !KNOWN.contains(&life.0) {
            assert_eq!(back["Data"], answer["Data"], "{}: it is left as it is", life.0);
        }
        world.stack_is("UPDATE_IN_PROGRESS");
        let forward = world.ask(&resource.event("Update", &json!({"Colour": "red"}), Some(&life.2))).await;
        assert_eq!(forward["Status"], "FAILED", "{}", life.0);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_ledger_the_name_says_what_it_can() {
    let world = with_secrets(World::without_ledger());
    let mut resource = Resource::new(&world, "Custom::OamEcsSecret", "Lookup");
    let first = resource.create(secret("db")).await;
    world.aws().plan("secretsmanager", "*", 0, 100_000, Fault::Broken);
    let back = resource.roll_back(secret("mail")).await;
    assert_eq!((&back["Status"], &back["Data"]), (&json!("SUCCESS"), &first["Data"]));

    let world = World::without_ledger();
    let mut resource = Resource::new(&world, "Custom::OamEcsNamespace", "Namespace");
    let first = resource.create(namespace::properties("shop.local", "vpc-1")).await;
    world.aws().plan("servicediscovery", "*", 0, 100_000, Fault::Broken);
    let back = resource.roll_back(namespace::properties("store.local", "vpc-1")).await;
    assert_eq!((&back["Data"]["Arn"], names(&back)), (&first["Data"]["Arn"], names(&first)));
}

/// CloudFormation itself does not answer: what the last update has done is known, and that it is to be undone.
#[tokio::test(start_paused = true)]
async fn it_goes_well_where_cloudformation_does_not_answer() {
    for life in lives().into_iter().filter(|life| life.4 == "ecs") {
        for (fault, timeout) in [(Fault::Broken, 1020), (Fault::Silent, 1020), (Fault::Silent, 120)] {
            for fails in [false, true] {
                let (kind, world, first, then, _) = &life;
                let timed = |asked: &Value| {
                    let mut asked = asked.clone();
                    asked["ServiceTimeout"] = timeout.into();
                    asked
                };
                let world = world();
                let mut resource = Resource::new(&world, kind, "Resource");
                resource.create(timed(first)).await;
                if fails {
                    world.aws().plan("ecs", "*", 0, 100, Fault::Refused(Refusal::new("AccessDeniedException", "no")));
                    world.stack_is("UPDATE_IN_PROGRESS");
                    let event = resource.event("Update", &timed(then), Some(&timed(first)));
                    assert_eq!(world.ask(&event).await["Status"], "FAILED");
                    world.aws().recover();
                    resource.properties = timed(then);
                } else {
                    resource.update(timed(then)).await;
                }
                world.aws().plan("cloudformation", "*", 0, 100_000, fault.clone());
                let back = resource.roll_back(timed(first)).await;
                assert_eq!(back["Status"], "SUCCESS", "{kind} {fault:?} {timeout} {fails}: {back}");
                let again = world.ask(&resource.event("Update", &timed(then), Some(&timed(first)))).await;
                assert_eq!(again["Status"], "FAILED", "{kind} {fault:?}: nothing was done before that is like this");
            }
        }
    }
}
