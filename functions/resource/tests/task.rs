//! `Custom::OamEcsTask`: tasks, what becomes of them, and what the author reads of it.

use std::time::Duration;

use oamecs_tests::stand_in::{Ending, Fault, Placement, Refusal, Script};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::world::{Resource, World, attributes};

const KIND: &str = "Custom::OamEcsTask";
const ENDED: &str = "EssentialContainerExited";

/// A world with the family `migrate`: an essential container `app` and a sidecar `log` beside it.
pub(crate) fn world() -> World {
    furnished(World::new())
}

fn furnished(world: World) -> World {
    register(&world);
    world
}

/// Another revision of the family: its ARN.
pub(crate) fn register(world: &World) -> String {
    let log = |name: &str| {
        json!({"logDriver": "awslogs", "options": {
            "awslogs-group": "/shop", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": name,
        }})
    };
    world.aws().ecs.task_definitions.register(&json!({
        "family": "migrate", "networkMode": "awsvpc",
        "containerDefinitions": [
            {"name": "app", "image": "shop/migrate:1", "essential": true, "logConfiguration": log("jobs")},
            {"name": "log", "image": "shop/log:1", "essential": false, "logConfiguration": log("jobs")},
        ],
    }))
}

/// What most tests ask for.
pub(crate) fn properties() -> Value {
    json!({
        "ServiceToken": "arn", "ServiceTimeout": 1020, "Cluster": "main",
        "TaskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/migrate:1",
        "LaunchType": "FARGATE", "PropagateTags": "TASK_DEFINITION", "EnableECSManagedTags": true,
        "NetworkConfiguration": {"AwsvpcConfiguration": {
            "AssignPublicIp": "DISABLED", "SecurityGroups": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"],
        }},
    })
}

/// The same with other values.
pub(crate) fn with(change: &Value) -> Value {
    let mut properties = properties();
    for (name, value) in change.as_object().unwrap() {
        properties[name] = value.clone();
    }
    properties
}

/// What random lives ask for.
pub(crate) fn three_runs() -> [Value; 3] {
    ["1", "1", "2"].map(|nonce| with(&json!({"Nonce": nonce})))
}

/// What must be true after any life.
pub(crate) fn is_over(world: &World) {
    let now = world.now();
    assert_eq!(world.aws().ecs.tasks.running(now), 0);
}

/// What the next tasks of the family do, one after the other.
pub(crate) fn script(world: &World, scripts: impl IntoIterator<Item = Script>) {
    world.aws().ecs.tasks.scripts.insert("migrate".to_owned(), scripts.into_iter().collect());
}

pub(crate) fn ending(ending: Ending) -> Script {
    Script { ends: Some((Duration::from_mins(1), ending)), ..Script::default() }
}

pub(crate) fn exits(code: i32) -> Script {
    ending(Ending::new(ENDED, "Essential container in task exited").with("app", code, ""))
}

fn for_ever() -> Script {
    Script { ends: None, ..Script::default() }
}

pub(crate) fn runs(world: &World) -> usize {
    world.aws().calls("ecs", "RunTask")
}

fn reason(answer: &Value) -> String {
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    answer["Reason"].as_str().unwrap().to_owned()
}

fn status(answer: &Value) -> String {
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    attributes(answer)["Status"].clone()
}

#[tokio::test(start_paused = true)]
async fn a_task_runs_and_its_end_is_told() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    let answer = task.create(properties()).await;
    assert_eq!(answer["PhysicalResourceId"], "shop/Migrate");
    let data = attributes(&answer);
    assert_eq!(data["Status"], "Succeeded");
    assert_eq!(data["TaskArns"], format!("arn:aws:ecs:eu-west-1:123456789012:task/main/{:032x}", 1));
    assert_eq!(data["ExitCodes"], "0");
    assert!(data["StartedAt"] < data["StoppedAt"] && data["StartedAt"].starts_with("2026-11-1"), "{data:?}");
    {
        let aws = world.aws();
        let asked = aws.inputs("ecs", "RunTask").next().unwrap();
        assert_eq!(asked["clientToken"].as_str().unwrap().len(), 64);
        assert!(asked["startedBy"].as_str().unwrap().starts_with("oamecs/"));
        assert_eq!((&asked["count"], &asked["launchType"]), (&json!(1), &json!("FARGATE")));
        assert_eq!(asked["tags"][1], json!({"key": "oamecs:logical-id", "value": "Migrate"}));
        assert_eq!(asked["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"], "DISABLED");
    }
    assert_eq!(task.delete().await["Status"], "SUCCESS");
    assert_eq!((runs(&world), world.aws().calls("ecs", "StopTask")), (1, 0));
}

