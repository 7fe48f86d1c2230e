//! `Custom::OamEcsRollout`.

use std::time::Duration;

use oamecs_tests::stand_in::{Course, Fault, Running};
use serde_json::{Value, json};

use crate::world::{Resource, STACK, World, attributes};

const KIND: &str = "Custom::OamEcsRollout";
pub(crate) const DEFINITIONS: &str = "arn:aws:ecs:eu-west-1:123456789012:task-definition/";

/// A service that runs `repo/api:1` with a sidecar, made by somebody else.
pub(crate) fn world() -> World {
    let world = World::new();
    {
        let mut aws = world.aws();
        let arn = aws.ecs.task_definitions.register(&json!({
            "family": "api",
            "containerDefinitions": [
                {"name": "api", "image": "repo/api:1", "restartPolicy": {"enabled": true}},
                {"name": "log", "image": "fluent/fluent-bit@sha256:0", "essential": false},
            ],
            "enableFaultInjection": true,
            "tags": [{"key": "team", "value": "shop"}, {"key": "aws:cloudformation:stack-name", "value": "theirs"}],
        }));
        aws.ecs.services.services.insert("main/api".to_owned(), Running::new(&arn));
    }
    world
}

/// What random lives ask for.
pub(crate) fn three_tags() -> [Value; 3] {
    ["2", "3", "4"]
        .map(|tag| with(properties(tag), &json!({"OnDelete": "restore", "MaxWait": 300, "Force": tag == "3"})))
}

/// What must be true after any life.
pub(crate) fn is_forgotten(world: &World) {
    let left: Vec<String> =
        world.aws().tables.items.keys().filter(|key| key.starts_with("resource/")).cloned().collect();
    assert!(left.is_empty(), "{left:?}");
    let runs = runs(world);
    let (definition, _) = world.aws().ecs.task_definitions.find(&runs).unwrap().clone();
    assert!(definition["enableFaultInjection"] == true, "{runs} is a copy of what there was");
}

pub(crate) fn properties(tag: &str) -> Value {
    json!({
        "ServiceToken": "arn", "ServiceTimeout": 1020,
        "Cluster": "main", "Service": "api", "Containers": [{"Name": "api"}], "ImageTag": tag,
    })
}

pub(crate) fn with(mut properties: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        properties[name] = value.clone();
    }
    properties
}

pub(crate) fn next(world: &World, course: Course) {
    world.aws().ecs.services.of("main/api").courses.push_back(course);
}

pub(crate) fn runs(world: &World) -> String {
    world.aws().ecs.services.of("main/api").task_definition().trim_start_matches(DEFINITIONS).to_owned()
}

fn updates(world: &World) -> Vec<Value> {
    world.aws().inputs("ecs", "UpdateService").cloned().collect()
}

pub(crate) fn reason(answer: &Value) -> &str {
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    answer["Reason"].as_str().unwrap()
}

pub(crate) fn succeeded(answer: &Value) -> std::collections::BTreeMap<String, String> {
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    attributes(answer)
}

/// TK-08, TK-23, TK-30.
#[tokio::test(start_paused = true)]
async fn a_copy_with_another_image_is_rolled_out() {
    let world = world();
    let mut rollout = Resource::new(&world, KIND, "Api");
    let data = succeeded(&rollout.create(properties("2")).await);
    assert_eq!(data["Status"], "Completed");
    assert_eq!(data["TaskDefinitionArn"], format!("{DEFINITIONS}api:2"));
    assert_eq!(data["DeploymentId"], "ecs-svc/2");
    assert_eq!(rollout.physical_id.as_deref(), Some(format!("{STACK}/Api/main/api").as_str()));

    let update = json!({
        "cluster": "main", "service": "api", "taskDefinition": format!("{DEFINITIONS}api:2"), "forceNewDeployment": false,
    });
    assert_eq!(updates(&world), [update], "nothing else of the service is touched");
    {
        let aws = world.aws();
        let registered: Vec<&Value> = aws.inputs("ecs", "RegisterTaskDefinition").collect();
        let expected = json!({
            "family": "api",
            "containerDefinitions": [
                {"name": "api", "image": "repo/api:2", "restartPolicy": {"enabled": true}},
                {"name": "log", "image": "fluent/fluent-bit@sha256:0", "essential": false},
            ],
            "enableFaultInjection": true,
            "tags": [{"key": "team", "value": "shop"}, {"key": "oamecs:request", "value": "Api-1"}],
        });
        assert_eq!(registered, [&expected]);
    }

    let data = succeeded(&rollout.update(with(properties("3"), &json!({"WaitFor": "drained"}))).await);
    assert_eq!((data["Status"].as_str(), runs(&world).as_str()), ("Completed", "api:3"));
    assert_eq!(world.aws().ecs.services.of("main/api").count(), 3);
    // By ARN it is the same rollout.
    let by_arn = json!({
        "Cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
        "Service": "arn:aws:ecs:eu-west-1:123456789012:service/main/api",
    });
    let data = succeeded(&rollout.update(with(properties("3"), &by_arn)).await);
    assert_eq!(data["Status"], "NoChange");
    assert_eq!(succeeded(&rollout.delete().await).len(), 0);
    assert_eq!(runs(&world), "api:3", "it is left as it is");
}

