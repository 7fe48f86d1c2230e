//! The protocol: one answer to everything, whatever comes.

use oamecs_tests::stand_in::{Fault, Refusal, Secret};
use serde_json::{Value, json};

use crate::world::{Resource, World};

const KIND: &str = "Custom::OamEcsSecret";

fn world() -> World {
    let world = World::new();
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3".to_owned();
    world.aws().secrets.secrets.insert("db".to_owned(), Secret { arn, ..Secret::default() });
    world
}

fn lookup() -> Value {
    json!({"ServiceToken": "arn", "ServiceTimeout": "600", "Name": "db"})
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_answered() {
    let world = world();
    let odd = Resource::new(&world, KIND, "Odd");
    for change in [
        json!({"RequestType": "Rename"}),
        json!({"RequestType": 7}),
        json!({"ResourceProperties": "text"}),
        json!({"ResourceProperties": {"Name": ["a"]}}),
        json!({"ResourceProperties": {"Name": "db", "Colour": "red"}}),
        json!({"ResourceType": "Custom::OamEcsPhone"}),
        json!({"ResourceType": null}),
    ] {
        let mut event = odd.event("Create", &lookup(), None);
        for (name, value) in change.as_object().unwrap() {
            event[name] = value.clone();
        }
        let answer = world.ask(&event).await;
        assert_eq!(answer["Status"], "FAILED", "{change}");
    }
    assert!(world.deliver(&json!({"RequestType": "Create"})).await.is_empty(), "there is nobody to answer");
    assert!(world.deliver(&json!(null)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn deleting_what_nobody_knows_goes_well() {
    let world = world();
    for (kind, id) in
        [(KIND, "OamEcs::CreateFailed/1"), (KIND, "shop-Lookup-1A2B3C"), ("Custom::OamEcsPhone", "phone-1")]
    {
        let mut gone = Resource::new(&world, kind, "Gone");
        gone.physical_id = Some(id.to_owned());
        gone.properties = json!({"Nonsense": [1, 2]});
        let answer = gone.delete().await;
        assert_eq!((&answer["Status"], &answer["PhysicalResourceId"]), (&json!("SUCCESS"), &json!(id)));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_never_made_is_made_by_an_update() {
    let world = world();
    let mut lookup_ = Resource::new(&world, KIND, "Lookup");
    lookup_.physical_id = Some("OamEcs::CreateFailed/1".to_owned());
    assert_eq!(lookup_.update(lookup()).await["Status"], "SUCCESS");
    assert!(lookup_.physical_id.unwrap().starts_with("arn:"));
}

#[tokio::test(start_paused = true)]
async fn a_repeated_event_is_answered_once() {
    let world = world();
    let event = Resource::new(&world, KIND, "Lookup").event("Create", &lookup(), None);
    world.ask(&event).await;
    assert!(world.deliver(&event).await.is_empty(), "it was answered");
    assert_eq!(world.aws().calls("secretsmanager", "DescribeSecret"), 1);
}

#[tokio::test(start_paused = true)]
async fn two_runs_of_one_event_answer_once() {
    let world = world();
    let event = Resource::new(&world, KIND, "Lookup").event("Create", &lookup(), None);
    tokio::join!(world.run(&event, "a"), world.run(&event, "b"));
    assert_eq!(world.aws().answers.len(), 1);
    assert_eq!(world.aws().calls("secretsmanager", "DescribeSecret"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_sent_is_sent_by_the_next_run() {
    let world = world();
    world.aws().plan("s3", "Put", 0, 8, Fault::Broken);
    let event = Resource::new(&world, KIND, "Lookup").event("Create", &lookup(), None);
    let answer = world.ask(&event).await;
    assert_eq!(answer["Status"], "SUCCESS");
    assert_eq!(world.aws().calls("secretsmanager", "DescribeSecret"), 1, "the work was done once");
}

#[tokio::test(start_paused = true)]
async fn an_expired_address_ends_it() {
    let world = world();
    world.aws().plan("s3", "Put", 0, 1, Fault::Refused(Refusal::new("AccessDenied", "Request has expired")));
    let event = Resource::new(&world, KIND, "Lookup").event("Create", &lookup(), None);
    assert!(world.run(&event, "a").await, "Lambda must not deliver it again");
    assert!(world.deliver(&event).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn without_a_ledger_everything_is_still_answered() {
    let world = World::without_ledger();
    let answer = Resource::new(&world, KIND, "Lookup").create(lookup()).await;
    assert_eq!(answer["Status"], "FAILED");
    let world = self::world();
    world.aws().plan("dynamodb", "*", 0, 1000, Fault::Broken);
    let answer = Resource::new(&world, KIND, "Other").create(lookup()).await;
    assert_eq!(answer["Status"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn an_answer_comes_while_cloudformation_waits() {
    for fault in [Fault::Silent, Fault::Broken, Fault::Throttled] {
        for timeout in [4, 60, 600, 3600] {
            let world = world();
            world.aws().plan("secretsmanager", "*", 0, 100_000, fault.clone());
            let mut asked = lookup();
            asked["ServiceTimeout"] = timeout.into();
            let event = Resource::new(&world, KIND, "Lookup").event("Create", &asked, None);
            let before = world.now();
            let answer = world.ask(&event).await;
            assert_eq!(answer["Status"], "FAILED", "{answer}");
            let waited = world.now().duration_since(before).unwrap().as_secs();
            assert!(waited < timeout, "{fault:?}: answered after {waited} of {timeout} seconds");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_ledger_did_without_answering_is_done() {
    for skip in 0..4 {
        let world = world();
        world.aws().plan("dynamodb", "UpdateItem", skip, 1, Fault::Lost);
        let answer = Resource::new(&world, KIND, "Lookup").create(lookup()).await;
        assert_eq!(answer["Status"], "SUCCESS", "call {skip}: {answer}");
    }
}

/// The first run breaks off, and Lambda delivers the event again: CloudFormation has not waited anew.
#[tokio::test(start_paused = true)]
async fn a_repeated_event_has_no_more_time_than_the_first() {
    let world = world();
    world.aws().plan("secretsmanager", "*", 0, 100_000, Fault::Silent);
    let event = Resource::new(&world, KIND, "Lookup").event("Create", &lookup(), None);
    let before = world.now();
    // The calls of a run fail after a minute, more or less: it breaks off before.
    let broken = tokio::time::timeout(std::time::Duration::from_secs(30), world.run(&event, "a"));
    assert!(broken.await.is_err());
    assert_eq!(world.ask(&event).await["Status"], "FAILED");
    let waited = world.now().duration_since(before).unwrap().as_secs();
    assert!(waited < 600, "answered after {waited} seconds");
}