/// TK-10: all that ECS takes goes there, and the names of capacity providers stay apart.
#[tokio::test(start_paused = true)]
async fn what_is_asked_reaches_ecs() {
    let world = world();
    let mut asked = with(&json!({
        "Count": 2, "PlatformVersion": "1.4.0",
        "CapacityProviderStrategy": [
            {"CapacityProvider": "FARGATE", "Base": 1, "Weight": 1}, {"CapacityProvider": "FARGATE_SPOT", "Weight": 3},
        ],
        "Overrides": {
            "Cpu": "512", "Memory": "1024", "TaskRoleArn": "arn:aws:iam::123456789012:role/oamecs/x",
            "ContainerOverrides": [{
                "Name": "app", "Command": ["./migrate", "up"], "Cpu": 256,
                "Environment": [{"Name": "DEPTH", "Value": "3"}],
            }],
        },
    }));
    asked.as_object_mut().unwrap().remove("LaunchType");
    assert_eq!(status(&Resource::new(&world, KIND, "Migrate").create(asked).await), "Succeeded");
    let aws = world.aws();
    let run = aws.inputs("ecs", "RunTask").next().unwrap();
    assert_eq!(
        run["capacityProviderStrategy"],
        json!([
            {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
            {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 3},
        ])
    );
    let overrides = &run["overrides"];
    assert_eq!(overrides["containerOverrides"][0]["command"], json!(["./migrate", "up"]));
    assert_eq!(overrides["containerOverrides"][0]["environment"], json!([{"name": "DEPTH", "value": "3"}]));
    assert_eq!((&overrides["cpu"], &overrides["memory"]), (&json!("512"), &json!("1024")));
    assert_eq!(
        (&run["count"], &run["platformVersion"], &run["launchType"]),
        (&json!(2), &json!("1.4.0"), &Value::Null)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_fails_before_ecs_is_asked() {
    let strategy = json!([{"CapacityProvider": "FARGATE", "Weight": 1}]);
    for (change, expected) in [
        (json!({"Count": 0}), "`Count` is 0: 1 to 10 tasks can be run at once, and `Skip` runs none"),
        (json!({"Count": "11"}), "`Count` is 11"),
        (json!({"Count": "2.7"}), "Count: `2.7` is not a whole number"),
        (json!({"Timeout": 3481}), "`Timeout` is 3481: it is 1 to 3480 seconds"),
        (json!({"CapacityProviderStrategy": strategy}), "exclude each other"),
        (json!({"PlacementConstraints": [{"Type": "distinctInstance"}]}), "Fargate has none"),
        (json!({"LaunchType": "EC2", "PlatformVersion": "LATEST"}), "instances have none"),
        (json!({"PropagateTags": "SERVICE"}), "these tasks have no service"),
        (json!({"Subjects": ["app"], "ExitPolicy": "strict"}), "`Subjects` count with"),
        (json!({"RunWhen": "rollback", "OnRollback": "run"}), "`OnRollback` is left out"),
        (json!({"ImageTag": "2"}), "`ImageTag` is of no use without `Containers`"),
        (json!({"Skip": "perhaps"}), "`Skip` is `perhaps`, and not `true` or `false`"),
        (json!({"Cluster": " "}), "`Cluster` is empty"),
    ] {
        let world = world();
        let answer = Resource::new(&world, KIND, "Migrate").create(with(&change)).await;
        assert!(reason(&answer).contains(expected), "{change}: {answer}");
        assert!(answer["PhysicalResourceId"].as_str().unwrap().starts_with("OamEcs::CreateFailed/"));
        assert!(world.aws().inputs("ecs", "DescribeTaskDefinition").next().is_none(), "{change}");
    }
    // What only the task definition shows.
    for (change, expected) in [
        (
            json!({"TaskDefinition": "migrations"}),
            "there is no task definition `migrations`: ClientException: Unable to describe task definition.",
        ),
        (json!({"Subjects": ["ap"]}), "has no container `ap`: its containers are `app`, `log`"),
        (json!({"Overrides": {"ContainerOverrides": [{"Name": "job"}]}}), "has no container `job`"),
        (json!({"NetworkConfiguration": null}), "say in which subnets, by `NetworkConfiguration`"),
    ] {
        let world = world();
        let mut asked = with(&change);
        asked.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let answer = Resource::new(&world, KIND, "Migrate").create(asked).await;
        assert!(reason(&answer).contains(expected), "{change}: {answer}");
        assert_eq!(runs(&world), 0);
    }
}

/// TK-14, TK-29.
#[tokio::test(start_paused = true)]
async fn a_failure_says_which_task_why_and_what_it_logged_last() {
    let world = world();
    let lines = ["connecting", "\u{1b}[31mERROR\u{1b}[0m table `orders` exists"].map(str::to_owned);
    script(&world, [Script { logs: [("app".to_owned(), lines.to_vec())].into(), ..exits(1) }]);
    let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
    let id = format!("{:032x}", 1);
    assert_eq!(
        reason(&answer),
        format!(
            "task {id} of migrate:1 failed: its container `app` exited with 1: Essential container in task exited. \
             Its log: aws logs tail /shop --log-stream-names jobs/app/{id}\nIts last lines:\n\
             connecting\nERROR table `orders` exists"
        )
    );
    assert!(answer["PhysicalResourceId"].as_str().unwrap().starts_with("OamEcs::CreateFailed/"), "nothing is left");
    assert_eq!(world.aws().calls("ecs", "ListTasks"), 0, "there is nothing to delete");

    for ending in [
        Ending::new(ENDED, "Essential container in task exited").with("app", None, "OutOfMemoryError: killed"),
        Ending::new("TaskFailedToStart", "").with("app", None, "CannotPullContainerError: no such image"),
    ] {
        let told = ending.containers["app"].1;
        script(&world, [self::ending(ending)]);
        let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
        assert!(reason(&answer).contains(told), "{answer}");
    }
    assert_eq!(runs(&world), 3, "none is repeated");
}

/// TK-29.
#[tokio::test(start_paused = true)]
async fn a_long_log_fits_into_the_answer() {
    for line in ["日本語ログ😀".repeat(700), "\u{1}\u{2}\"\\".repeat(3000), "x".repeat(10_000)] {
        let world = world();
        let lines = vec!["first".to_owned(), line.clone(), line, "the very end".to_owned()];
        script(&world, [Script { logs: [("app".to_owned(), lines)].into(), ..exits(1) }]);
        let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
        let reason = reason(&answer);
        assert!(reason.starts_with("task 0") && reason.ends_with("the very end"), "{reason}");
        assert!(reason.contains("aws logs tail /shop"), "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_that_cannot_be_read_is_named() {
    let world = world();
    world.aws().plan("logs", "GetLogEvents", 0, 1, Fault::Refused(Refusal::new("AccessDeniedException", "no")));
    script(&world, [exits(1)]);
    let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
    let stream = format!("jobs/app/{:032x}", 1);
    assert!(reason(&answer).ends_with(&format!("aws logs tail /shop --log-stream-names {stream}")), "{answer}");
    // It is another Region's, and named by the machine.
    world.aws().ecs.task_definitions.register(&json!({
        "family": "migrate",
        "containerDefinitions": [{"name": "app", "image": "x", "logConfiguration": {
            "logDriver": "awslogs", "options": {"awslogs-group": "/shop", "awslogs-region": "us-east-1"},
        }}],
    }));
    let answer = Resource::new(&world, KIND, "Other").create(with(&json!({"TaskDefinition": "migrate"}))).await;
    let stream = format!("{:032x}-app", 2);
    assert!(reason(&answer).ends_with(&format!("--log-stream-names {stream} --region us-east-1")), "{answer}");
}

/// TK-15.
#[tokio::test(start_paused = true)]
async fn what_counts_as_failed_is_chosen() {
    let killed = || ending(Ending::new(ENDED, "Essential container in task exited").with("log", 137, ""));
    for (change, goes_well) in [
        (json!({}), true),
        (json!({"ExitPolicy": "subject"}), true),
        (json!({"Subjects": ["app"]}), true),
        (json!({"Subjects": ["log"]}), false),
        (json!({"ExitPolicy": "essential"}), true),
        (json!({"ExitPolicy": "strict"}), false),
    ] {
        let world = world();
        script(&world, [killed()]);
        let answer = Resource::new(&world, KIND, "Migrate").create(with(&change)).await;
        assert_eq!(answer["Status"] == "SUCCESS", goes_well, "{change}: {answer}");
    }
}

/// TK-28.
#[tokio::test(start_paused = true)]
async fn a_failure_may_count_for_nothing() {
    let world = world();
    script(&world, [exits(4)]);
    let mut task = Resource::new(&world, KIND, "Warm");
    let answer = task.create(with(&json!({"OnFailure": "ignore"}))).await;
    assert_eq!(status(&answer), "Failed");
    assert_eq!(attributes(&answer)["ExitCodes"], "4");
    world.aws().ecs.tasks.placements = vec![Placement { placed: 0, reason: "ATTRIBUTE".to_owned() }].into();
    let answer = task.update(with(&json!({"OnFailure": "ignore", "Nonce": "2"}))).await;
    assert_eq!(status(&answer), "Failed");
}

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

#[tokio::test(start_paused = true)]
async fn a_task_that_somebody_stops_has_failed() {
    let world = world();
    script(&world, [ending(Ending::new("UserInitiated", "Task stopped by ops"))]);
    let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
    assert!(reason(&answer).contains("failed: somebody stopped it: Task stopped by ops."), "{answer}");
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

/// TK-05 to TK-08 for tasks.
#[tokio::test(start_paused = true)]
async fn a_copy_runs_with_another_image() {
    let world = world();
    let asked = with(&json!({"TaskDefinition": "migrate", "Containers": [{"Name": "app"}], "ImageTag": "2"}));
    let mut task = Resource::new(&world, KIND, "Migrate");
    assert_eq!(status(&task.create(asked.clone()).await), "Succeeded");
    let copied = world.aws().ecs.task_definitions.find("migrate").unwrap().0.clone();
    assert_eq!(
        (&copied["revision"], &copied["containerDefinitions"][0]["image"]),
        (&json!(2), &json!("shop/migrate:2"))
    );
    let ran = world.aws().inputs("ecs", "RunTask").next().unwrap()["taskDefinition"].clone();
    assert_eq!(ran, copied["taskDefinitionArn"]);
    let wrong = with(&json!({"TaskDefinition": "migrate", "Containers": [{"Name": "ap"}], "ImageTag": "2"}));
    assert!(reason(&task.update(wrong).await).contains("no container `ap`"));
}

#[tokio::test(start_paused = true)]
async fn nothing_runs_that_is_skipped() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    let answer = task.create(with(&json!({"Skip": "true"}))).await;
    assert_eq!(status(&answer), "Skipped");
    assert_eq!(attributes(&answer)["TaskArns"], "", "what a template may ask for is there");
    assert_eq!(runs(&world), 0);
    assert_eq!(status(&task.update(with(&json!({"Skip": "False"}))).await), "Succeeded");
}

#[tokio::test(start_paused = true)]
async fn a_change_runs_again_and_another_spelling_does_not() {
    let world = world();
    let mut task = Resource::new(&world, KIND, "Migrate");
    let first = task.create(properties()).await;
    let answer = task.update(with(&json!({"EnableECSManagedTags": "True", "ServiceTimeout": 1100}))).await;
    assert_eq!((&answer["Data"], runs(&world)), (&first["Data"], 1));
    let arn = register(&world);
    let answer = task.update(with(&json!({"TaskDefinition": arn}))).await;
    assert_eq!((status(&answer).as_str(), runs(&world)), ("Succeeded", 2));
    assert_eq!(answer["PhysicalResourceId"], first["PhysicalResourceId"], "another name would delete it");
    let answer = task.update(with(&json!({"TaskDefinition": arn, "Nonce": "request-3"}))).await;
    assert_eq!((status(&answer).as_str(), runs(&world)), ("Succeeded", 3));
}