/// TK-24.
#[tokio::test(start_paused = true)]
async fn without_a_change_only_force_deploys() {
    let world = world();
    let mut rollout = Resource::new(&world, KIND, "Api");
    let data = succeeded(&rollout.create(properties("1")).await);
    assert_eq!(
        (data["Status"].as_str(), data["TaskDefinitionArn"].as_str()),
        ("NoChange", &*format!("{DEFINITIONS}api:1"))
    );
    assert!(updates(&world).is_empty());
    let data = succeeded(&rollout.update(with(properties("1"), &json!({"Force": true, "Nonce": "a"}))).await);
    assert_eq!(data["Status"], "Completed");
    let updates = updates(&world);
    assert_eq!(updates[0]["taskDefinition"], format!("{DEFINITIONS}api:1"));
    assert_eq!(updates[0]["forceNewDeployment"], true);
    assert_eq!(world.aws().calls("ecs", "RegisterTaskDefinition"), 0);
    // Nothing is undone, as it runs what it ran.
    assert_eq!(succeeded(&rollout.roll_back(properties("1")).await)["Status"], "Restored");
    assert_eq!(updates.len(), world.aws().calls("ecs", "UpdateService"));
}

/// TK-22.
#[tokio::test(start_paused = true)]
async fn a_deployment_that_the_circuit_breaker_rolls_back_has_failed() {
    for has_history in [true, false] {
        let world = world();
        next(&world, Course::Fails { after: Duration::from_mins(4), rolls_back: true });
        {
            let now = world.now();
            let mut aws = world.aws();
            let service = aws.ecs.services.of("main/api");
            service.has_history = has_history;
            service.events =
                (1..=7).map(|n| (now + Duration::from_secs(n * 30), format!("(service api) event {n}."))).collect();
            service.events.insert(0, (now - Duration::from_mins(10), "(service api) of yesterday.".to_owned()));
            let task = |id: &str, by: &str, reason: &str| {
                json!({
                    "taskArn": format!("arn:aws:ecs:eu-west-1:123456789012:task/main/{id}"), "startedBy": by,
                    "stoppedReason": reason, "stoppedAt": 1_795_000_100,
                    "containers": [{"name": "api", "reason": "CannotPullContainerError: no such tag"}, {"name": "log", "exitCode": 137}],
                })
            };
            service.stopped = vec![
                task("1", "ecs-svc/2", "Task failed to start"),
                task("2", "ecs-svc/2", "Task failed to start"),
                task("3", "ecs-svc/1", "Scaling activity"),
            ];
        }
        let mut rollout = Resource::new(&world, KIND, "Api");
        let answer = rollout.create(properties("2")).await;
        let reason = reason(&answer);
        assert!(
            reason.contains("circuit breaker") && reason.starts_with("the rollout of the service `api` failed: "),
            "{reason}"
        );
        assert!(reason.contains("event 7. (service api) event 6.") && reason.contains("event 3."), "{reason}");
        assert!(
            !reason.contains("event 2.") && !reason.contains("yesterday") && !reason.contains("Scaling"),
            "{reason}"
        );
        assert_eq!(reason.matches("CannotPullContainerError: no such tag").count(), 1, "{reason}");
        assert!(reason.ends_with("(container log ended with 137)"), "{reason}");
        assert_eq!(runs(&world), "api:1");
        assert_eq!(updates(&world).len(), 1, "ECS itself went back");
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_deployment_ends_it() {
    let world = world();
    next(&world, Course::Hangs);
    let arn = world.aws().ecs.task_definitions.register(&json!({"family": "api", "containerDefinitions": []}));
    let mut rollout = Resource::new(&world, KIND, "Api");
    let theirs = async {
        tokio::time::sleep(Duration::from_mins(3)).await;
        let now = world.now();
        world.aws().ecs.services.of("main/api").deploy_now(&arn, now);
    };
    let (answer, ()) = tokio::join!(rollout.create(properties("2")), theirs);
    let reason = reason(&answer);
    assert!(reason.contains("it was stopped") || reason.contains("another deployment took its place"), "{reason}");
    assert_eq!(runs(&world), "api:2", "what they deployed stays");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_remembered_is_not_done() {
    let world = world();
    world.aws().plan("dynamodb", "PutItem", 0, 1000, Fault::Broken);
    let answer = Resource::new(&world, KIND, "Api").create(properties("2")).await;
    assert!(reason(&answer).starts_with("the service was left alone"), "{answer}");
    assert!(updates(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_takes_too_long_is_stopped() {
    for has_history in [true, false] {
        let world = world();
        next(&world, Course::Hangs);
        world.aws().ecs.services.of("main/api").has_history = has_history;
        let before = world.now();
        let mut rollout = Resource::new(&world, KIND, "Api");
        let answer = rollout.create(with(properties("2"), &json!({"MaxWait": 300}))).await;
        let waited = world.now().duration_since(before).unwrap().as_secs();
        assert!((300..420).contains(&waited), "{waited}: with the way back");
        let reason = reason(&answer);
        assert!(reason.starts_with("the rollout of the service `api` is not complete after 30"), "{reason}");
        assert!(reason.contains("it goes back to what it ran"), "{reason}");
        assert_eq!(world.aws().calls("ecs", "StopServiceDeployment"), usize::from(has_history));
        assert_eq!(runs(&world), "api:1");
    }
}

/// TK-21.
#[tokio::test(start_paused = true)]
async fn three_runs_of_the_function_wait_for_one_deployment() {
    let world = world();
    next(&world, Course::Completes(Duration::from_mins(50)));
    let mut rollout = Resource::new(&world, KIND, "Api");
    let asked = with(properties("2"), &json!({"MaxWait": 3480, "ServiceTimeout": 3600}));
    assert_eq!(succeeded(&rollout.create(asked).await)["Status"], "Completed");
    assert!(world.aws().calls("lambda", "Invoke") >= 3);
    assert_eq!(updates(&world).len(), 1);
    assert_eq!(world.aws().answers.len(), 1);
}

/// TK-25.
#[tokio::test(start_paused = true)]
async fn a_missing_service_fails_or_is_skipped() {
    let world = world();
    let missing = with(properties("2"), &json!({"Service": "apy"}));
    let answer = Resource::new(&world, KIND, "Missing").create(missing.clone()).await;
    assert!(reason(&answer).starts_with("there is no active service `apy` in the cluster `main`: make it"), "{answer}");
    let skipped = with(missing, &json!({"OnMissing": "skip"}));
    assert_eq!(succeeded(&Resource::new(&world, KIND, "Skipped").create(skipped).await)["Status"], "Missing");
    world.aws().ecs.services.of("main/api").status = "DRAINING";
    let answer = Resource::new(&world, KIND, "Draining").create(properties("2")).await;
    assert!(reason(&answer).contains("no active service `api`"), "{answer}");
    let nowhere = with(properties("2"), &json!({"Cluster": "mian", "OnMissing": "skip"}));
    let answer = Resource::new(&world, KIND, "Nowhere").create(nowhere).await;
    assert_eq!(reason(&answer), "there is no cluster `mian`: correct the name");
}

/// TK-26.
#[tokio::test(start_paused = true)]
async fn what_others_deploy_is_refused() {
    for controller in ["CODE_DEPLOY", "EXTERNAL"] {
        let world = world();
        world.aws().ecs.services.of("main/api").controller = Some(controller);
        let answer = Resource::new(&world, KIND, "Api").create(properties("2")).await;
        assert!(reason(&answer).contains(controller), "{answer}");
        assert!(updates(&world).is_empty());
    }
}

/// TK-07.
#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_an_image_is_said_before_anything_is_done() {
    let world = world();
    for (wrong, text) in [
        (json!({"Containers": [{"Name": "apl"}]}), "it has no container `apl`: its containers are `api`, `log`"),
        (json!({"ImageTag": "two words"}), "container `api`: `two words` is no tag of an image"),
        (json!({"ImageTag": ""}), "no tag is given for the image of its container `api`"),
        (json!({"Skip": "maybe"}), "`Skip` is `maybe`, and must be `true` or `false`"),
    ] {
        let answer = Resource::new(&world, KIND, "Api").create(with(properties("2"), &wrong)).await;
        assert!(reason(&answer).contains(text), "{answer}");
    }
    assert!(updates(&world).is_empty());
    assert_eq!(world.aws().calls("ecs", "RegisterTaskDefinition"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_can_be_ignored() {
    let world = world();
    next(&world, Course::Fails { after: Duration::from_mins(1), rolls_back: true });
    let asked = with(properties("2"), &json!({"OnFailure": "ignore"}));
    let data = succeeded(&Resource::new(&world, KIND, "Api").create(asked).await);
    assert_eq!(
        (data["Status"].as_str(), data["TaskDefinitionArn"].as_str()),
        ("Failed", &*format!("{DEFINITIONS}api:1"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_busy_service_is_deployed_at_once_or_later() {
    for (while_busy, later) in [(json!({}), false), (json!({"WhileBusy": "wait"}), true)] {
        let world = world();
        let now = world.now();
        {
            let mut aws = world.aws();
            let service = aws.ecs.services.of("main/api");
            service.courses.push_back(Course::Completes(Duration::from_mins(5)));
            service.deploy_now(&format!("{DEFINITIONS}api:1"), now);
        }
        succeeded(&Resource::new(&world, KIND, "Api").create(with(properties("2"), &while_busy)).await);
        let waited = world.now().duration_since(now).unwrap();
        assert_eq!(waited > Duration::from_mins(5), later, "{waited:?}");
        assert_eq!(runs(&world), "api:2");
    }
    let world = world();
    let now = world.now();
    next(&world, Course::Hangs);
    world.aws().ecs.services.of("main/api").deploy_now(&format!("{DEFINITIONS}api:1"), now);
    let asked = with(properties("2"), &json!({"WhileBusy": "wait", "MaxWait": 120}));
    let answer = Resource::new(&world, KIND, "Api").create(asked).await;
    assert!(reason(&answer).contains("still under way after 120 seconds, and nothing was begun"), "{answer}");
    assert!(updates(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deregistered_task_definition_can_be_copied() {
    let world = world();
    world.aws().ecs.task_definitions.families.get_mut("api").unwrap()[0].0["status"] = "INACTIVE".into();
    let mut rollout = Resource::new(&world, KIND, "Api");
    assert_eq!(succeeded(&rollout.create(properties("1")).await)["Status"], "NoChange");
    let forced = with(properties("1"), &json!({"Force": true}));
    assert_eq!(succeeded(&rollout.update(forced).await)["Status"], "Completed");
    assert_eq!(runs(&world), "api:2", "tasks cannot be started from the original");
}

#[tokio::test(start_paused = true)]
async fn another_stack_is_asked_before_it_is_taken_over() {
    let world = world();
    let theirs = "arn:aws:cloudformation:eu-west-1:123456789012:stack/theirs/1";
    let mut rollout = Resource::new(&world, KIND, "Api");
    let mut event = rollout.event("Create", &properties("2"), None);
    event["StackId"] = theirs.into();
    world.aws().stacks.status.insert(theirs.to_owned(), "CREATE_IN_PROGRESS".to_owned());
    succeeded(&world.ask(&event).await);
    let answer = rollout.create(properties("3")).await;
    assert!(reason(&answer).contains(&format!("is rolled out by another stack, {theirs}: take it out")), "{answer}");
    assert_eq!(runs(&world), "api:2");
    succeeded(&rollout.create(with(properties("3"), &json!({"TakeOver": true}))).await);
    // A stack that is gone owns nothing.
    let mut event = rollout.event("Create", &properties("4"), None);
    event["StackId"] = theirs.into();
    world.stack_is("DELETE_COMPLETE");
    succeeded(&world.ask(&event).await);
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_for_a_moment_changes_nothing() {
    for operation in [
        "DescribeServices",
        "DescribeTaskDefinition",
        "RegisterTaskDefinition",
        "UpdateService",
        "ListServiceDeployments",
    ] {
        for fault in [Fault::Throttled, Fault::Broken, Fault::Silent, Fault::Lost] {
            for skip in 0..2 {
                let world = world();
                world.aws().plan("ecs", operation, skip, 2, fault.clone());
                let mut rollout = Resource::new(&world, KIND, "Api");
                let data = succeeded(&rollout.create(properties("2")).await);
                assert_eq!(data["Status"], "Completed", "{operation} {fault:?}");
                assert_eq!(runs(&world), "api:2", "{operation} {fault:?}: one revision");
                assert_eq!(world.aws().ecs.services.of("main/api").count(), 2, "{operation} {fault:?}: one deployment");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeated_event_does_nothing_twice() {
    let world = world();
    let event = Resource::new(&world, KIND, "Api").event("Create", &properties("2"), None);
    // The first run breaks off after any of its calls, and its repeat finds what it did.
    for calls in 0..8 {
        let world = self::world();
        world.aws().plan("ecs", "*", calls, 6, Fault::Lost);
        tokio::time::timeout(Duration::from_mins(1), world.run(&event, "a")).await.ok();
        tokio::time::sleep(Duration::from_mins(4)).await;
        succeeded(&world.ask(&event).await);
        assert_eq!(runs(&world), "api:2", "{calls}");
        assert_eq!(world.aws().ecs.services.of("main/api").count(), 2, "{calls}");
    }
    tokio::join!(world.run(&event, "a"), world.run(&event, "b"));
    assert_eq!(world.aws().answers.len(), 1);
    assert_eq!(updates(&world).len(), 1);
}
