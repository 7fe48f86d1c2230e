//! `Custom::OamEcsTask` while its stack goes back, gives up, or goes: every row of what CloudFormation does then.

use std::time::Duration;

use oamecs_tests::stand_in::{Ending, Fault, Put, Refusal, Script};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::task::{exits, properties, register, runs, script, with, world};
use crate::world::{Resource, World, attributes};

const KIND: &str = "Custom::OamEcsTask";

fn for_ever() -> Script {
    Script { ends: None, ..Script::default() }
}

fn lasts(minutes: u64) -> Script {
    Script { ends: Some((Duration::from_mins(minutes), Ending::default())), ..Script::default() }
}

fn status(answer: &Value) -> String {
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    attributes(answer)["Status"].clone()
}

fn answer_to(world: &World, event: &Value) -> Value {
    let answers: Vec<Value> = world.aws().answers.iter().map(Put::json).collect();
    let found: Vec<&Value> = answers.iter().filter(|body| body["RequestId"] == event["RequestId"]).collect();
    let [answer] = found.as_slice() else { panic!("{} answers to {event}", found.len()) };
    (*answer).clone()
}

fn running(world: &World) -> usize {
    let now = world.now();
    world.aws().ecs.tasks.running(now)
}

/// TK-20: a task fails as the stack is made.
#[tokio::test(start_paused = true)]
async fn what_fails_as_it_is_made_is_deleted_without_a_trace() {
    let world = world();
    script(&world, [exits(1)]);
    let mut task = Resource::new(&world, KIND, "Migrate");
    // Its deletion, which has to go well, is part of this.
    let answer = task.create(with(&json!({"OnDelete": "run"}))).await;
    assert_eq!(answer["Status"], "FAILED");
    assert_eq!((runs(&world), world.aws().calls("ecs", "StopTask")), (1, 0));
}

/// TK-19: a task fails as the stack changes, and goes back.
#[tokio::test(start_paused = true)]
async fn what_fails_as_it_changes_goes_back_without_a_run() {
    let world = world();
    script(&world, [exits(0), exits(1), exits(0)]);
    let mut task = Resource::new(&world, KIND, "Migrate");
    task.create(with(&json!({"Nonce": "9"}))).await;
    // The nonce of before may be greater or less.
    for nonce in ["5", "b"] {
        script(&world, [exits(1)]);
        let before = runs(&world);
        let answer = task.update(with(&json!({"Nonce": nonce}))).await;
        assert_eq!(answer["Status"], "FAILED");
        assert_eq!(runs(&world), before + 1, "the way back runs nothing");
    }
    script(&world, [exits(0)]);
    assert_eq!(status(&task.update(with(&json!({"Nonce": "5"}))).await), "Succeeded");
}

/// TK-19: a service fails after the task went well.
#[tokio::test(start_paused = true)]
async fn what_went_well_goes_back_without_a_run() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    task.create(properties()).await;
    task.update(with(&json!({"Nonce": "2"}))).await;
    let answer = task.roll_back(properties()).await;
    assert_eq!((status(&answer).as_str(), runs(&world)), ("SkippedRollback", 2));
    // The next change is one again.
    assert_eq!(status(&task.update(with(&json!({"Nonce": "2"}))).await), "Succeeded");
    assert_eq!(runs(&world), 3);
}

#[tokio::test(start_paused = true)]
async fn a_task_may_run_on_the_way_back() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    let asked = |nonce: &str| with(&json!({"OnRollback": "run", "Nonce": nonce}));
    task.create(asked("1")).await;
    task.update(asked("2")).await;
    assert_eq!(status(&task.roll_back(asked("1")).await), "Succeeded");
    assert_eq!(runs(&world), 3);
    // What fails then must not keep the stack from going back.
    task.update(asked("2")).await;
    script(&world, [exits(1)]);
    assert_eq!(status(&task.roll_back(asked("1")).await), "Failed");
    script(&world, [for_ever()]);
    task.properties = asked("2");
    assert_eq!(status(&task.roll_back(asked("1")).await), "Failed");
    assert_eq!(running(&world), 0);
}

