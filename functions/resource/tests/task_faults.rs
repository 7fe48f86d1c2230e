//! `Custom::OamEcsTask` where AWS fails, and where one run of the function is not all: nothing runs twice, and nothing is left.

use std::time::Duration;

use oamecs_tests::stand_in::{Ending, Fault, Refusal, Script};
use serde_json::json;

use crate::task::{for_ever, furnished, properties, reason, runs, script, status, with, world};
use crate::world::{Resource, World};

const KIND: &str = "Custom::OamEcsTask";

/// TK-18.
#[tokio::test(start_paused = true)]
async fn a_repeated_event_runs_nothing_twice() {
    let world = world();
    let event = Resource::new(&world, KIND, "Migrate").event("Create", &properties(), None);
    tokio::join!(world.run(&event, "a"), world.run(&event, "b"));
    world.run(&event, "c").await;
    assert_eq!((runs(&world), world.aws().answers.len()), (1, 1));
    // Even where nobody remembers that it came before.
    let world = furnished(World::without_ledger());
    let event = Resource::new(&world, KIND, "Migrate").event("Create", &properties(), None);
    tokio::join!(world.run(&event, "a"), world.run(&event, "b"));
    assert_eq!((runs(&world), world.aws().ecs.tasks.count()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_breaks_off_is_taken_up_by_the_next() {
    for seconds in [0, 1, 10, 50] {
        let world = furnished(World::without_ledger());
        let event = Resource::new(&world, KIND, "Migrate").event("Create", &properties(), None);
        let broken = tokio::time::timeout(Duration::from_secs(seconds), world.run(&event, "a")).await;
        assert!(broken.is_err());
        let answer = world.ask(&event).await;
        assert_eq!(status(&answer), "Succeeded");
        assert_eq!(world.aws().ecs.tasks.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_used_leads_to_its_tasks() {
    let world = furnished(World::without_ledger());
    let task = Resource::new(&world, KIND, "Migrate");
    let mut event = task.event("Create", &properties(), None);
    // The same request, as an earlier version of the function made it.
    tokio::time::timeout(Duration::from_secs(10), world.run(&event, "a")).await.unwrap_err();
    event["ResourceProperties"]["PlatformVersion"] = "1.4.0".into();
    assert_eq!(status(&world.ask(&event).await), "Succeeded");
    assert_eq!(world.aws().ecs.tasks.count(), 1);
}

/// TK-21.
#[tokio::test(start_paused = true)]
async fn a_task_may_take_most_of_an_hour() {
    let world = world();
    let slow = || Script { ends: Some((Duration::from_mins(55), Ending::default())), ..Script::default() };
    script(&world, [slow()]);
    let asked = with(&json!({"Timeout": 3480, "ServiceTimeout": 3600}));
    let mut task = Resource::new(&world, KIND, "Migrate");
    assert_eq!(status(&task.create(asked.clone()).await), "Succeeded");
    let hops = world.aws().calls("lambda", "Invoke");
    assert!((3..=5).contains(&hops), "{hops} hops");
    assert_eq!(runs(&world), 1);
    script(&world, [for_ever()]);
    let begin = world.now();
    let event =
        task.event("Update", &with(&json!({"Timeout": 3480, "ServiceTimeout": 3600, "Nonce": "2"})), Some(&asked));
    world.stack_is("UPDATE_IN_PROGRESS");
    assert!(reason(&world.ask(&event).await).contains("has not ended in 3480 s"));
    assert!(world.now() < begin + Duration::from_hours(1));
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_for_a_moment_is_no_failure() {
    for operation in ["DescribeTaskDefinition", "RunTask", "DescribeTasks", "ListTasks", "StopTask"] {
        for fault in [Fault::Throttled, Fault::Broken, Fault::Silent, Fault::Lost] {
            let world = world();
            world.aws().plan("ecs", operation, 0, 3, fault.clone());
            let mut task = Resource::new(&world, KIND, "Migrate");
            let answer = task.create(with(&json!({"Exclusive": true}))).await;
            assert_eq!(status(&answer), "Succeeded", "{operation} {fault:?}");
            // More than the SDK bears.
            world.aws().plan("ecs", operation, 0, 12, fault.clone());
            let answer = task.update(with(&json!({"Nonce": "2"}))).await;
            if operation != "DescribeTaskDefinition" {
                assert_eq!(status(&answer), "Succeeded", "{operation} {fault:?}");
            }
            assert!(world.aws().ecs.tasks.count() <= 2, "{operation} {fault:?}");
            assert_eq!(task.delete().await["Status"], "SUCCESS");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_that_hangs_is_left_to_another_run() {
    let world = world();
    world.aws().plan("ecs", "DescribeTasks", 2, 40, Fault::Silent);
    let asked = with(&json!({"Timeout": 3000, "ServiceTimeout": 3120}));
    assert_eq!(status(&Resource::new(&world, KIND, "Migrate").create(asked).await), "Succeeded");
    assert_eq!(world.aws().ecs.tasks.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_function_may_not_do_fails_at_once() {
    for operation in ["DescribeTaskDefinition", "RunTask", "DescribeTasks"] {
        let world = world();
        let refusal = Refusal::new("AccessDeniedException", format!("not authorized to perform: ecs:{operation}"));
        world.aws().plan("ecs", operation, 0, 100, Fault::Refused(refusal));
        let begin = world.now();
        let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
        assert!(
            reason(&answer).contains(&format!("AccessDeniedException: not authorized to perform: ecs:{operation}"))
        );
        assert!(world.now() < begin + Duration::from_mins(3));
        let now = world.now();
        assert_eq!(world.aws().ecs.tasks.running(now), 0, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_for_good_leaves_nothing_running() {
    let world = world();
    script(&world, [for_ever()]);
    world.aws().plan("ecs", "RunTask", 0, 200, Fault::Lost);
    let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
    assert!(reason(&answer).contains("could not be started"), "{answer}");
    let now = world.now();
    let aws = world.aws();
    assert_eq!((aws.ecs.tasks.count(), aws.ecs.tasks.running(now)), (1, 0));
}
