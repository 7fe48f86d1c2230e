//! Random lives: any order of what CloudFormation may ask, with faults anywhere, events that come twice, and runs that break off.
//!
//! Whatever happens, each request is answered, in time and alike however often; and what is deleted has left nothing.

use std::collections::BTreeSet;

use oamecs_tests::stand_in::{Fault, Secret};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{Resource, World, check};

/// A type with what it is asked in its lives.
struct Kind {
    name: &'static str,
    /// What there is before.
    world: fn() -> World,
    /// Its properties: the first two of one resource, the third of another.
    properties: fn() -> [Value; 3],
    /// What must be true when it is gone, and nothing went wrong at the end.
    gone: fn(&World),
}

const KINDS: [Kind; 5] = [
    Kind { name: "Custom::OamEcsSecret", world: secrets, properties: secret, gone: |_| {} },
    Kind {
        name: "Custom::OamEcsRollout",
        world: crate::rollout::world,
        properties: crate::rollout::three_tags,
        gone: crate::rollout::is_forgotten,
    },
    Kind {
        name: "Custom::OamEcsTask",
        world: crate::task::world,
        properties: crate::task::three_runs,
        gone: crate::task::is_over,
    },
    Kind {
        name: "Custom::OamEcsDnsRecord",
        world: crate::dns_record::world_of_others,
        properties: crate::dns_record::three_records,
        gone: crate::dns_record::is_given_back,
    },
    Kind {
        name: "Custom::OamEcsNamespace",
        world: World::new,
        properties: crate::namespace::three_names,
        gone: crate::namespace::is_gone,
    },
];

fn secrets() -> World {
    let world = World::new();
    for name in ["db", "mail"] {
        let arn = format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-a1B2c3");
        world.aws().secrets.secrets.insert(name.to_owned(), Secret { arn, ..Secret::default() });
    }
    world
}

fn secret() -> [Value; 3] {
    ["db", "db", "mail"].map(|name| json!({"ServiceToken": "arn", "ServiceTimeout": 60, "Name": name}))
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Update(usize),
    RollBack(usize),
    /// The last event comes once more.
    Again,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0..3_usize).prop_map(Happening::Update),
        2 => (0..3_usize).prop_map(Happening::RollBack),
        1 => Just(Happening::Again),
    ]
}

fn fault() -> impl Strategy<Value = (usize, usize, Fault)> {
    let fault = prop_oneof![
        3 => Just(Fault::Throttled),
        2 => Just(Fault::Broken),
        1 => Just(Fault::Silent),
        2 => Just(Fault::Lost),
    ];
    (0..30_usize, 1..4_usize, fault)
}

/// How many lives resources of each type have.
const CASES: u32 = 24;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_is_answered(
        first in 0..3_usize,
        is_heard in prop::bool::weighted(0.8),
        happenings in prop::collection::vec(happening(), 0..6),
        faults in prop::collection::vec(fault(), 0..4),
    ) {
        for kind in &KINDS {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            runtime.block_on(live(kind, (first, is_heard), &happenings, &faults));
        }
    }
}

async fn live(
    kind: &Kind,
    (first, is_heard): (usize, bool),
    happenings: &[Happening],
    faults: &[(usize, usize, Fault)],
) {
    let world = (kind.world)();
    let properties = (kind.properties)();
    for (skip, times, fault) in faults {
        world.aws().plan("*", "*", *skip, *times, fault.clone());
    }
    let mut resource = Resource::new(&world, kind.name, "Random");
    let mut last = resource.event("Create", &properties[first], None);
    let mut asked = first;
    world.stack_is("CREATE_IN_PROGRESS");
    let created = answered(&world, &last).await;
    resource.physical_id = created["PhysicalResourceId"].as_str().map(str::to_owned);
    if !is_heard {
        // CloudFormation never hears of it.
        resource.event_to_forget(&properties[asked]);
    } else if created["Status"] == "SUCCESS" {
        for happening in happenings {
            let (status, wanted) = match happening {
                Happening::Update(wanted) => ("UPDATE_IN_PROGRESS", *wanted),
                Happening::RollBack(wanted) => ("UPDATE_ROLLBACK_IN_PROGRESS", *wanted),
                Happening::Again => {
                    again(&world, &last).await;
                    continue;
                }
            };
            world.stack_is(status);
            last = resource.event("Update", &properties[wanted], Some(&properties[asked]));
            let answer = answered(&world, &last).await;
            let id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
            if answer["Status"] == "SUCCESS" && id != resource.physical_id {
                world.stack_is("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
                let event = resource.event("Delete", &properties[asked], None);
                answered(&world, &event).await;
                resource.physical_id = id;
            }
            asked = wanted;
        }
    }
    // What goes wrong has done so: the end must be clean.
    world.aws().recover();
    world.stack_is("DELETE_IN_PROGRESS");
    let event = resource.event("Delete", &properties[asked], None);
    let answer = answered(&world, &event).await;
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    // What CloudFormation could not delete, it has given up.
    if world.aws().answers.iter().all(|answer| answer.json()["Status"] == "SUCCESS") {
        (kind.gone)(&world);
    }
}

/// An event that was answered comes again: there is no other answer to it, and none at all but where the ledger could not
/// note that the first was sent. Where it could note nothing, the work is done once more.
async fn again(world: &World, event: &Value) {
    let request = event["RequestId"].as_str().unwrap();
    let noted = world.aws().tables.items.get(&format!("request/{request}")).cloned().unwrap_or_default();
    if noted.get("AnswerBody").is_none() {
        world.deliver(event).await;
        return;
    }
    let first = world.aws().answers.iter().find(|answer| answer.path.ends_with(request)).map(|put| put.body.clone());
    for answer in world.deliver(event).await {
        assert_eq!(Some(answer.body), first, "answered otherwise");
    }
}

/// The answer to an event, which may have been sent more than once where its receipt was lost.
async fn answered(world: &World, event: &Value) -> Value {
    let before = world.now();
    let answers = world.deliver(event).await;
    assert!(!answers.is_empty(), "no answer to {event}");
    let bodies: BTreeSet<&str> = answers.iter().map(|answer| answer.body.as_str()).collect();
    assert_eq!(bodies.len(), 1, "{event}");
    check(&answers[0], event);
    let waited = world.now().duration_since(before).unwrap().as_secs();
    let patience: u64 = event["ResourceProperties"]["ServiceTimeout"].as_str().unwrap().parse().unwrap();
    assert!(waited <= patience, "answered after {waited} of {patience} seconds");
    answers[0].json()
}