/// The task that undoes a migration comes with the migration: it is the new one that runs when the stack leaves it.
#[tokio::test(start_paused = true)]
async fn what_undoes_runs_on_the_way_back_only() {
    let world = world();
    let second = register(&world);
    let mut undo = Resource::new(&world, KIND, "Undo");
    let first = with(&json!({"RunWhen": "rollback"}));
    assert_eq!(status(&undo.create(first.clone()).await), "Skipped");
    let changed = with(&json!({"RunWhen": "rollback", "TaskDefinition": second}));
    assert_eq!(status(&undo.update(changed).await), "Skipped");
    assert_eq!(runs(&world), 0);
    assert_eq!(status(&undo.roll_back(first).await), "Succeeded");
    let aws = world.aws();
    let ran: Vec<&Value> = aws.inputs("ecs", "RunTask").map(|input| &input["taskDefinition"]).collect();
    assert_eq!(ran, [&json!(second)]);
}

/// The user cancels the update while the migration runs.
#[tokio::test(start_paused = true)]
async fn a_migration_that_runs_is_left_to_end_before_the_stack_goes_on_back() {
    for (script_, minutes, left) in [(lasts(8), 6, 0), (for_ever(), 15, 0)] {
        let world = world();
        let mut task = Resource::new(&world, KIND, "Migrate");
        task.create(properties()).await;
        script(&world, [script_]);
        let changed = with(&json!({"Nonce": "2"}));
        world.stack_is("UPDATE_IN_PROGRESS");
        let forward = task.event("Update", &changed, Some(&properties()));
        let back = task.event("Update", &properties(), Some(&changed));
        let (begin, mut took) = (world.now(), Duration::ZERO);
        tokio::join!(world.run(&forward, "a"), async {
            sleep(Duration::from_mins(2)).await;
            world.stack_is("UPDATE_ROLLBACK_IN_PROGRESS");
            world.deliver(&back).await;
            took = world.now().duration_since(begin).unwrap();
        });
        assert_eq!(status(&answer_to(&world, &back)), "SkippedRollback");
        assert!(took >= Duration::from_mins(minutes), "{took:?}");
        assert_eq!((runs(&world), running(&world)), (2, left));
    }
}

/// Nobody takes the event back that still waits for room.
#[tokio::test(start_paused = true)]
async fn what_the_stack_gave_up_is_not_started_later() {
    let world = world();
    let short = oamecs_tests::stand_in::Placement { placed: 0, reason: "RESOURCE:CPU".to_owned() };
    world.aws().ecs.tasks.placements = (0..10).map(|_| short.clone()).collect();
    let event = Resource::new(&world, KIND, "Migrate").event("Create", &properties(), None);
    tokio::join!(world.run(&event, "a"), async {
        sleep(Duration::from_secs(40)).await;
        world.stack_is("ROLLBACK_IN_PROGRESS");
        sleep(Duration::from_mins(3)).await;
    });
    let answer = answer_to(&world, &event);
    assert!(answer["Reason"].as_str().unwrap().contains("the stack is ROLLBACK_IN_PROGRESS now"), "{answer}");
    assert_eq!(world.aws().ecs.tasks.count(), 0);
}

/// `--disable-rollback`: the stack stays as it failed, and the next update is one like others.
#[tokio::test(start_paused = true)]
async fn without_rollback_what_failed_runs_again() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    task.create(properties()).await;
    script(&world, [exits(1)]);
    world.stack_is("UPDATE_IN_PROGRESS");
    let changed = with(&json!({"Nonce": "2"}));
    let failed = world.ask(&task.event("Update", &changed, Some(&properties()))).await;
    assert_eq!(failed["Status"], "FAILED");
    world.stack_is("UPDATE_FAILED");
    script(&world, [exits(0)]);
    // Whichever properties CloudFormation calls the old ones.
    for old in [&changed, &properties()] {
        world.stack_is("UPDATE_IN_PROGRESS");
        let before = runs(&world);
        let answer = world.ask(&task.event("Update", &changed, Some(old))).await;
        assert_eq!(status(&answer), "Succeeded");
        assert_eq!(runs(&world), before + 1);
    }
}

