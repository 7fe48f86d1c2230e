//! `Custom::OamEcsTask`: when tasks start, are started again, and are stopped.

use std::time::Duration;

use oamecs_tests::stand_in::{Ending, Fault, Placement, Refusal, Script};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::task::{ending, exits, for_ever, furnished, properties, reason, runs, script, status, with, world};
use crate::world::{Resource, World, attributes};

const KIND: &str = "Custom::OamEcsTask";

/// TK-13.
#[tokio::test(start_paused = true)]
async fn tasks_that_find_no_room_are_tried_again() {
    let world = world();
    let short = |placed| Placement { placed, reason: "RESOURCE:MEMORY".to_owned() };
    world.aws().ecs.tasks.placements = vec![short(0), short(1), short(0)].into();
    let answer = Resource::new(&world, KIND, "Migrate").create(with(&json!({"Count": 3}))).await;
    assert_eq!(status(&answer), "Succeeded");
    assert_eq!(attributes(&answer)["ExitCodes"], "0,0,0");
    let aws = world.aws();
    let counts: Vec<u64> = aws.inputs("ecs", "RunTask").map(|input| input["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [3, 3, 2, 2]);
    assert_eq!(aws.ecs.tasks.count(), 3);
}

/// TK-13.
#[tokio::test(start_paused = true)]
async fn tasks_that_never_find_room_fail_and_those_that_started_are_stopped() {
    for (why, at_least, at_most) in [("RESOURCE:CPU", 290, 420), ("ATTRIBUTE", 0, 60)] {
        let world = world();
        script(&world, [for_ever()]);
        let short = |placed| Placement { placed, reason: why.to_owned() };
        world.aws().ecs.tasks.placements = std::iter::once(short(1)).chain((0..200).map(|_| short(0))).collect();
        let begin = world.now();
        let answer = Resource::new(&world, KIND, "Migrate").create(with(&json!({"Count": 2}))).await;
        let reason = reason(&answer);
        assert!(reason.contains(&format!("migrate:1 could not be started: {why}")), "{reason}");
        assert!(reason.starts_with("1 of 2 tasks of arn:"), "{reason}");
        let took = world.now().duration_since(begin).unwrap().as_secs();
        assert!((at_least..at_most).contains(&took), "{took} s");
        let now = world.now();
        assert_eq!(world.aws().ecs.tasks.running(now), 0, "the other one is stopped");
    }
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_new_is_waited_for() {
    let refusal = Refusal::new("ClientException", "ECS was unable to assume the role 'arn:aws:iam::1:role/x'.");
    for (times, goes_well) in [(3, true), (100, false)] {
        let world = world();
        world.aws().plan("ecs", "RunTask", 0, times, Fault::Refused(refusal.clone()));
        let begin = world.now();
        let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
        assert_eq!(answer["Status"] == "SUCCESS", goes_well, "{answer}");
        assert!(world.now() < begin + Duration::from_mins(3));
        if !goes_well {
            assert!(reason(&answer).contains("unable to assume the role"), "{answer}");
        }
    }
    // The same shows in a task that does not start.
    let world = world();
    let denied = "ResourceInitializationError: unable to pull secrets: AccessDeniedException: is not authorized";
    let refused =
        Script { ends: Some((Duration::from_secs(30), Ending::new("TaskFailedToStart", denied))), ..Script::default() };
    script(&world, [refused.clone(), Script::default()]);
    let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
    assert_eq!((status(&answer).as_str(), runs(&world)), ("Succeeded", 2));
    // But not for ever.
    script(&world, [refused]);
    let answer = Resource::new(&world, KIND, "Other").create(properties()).await;
    assert!(reason(&answer).contains("AccessDeniedException"), "{answer}");
    assert!(runs(&world) < 8);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_spot_took_away_runs_once_more_if_that_is_asked() {
    let taken = || ending(Ending::new("SpotInterruption", "Your Spot Task was interrupted."));
    for (asked, scripts, goes_well, count) in [
        (json!({}), vec![taken(), exits(0)], false, 1),
        (json!({"RetryOnInterruption": true}), vec![taken(), exits(0)], true, 2),
        (json!({"RetryOnInterruption": true}), vec![taken(), taken(), exits(0)], false, 2),
        (json!({"RetryOnInterruption": true}), vec![exits(1), exits(0)], false, 1),
    ] {
        let world = world();
        script(&world, scripts);
        let answer = Resource::new(&world, KIND, "Migrate").create(with(&asked)).await;
        assert_eq!(answer["Status"] == "SUCCESS", goes_well, "{asked}: {answer}");
        assert_eq!(runs(&world), count, "{asked}");
    }
    // Of several only those that were taken.
    let world = world();
    script(&world, [taken(), exits(0)]);
    let asked = with(&json!({"RetryOnInterruption": true, "Count": 2}));
    let answer = Resource::new(&world, KIND, "Migrate").create(asked).await;
    assert_eq!(status(&answer), "Succeeded");
    assert_eq!(world.aws().ecs.tasks.count(), 3);
}

/// TK-16.
#[tokio::test(start_paused = true)]
async fn a_task_may_be_unknown_at_first_but_not_for_long() {
    let world = world();
    script(&world, [Script { is_missing_for: Duration::from_secs(45), ..Script::default() }]);
    assert_eq!(status(&Resource::new(&world, KIND, "Migrate").create(properties()).await), "Succeeded");
    for gone in [
        Script { is_missing_for: Duration::from_hours(2), ..Script::default() },
        Script { vanishes_after: Some(Duration::from_mins(5)), ..for_ever() },
    ] {
        script(&world, [gone]);
        let answer = Resource::new(&world, KIND, "Other").create(properties()).await;
        assert!(reason(&answer).contains("failed: ECS does not know it any more."), "{answer}");
    }
}

/// TK-17.
#[tokio::test(start_paused = true)]
async fn a_task_that_takes_too_long_is_stopped() {
    for (change, seconds) in [
        (json!({}), 900),
        (json!({"Timeout": 100, "ServiceTimeout": 220}), 100),
        // CloudFormation's patience is shorter.
        (json!({"ServiceTimeout": 120}), 68),
        (json!({"ServiceTimeout": 20}), 12),
    ] {
        let world = world();
        let logs = [("app".to_owned(), vec!["waiting for a lock".to_owned()])].into();
        script(&world, [Script { logs, ..for_ever() }]);
        let task = Resource::new(&world, KIND, "Migrate");
        let begin = world.now();
        let answer = world.ask(&task.event("Create", &with(&change), None)).await;
        let took = world.now().duration_since(begin).unwrap().as_secs();
        assert!((seconds..seconds + 40).contains(&took), "{change}: {took} s");
        assert!(took < change["ServiceTimeout"].as_u64().unwrap_or(1020), "{change}: {took} s");
        let reason = reason(&answer);
        assert!(reason.starts_with("it has not ended in ") && reason.contains(", and was stopped"), "{reason}");
        if seconds > 60 {
            assert!(reason.ends_with("Its last lines:\nwaiting for a lock"), "{reason}");
        }
        assert_eq!(world.aws().calls("ecs", "StopTask"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn without_tags_the_tasks_still_run() {
    for (code, message) in [
        ("AccessDeniedException", "is not authorized to perform: ecs:TagResource"),
        ("InvalidParameterException", "The new ARN and resource ID format must be enabled to add tags to the task."),
    ] {
        let world = world();
        world.aws().plan("ecs", "RunTask", 0, 1, Fault::Refused(Refusal::new(code, message)));
        let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
        assert_eq!(status(&answer), "Succeeded");
        let aws = world.aws();
        let asked = aws.inputs("ecs", "RunTask").last().unwrap();
        assert!(asked["tags"].is_null() && asked["propagateTags"].is_null(), "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_must_be_alone_waits_for_the_others() {
    let world = world();
    world.aws().ecs.tasks.page = 1;
    let long = Script { ends: Some((Duration::from_mins(5), Ending::default())), ..Script::default() };
    script(&world, [long.clone(), long, exits(0)]);
    let other = Resource::new(&world, KIND, "Other").event("Create", &with(&json!({"Count": 2})), None);
    let alone = Resource::new(&world, KIND, "Migrate").event("Create", &with(&json!({"Exclusive": true})), None);
    let begin = world.now();
    tokio::join!(world.run(&other, "a"), async {
        sleep(Duration::from_secs(5)).await;
        world.run(&alone, "b").await
    });
    assert!(world.now() >= begin + Duration::from_mins(6));
    let answers: Vec<Value> = world.aws().answers.iter().map(|put| put.json()["Status"].clone()).collect();
    assert_eq!(answers, ["SUCCESS", "SUCCESS"]);
    script(&world, [for_ever()]);
    let held = Resource::new(&world, KIND, "Holder").event("Create", &properties(), None);
    tokio::join!(world.run(&held, "a"), async {
        sleep(Duration::from_secs(5)).await;
        let alone = with(&json!({"Exclusive": true, "Timeout": 120, "ServiceTimeout": 240}));
        let alone = Resource::new(&world, KIND, "Late").event("Create", &alone, None);
        world.run(&alone, "b").await
    });
    let answers = world.aws().answers.clone();
    let late = answers.iter().map(oamecs_tests::stand_in::Put::json).find(|body| body["LogicalResourceId"] == "Late");
    assert!(reason(&late.unwrap()).starts_with("it has not begun in 120 s: task "), "{answers:?}");
}

/// The migration of an update that CloudFormation has given up still runs.
#[tokio::test(start_paused = true)]
async fn one_that_must_be_alone_waits_for_its_own_earlier_run() {
    let world = world();
    let lasts = |minutes| Script { ends: Some((Duration::from_mins(minutes), Ending::default())), ..Script::default() };
    let alone = |nonce: &str| with(&json!({"Exclusive": true, "Nonce": nonce}));
    let mut task = Resource::new(&world, KIND, "Migrate");
    assert_eq!(status(&task.create(alone("1")).await), "Succeeded");
    script(&world, [lasts(10), lasts(1)]);
    world.stack_is("UPDATE_IN_PROGRESS");
    let first = task.event("Update", &alone("2"), Some(&alone("1")));
    let second = task.event("Update", &alone("3"), Some(&alone("2")));
    let begin = world.now();
    tokio::join!(world.run(&first, "a"), async {
        sleep(Duration::from_mins(2)).await;
        world.run(&second, "b").await
    });
    assert_eq!((runs(&world), world.aws().ecs.tasks.count()), (3, 3));
    let took = world.now().duration_since(begin).unwrap();
    assert!(took >= Duration::from_mins(11), "{took:?}: one after the other");
    assert!(world.aws().answers.iter().all(|answer| answer.json()["Status"] == "SUCCESS"));
}

#[tokio::test(start_paused = true)]
async fn one_that_must_be_alone_does_not_run_after_itself() {
    let world = furnished(World::without_ledger());
    script(&world, [Script { ends: Some((Duration::from_mins(10), Ending::default())), ..Script::default() }]);
    let event = Resource::new(&world, KIND, "Migrate").event("Create", &with(&json!({"Exclusive": true})), None);
    let broken = tokio::time::timeout(Duration::from_mins(1), world.run(&event, "a")).await;
    assert!(broken.is_err());
    assert_eq!(status(&world.ask(&event).await), "Succeeded");
    assert_eq!(world.aws().ecs.tasks.count(), 1);
}
