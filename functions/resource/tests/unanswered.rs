//! What was begun and never answered: a deletion finds it nevertheless, by what was asked and what is remembered, and touches
//! nothing else.

use std::time::Duration;

use oamecs_tests::stand_in::{Course, Fault, Record, Refusal, Script};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::dns_record::{BALANCER, NAME, alias, put, records};
use crate::namespace::ids;
use crate::rollout::{next, runs, with};
use crate::world::{Resource, World, remembered};
use crate::{dns_record, namespace, rollout, task};

const ROLLOUT: &str = "Custom::OamEcsRollout";
const RECORD: &str = "Custom::OamEcsDnsRecord";
const NAMESPACE: &str = "Custom::OamEcsNamespace";
const TASK: &str = "Custom::OamEcsTask";

/// What there is before, a type, what it is asked, and what is then there of it.
type Life = (fn() -> World, &'static str, Value, fn(&World) -> String);

/// The address of its answer has expired: CloudFormation never hears of it.
async fn create_unheard(world: &World, resource: &Resource, properties: &Value) {
    world.aws().plan("s3", "Put", 0, 1, Fault::Refused(Refusal::new("AccessDenied", "Request has expired")));
    assert!(world.deliver(&resource.event("Create", properties, None)).await.is_empty());
}

/// It goes, and everything of it.
async fn goes(world: &World, event: &Value) {
    let answers = world.deliver(event).await;
    let own =
        answers.iter().map(oamecs_tests::stand_in::Put::json).find(|body| body["RequestId"] == event["RequestId"]);
    let answer = own.unwrap();
    assert_eq!((&answer["Status"], &answer["PhysicalResourceId"]), (&json!("SUCCESS"), &event["PhysicalResourceId"]));
}

#[tokio::test(start_paused = true)]
async fn a_service_is_given_back() {
    for status in ["DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"] {
        // While it is rolled out.
        let world = rollout::world();
        next(&world, Course::Completes(Duration::from_mins(8)));
        let mut resource = Resource::new(&world, ROLLOUT, "Api");
        let create = resource.event("Create", &rollout::properties("2"), None);
        let delete = resource.event_to_forget(&rollout::properties("2"));
        tokio::join!(world.run(&create, "a"), async {
            sleep(Duration::from_mins(2)).await;
            world.stack_is(status);
            goes(&world, &delete).await;
        });
        assert_eq!((runs(&world).as_str(), remembered(&world)), ("api:1", vec![]), "{status}");
        // Afterwards.
        let world = rollout::world();
        create_unheard(&world, &Resource::new(&world, ROLLOUT, "Api"), &rollout::properties("2")).await;
        assert_eq!(runs(&world), "api:2");
        world.stack_is(status);
        let delete = Resource::new(&world, ROLLOUT, "Api").event_to_forget(&rollout::properties("2"));
        goes(&world, &delete).await;
        assert_eq!(runs(&world), "api:1", "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_makes_way_for_what_was_there() {
    for there in [None, Some(Record::new(NAME, "A", 60, "192.0.2.1"))] {
        let world = dns_record::world();
        if let Some(there) = there.clone() {
            put(&world, there);
        }
        let before = records(&world);
        let mut record = Resource::new(&world, RECORD, "Record");
        create_unheard(&world, &record, &alias(NAME, BALANCER)).await;
        assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")]);
        world.stack_is("ROLLBACK_IN_PROGRESS");
        let delete = record.event_to_forget(&alias(NAME, BALANCER));
        goes(&world, &delete).await;
        assert_eq!((records(&world), remembered(&world)), (before, vec![]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_the_resource_never_began_stays() {
    let world = dns_record::world();
    put(&world, Record::alias(NAME, "A", &format!("{BALANCER}.")));
    world.stack_is("DELETE_IN_PROGRESS");
    let delete = Resource::new(&world, RECORD, "Record").event_to_forget(&alias(NAME, BALANCER));
    goes(&world, &delete).await;
    assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")]);
    // Nor does it matter that there is no zone, which its making had found out.
    let nowhere = Resource::new(&world, RECORD, "Record").event_to_forget(&alias("www.example.org", BALANCER));
    goes(&world, &nowhere).await;
}

/// Route 53 is busy while the stack turns: what is deleted is not made afterwards.
#[tokio::test(start_paused = true)]
async fn a_record_that_waits_is_not_made_later() {
    let world = dns_record::world();
    let busy = Fault::Refused(Refusal::new("PriorRequestNotComplete", "The request was rejected"));
    world.aws().plan("route53", "ChangeResourceRecordSets", 0, 1000, busy);
    let mut record = Resource::new(&world, RECORD, "Record");
    let create = record.event("Create", &alias(NAME, BALANCER), None);
    let delete = record.event_to_forget(&alias(NAME, BALANCER));
    tokio::join!(world.run(&create, "a"), async {
        sleep(Duration::from_secs(50)).await;
        world.stack_is("ROLLBACK_IN_PROGRESS");
        goes(&world, &delete).await;
        sleep(Duration::from_mins(2)).await;
        world.aws().recover();
    });
    assert!(records(&world).is_empty());
    let body = world.aws().answers.last().unwrap().json();
    assert_eq!(body["Reason"], "nothing was changed, as the stack is ROLLBACK_IN_PROGRESS");
}

#[tokio::test(start_paused = true)]
async fn a_namespace_is_deleted_as_soon_as_it_is_made() {
    for seconds in [5, 60] {
        let world = World::new();
        let mut resource = Resource::new(&world, NAMESPACE, "Namespace");
        let asked = namespace::properties("shop.local", "vpc-1");
        let create = resource.event("Create", &asked, None);
        let delete = resource.event_to_forget(&asked);
        tokio::join!(world.run(&create, "a"), async {
            sleep(Duration::from_secs(seconds)).await;
            world.stack_is("DELETE_IN_PROGRESS");
            goes(&world, &delete).await;
        });
        assert!(ids(&world).is_empty(), "after {seconds} s");
    }
    let world = World::new();
    namespace::add(&world, "ns-a", "shop.local", "vpc-1");
    world.stack_is("DELETE_IN_PROGRESS");
    let mut resource = Resource::new(&world, NAMESPACE, "Namespace");
    let delete = resource.event_to_forget(&namespace::properties("shop.local", "vpc-1"));
    goes(&world, &delete).await;
    assert_eq!(ids(&world), ["ns-a"], "somebody else's");
}

/// A stack that did not go back has made it in another update: what is cleaned up then belongs to what took its place.
#[tokio::test(start_paused = true)]
async fn what_was_made_after_all_stays() {
    let lives: [Life; 3] = [
        (rollout::world, ROLLOUT, rollout::properties("2"), runs),
        (dns_record::world, RECORD, alias(NAME, BALANCER), |world| records(world).join(" ")),
        (World::new, NAMESPACE, namespace::properties("shop.local", "vpc-1"), |world| ids(world).join(" ")),
    ];
    for (world, kind, asked, seen) in lives {
        for made_up in ["OamEcs::Unfinished/1", "shop-Api-1A2B3C4D5E6F"] {
            let world = world();
            let mut resource = Resource::new(&world, kind, "Api");
            create_unheard(&world, &resource, &asked).await;
            resource.physical_id = Some(made_up.to_owned());
            resource.properties = asked.clone();
            let there = seen(&world);
            assert_eq!(resource.update(asked.clone()).await["Status"], "SUCCESS");
            assert_ne!(resource.physical_id.as_deref(), Some(made_up), "the made-up one was deleted");
            assert_eq!(seen(&world), there, "{kind} {made_up}");
            assert_eq!(resource.delete().await["Status"], "SUCCESS");
        }
    }
}

/// The function cannot start itself again: nobody would look after what runs.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_handed_over_is_stopped() {
    let denied = || Fault::Refused(Refusal::new("AccessDeniedException", "not authorized: lambda:InvokeFunction"));
    let world = task::world();
    task::script(&world, [Script { ends: None, ..Script::default() }]);
    world.aws().plan("lambda", "Invoke", 0, 100, denied());
    let asked = task::with(&json!({"Timeout": 3000, "ServiceTimeout": 3120}));
    let mut resource = Resource::new(&world, TASK, "Migrate");
    let answer = resource.create(asked).await;
    let reason = answer["Reason"].as_str().unwrap();
    assert!(reason.starts_with("the function cannot start itself again, as it must after some minutes: "), "{reason}");
    assert!(reason.contains(". So it was given up: "), "{reason}");
    sleep(Duration::from_mins(1)).await;
    let now = world.now();
    assert_eq!(world.aws().ecs.tasks.running(now), 0);

    let world = rollout::world();
    next(&world, Course::Hangs);
    world.aws().plan("lambda", "Invoke", 0, 100, denied());
    let asked = with(rollout::properties("2"), &json!({"MaxWait": 3000, "ServiceTimeout": 3120}));
    let event = Resource::new(&world, ROLLOUT, "Api").event("Create", &asked, None);
    let answer = world.ask(&event).await;
    assert!(answer["Reason"].as_str().unwrap().contains("it goes back to what it ran"), "{answer}");
    assert_eq!(runs(&world), "api:1");
    assert!(!answer["PhysicalResourceId"].as_str().unwrap().starts_with("OamEcs::"), "{answer}");
}

/// CloudFormation's patience ends in the middle of a step: nobody knows how far that is.
#[tokio::test(start_paused = true)]
async fn what_is_cut_off_is_found_again() {
    let world = dns_record::world_of_others();
    world.aws().plan("route53", "ChangeResourceRecordSets", 0, 1000, Fault::Lost);
    let mut asked = alias(NAME, BALANCER);
    asked["ServiceTimeout"] = 40.into();
    let mut record = Resource::new(&world, RECORD, "Record");
    let event = record.event("Create", &asked, None);
    let answer = world.ask(&event).await;
    assert!(answer["PhysicalResourceId"].as_str().unwrap().starts_with("OamEcs::Unfinished/"), "{answer}");
    assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")], "it happened all the same");
    world.aws().recover();
    world.stack_is("ROLLBACK_IN_PROGRESS");
    record.physical_id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
    record.properties = asked;
    record.goes().await;
    dns_record::is_given_back(&world);

    let world = World::new();
    world.aws().plan("servicediscovery", "CreatePrivateDnsNamespace", 0, 1000, Fault::Lost);
    let mut asked = namespace::properties("shop.local", "vpc-1");
    asked["ServiceTimeout"] = 20.into();
    let mut resource = Resource::new(&world, NAMESPACE, "Namespace");
    let answer = world.ask(&resource.event("Create", &asked, None)).await;
    assert!(answer["PhysicalResourceId"].as_str().unwrap().starts_with("OamEcs::Unfinished/"), "{answer}");
    world.aws().recover();
    sleep(Duration::from_mins(1)).await;
    world.stack_is("ROLLBACK_IN_PROGRESS");
    resource.physical_id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
    resource.properties = namespace::properties("shop.local", "vpc-1");
    resource.goes().await;
    assert_eq!(world.aws().calls("servicediscovery", "DeleteNamespace"), 1, "it happened all the same");
    assert!(ids(&world).is_empty());

    // Tasks run on, and nothing runs at the end of what was never there.
    let world = task::world();
    task::script(&world, [Script { ends: None, ..Script::default() }]);
    let mut asked = task::with(&json!({"OnDelete": "run"}));
    asked["ServiceTimeout"] = 60.into();
    world.aws().plan("ecs", "RunTask", 0, 1000, Fault::Lost);
    let mut resource = Resource::new(&world, TASK, "Migrate");
    let answer = world.ask(&resource.event("Create", &asked, None)).await;
    assert!(answer["PhysicalResourceId"].as_str().unwrap().starts_with("OamEcs::Unfinished/"), "{answer}");
    world.aws().recover();
    resource.physical_id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
    resource.properties = asked;
    assert_eq!(resource.delete().await["Status"], "SUCCESS");
    let now = world.now();
    let aws = world.aws();
    assert_eq!((aws.ecs.tasks.count(), aws.ecs.tasks.running(now)), (1, 0));
}