/// The stack is deleted while the task runs.
#[tokio::test(start_paused = true)]
async fn what_runs_is_stopped_when_the_stack_goes() {
    for (stops_in, at_most) in [(20, 30), (600, 75)] {
        let world = world();
        script(&world, [Script { stops_in: Duration::from_secs(stops_in), ..for_ever() }]);
        let mut task = Resource::new(&world, KIND, "Migrate");
        let create = task.event("Create", &properties(), None);
        // What CloudFormation calls it that never had an answer.
        task.physical_id = Some("shop-Migrate-1A2B3C".to_owned());
        let delete = task.event("Delete", &properties(), None);
        let mut took = Duration::ZERO;
        tokio::join!(world.run(&create, "a"), async {
            sleep(Duration::from_mins(5)).await;
            world.stack_is("DELETE_IN_PROGRESS");
            let begin = world.now();
            world.run(&delete, "b").await;
            took = world.now().duration_since(begin).unwrap();
        });
        assert_eq!(answer_to(&world, &delete)["Status"], "SUCCESS");
        assert!(took >= Duration::from_secs(stops_in.min(45)) && took < Duration::from_secs(at_most), "{took:?}");
        if stops_in == 20 {
            assert_eq!(answer_to(&world, &create)["Status"], "FAILED");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_may_run_when_the_resource_goes() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Backup");
    task.create(with(&json!({"OnDelete": "run"}))).await;
    assert_eq!(status(&task.delete().await), "Succeeded");
    assert_eq!(runs(&world), 2);
    let mut task = Resource::new(&world, KIND, "Other");
    task.create(with(&json!({"OnDelete": "run"}))).await;
    script(&world, [exits(1)]);
    let answer = task.delete().await;
    assert_eq!(answer["Status"], "FAILED", "what it was to save is not saved: {answer}");
    task.properties = with(&json!({"OnDelete": "run", "OnFailure": "ignore"}));
    assert_eq!(status(&task.delete().await), "Failed");
    // What is only undone was never there.
    let before = runs(&world);
    world.stack_is("ROLLBACK_IN_PROGRESS");
    let undone = world.ask(&task.event("Delete", &with(&json!({"OnDelete": "run"})), None)).await;
    assert_eq!((undone["Status"].as_str(), runs(&world)), (Some("SUCCESS"), before));
}

#[tokio::test(start_paused = true)]
async fn deletion_does_not_depend_on_what_is_gone_already() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    task.create(properties()).await;
    let gone = Refusal::new("ClusterNotFoundException", "Cluster not found.");
    world.aws().plan("ecs", "ListTasks", 0, 100, Fault::Refused(gone));
    assert_eq!(task.delete().await["Status"], "SUCCESS");
    task.properties = json!({"Nonsense": 1});
    assert_eq!(task.delete().await["Status"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn whether_the_stack_goes_back_has_to_be_known() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    task.create(properties()).await;
    world.aws().plan("cloudformation", "DescribeStacks", 0, 20, Fault::Broken);
    assert_eq!(status(&task.update(with(&json!({"Nonce": "2"}))).await), "Succeeded");
    world.stack_is("UPDATE_IN_PROGRESS");
    world.aws().plan("cloudformation", "DescribeStacks", 0, 10_000, Fault::Broken);
    let answer = world.ask(&task.event("Update", &with(&json!({"Nonce": "3"})), Some(&properties()))).await;
    assert!(answer["Reason"].as_str().unwrap().contains("does not say whether the stack goes back"), "{answer}");
    assert_eq!(runs(&world), 2);
}

/// ECS is out of order while the stack goes back.
#[tokio::test(start_paused = true)]
async fn no_fault_keeps_a_stack_from_going_back() {
    for fault in [Fault::Throttled, Fault::Broken, Fault::Silent, Fault::Lost] {
        for asked in [json!({}), json!({"OnRollback": "run"})] {
            let world = world();
            let mut task = Resource::new(&world, KIND, "Migrate");
            task.create(with(&asked)).await;
            task.properties = with(&json!({"Nonce": "2"}));
            world.aws().plan("ecs", "*", 0, 10_000, fault.clone());
            let answer = task.roll_back(with(&asked)).await;
            assert_eq!(answer["Status"], "SUCCESS", "{fault:?} {asked}: {answer}");
        }
    }
}
