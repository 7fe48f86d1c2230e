//! `Custom::OamEcsTask`: tasks, what becomes of them, and what the author reads of it.

use std::time::Duration;

use oamecs_tests::stand_in::{Ending, Fault, Placement, Refusal, Script};
use serde_json::{Value, json};

use crate::world::{Resource, World, attributes};

const KIND: &str = "Custom::OamEcsTask";
const ENDED: &str = "EssentialContainerExited";

/// A world with the family `migrate`: an essential container `app` and a sidecar `log` beside it.
pub(crate) fn world() -> World {
    furnished(World::new())
}

pub(crate) fn furnished(world: World) -> World {
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

pub(crate) fn for_ever() -> Script {
    Script { ends: None, ..Script::default() }
}

pub(crate) fn runs(world: &World) -> usize {
    world.aws().calls("ecs", "RunTask")
}

pub(crate) fn reason(answer: &Value) -> String {
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    answer["Reason"].as_str().unwrap().to_owned()
}

pub(crate) fn status(answer: &Value) -> String {
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

#[tokio::test(start_paused = true)]
async fn a_task_that_somebody_stops_has_failed() {
    let world = world();
    script(&world, [ending(Ending::new("UserInitiated", "Task stopped by ops"))]);
    let answer = Resource::new(&world, KIND, "Migrate").create(properties()).await;
    assert!(reason(&answer).contains("failed: somebody stopped it: Task stopped by ops."), "{answer}");
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
    // Two switches in one: either is enough.
    assert_eq!(status(&task.update(with(&json!({"Skip": "false,true"}))).await), "Skipped");
    assert_eq!(runs(&world), 0);
    assert_eq!(status(&task.update(with(&json!({"Skip": "False,false"}))).await), "Succeeded");
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

/// TK-09.
#[tokio::test(start_paused = true)]
async fn a_task_definition_is_named_in_any_of_its_forms() {
    let prefix = "arn:aws:ecs:eu-west-1:123456789012:task-definition/";
    for (name, revision) in [
        ("migrate", 2),
        ("migrate:1", 1),
        ("migrate:2", 2),
        ("arn:aws:ecs:eu-west-1:123456789012:task-definition/migrate", 2),
        ("arn:aws:ecs:eu-west-1:123456789012:task-definition/migrate:1", 1),
    ] {
        let world = world();
        register(&world);
        let asked = with(&json!({"TaskDefinition": name}));
        assert_eq!(status(&Resource::new(&world, KIND, "Migrate").create(asked).await), "Succeeded", "{name}");
        let copied = with(&json!({"TaskDefinition": name, "Containers": [{"Name": "app"}], "ImageTag": "2"}));
        assert_eq!(status(&Resource::new(&world, KIND, "Copy").create(copied).await), "Succeeded", "{name}");
        let aws = world.aws();
        let ran: Vec<&Value> = aws.inputs("ecs", "RunTask").map(|input| &input["taskDefinition"]).collect();
        // What runs has its revision, whatever is registered meanwhile.
        assert_eq!(
            ran,
            [&json!(format!("{prefix}migrate:{revision}")), &json!(format!("{prefix}migrate:3"))],
            "{name}"
        );
        // As ECS itself is asked: it takes all of them.
        let described: Vec<&Value> = aws.inputs("ecs", "DescribeTaskDefinition").collect();
        assert_eq!(described[0]["taskDefinition"], name);
    }
    for name in ["migrate:3", "arn:aws:ecs:eu-west-1:123456789012:task-definition/migrations:1"] {
        let answer = Resource::new(&world(), KIND, "Migrate").create(with(&json!({"TaskDefinition": name}))).await;
        assert!(reason(&answer).starts_with(&format!("there is no task definition `{name}`: ")), "{answer}");
    }
}
