//! `Custom::OamEcsWatchdog`.

use std::time::{Duration, SystemTime};

use oamecs_tests::stand_in::{Course, Fault, Running, StackResource};
use serde_json::{Value, json};

use crate::world::{Resource, STACK, World};

const KIND: &str = "Custom::OamEcsWatchdog";
const SERVICE: &str = "arn:aws:ecs:eu-west-1:123456789012:service/main/web";
const DEFINITION: &str = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1";

fn world() -> World {
    let world = World::new();
    {
        let mut aws = world.aws();
        for _ in 0..3 {
            aws.ecs.task_definitions.register(&json!({"family": "web", "containerDefinitions": []}));
        }
        aws.ecs.services.services.insert("main/web".to_owned(), Running::new(DEFINITION));
    }
    world
}

fn properties(version: u32) -> Value {
    json!({
        "ServiceToken": "arn", "ServiceTimeout": 720, "Cluster": "main", "Service": "ShopWebService", "MaxWait": 600,
        "Watched": {"TaskDefinition": format!("web:{version}"), "DesiredCount": 2, "NetworkConfiguration": {"A": ["b"]}},
    })
}

/// How the service is, as CloudFormation tells it.
fn service_is(world: &World, status: &str, since: SystemTime) {
    let since = aws_smithy_types::DateTime::from(since);
    let since = since.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap();
    let physical_id = if status.is_empty() { String::new() } else { SERVICE.to_owned() };
    let key = (STACK.to_owned(), "ShopWebService".to_owned());
    world.aws().stacks.resources.insert(key, StackResource { physical_id, status: status.to_owned(), since });
}

/// CloudFormation makes or changes the service after a while, and is done with it another while later.
async fn cloudformation(world: &World, kind: &str, course: Course, (begins, lasts): (u64, Option<u64>)) {
    tokio::time::sleep(Duration::from_secs(begins)).await;
    let now = world.now();
    {
        let mut aws = world.aws();
        let service = aws.ecs.services.of("main/web");
        if kind == "CREATE" {
            *service = Running::beginning(DEFINITION, now, course);
        } else {
            service.courses.push_back(course);
            service.deploy_now(&DEFINITION.replace(":1", ":2"), now);
        }
    }
    service_is(world, &format!("{kind}_IN_PROGRESS"), now);
    if let Some(seconds) = lasts {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        service_is(world, &format!("{kind}_COMPLETE"), world.now());
    }
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_ends_is_let_be() {
    let world = world();
    let mut watchdog = Resource::new(&world, KIND, "Watchdog");
    let course = Course::Completes(Duration::from_mins(4));
    let (answer, ()) =
        tokio::join!(watchdog.create(properties(1)), cloudformation(&world, "CREATE", course, (30, Some(300))));
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    let before = world.now();
    let (answer, ()) =
        tokio::join!(watchdog.update(properties(2)), cloudformation(&world, "UPDATE", course, (30, Some(300))));
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    let waited = world.now().duration_since(before).unwrap().as_secs();
    assert!((330..=350).contains(&waited), "{waited}");
    // One that is over between two looks.
    let before = world.now();
    let (answer, ()) =
        tokio::join!(watchdog.update(properties(3)), cloudformation(&world, "UPDATE", course, (12, Some(1))));
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    assert!(world.now().duration_since(before).unwrap() < Duration::from_secs(40));
    assert_eq!(watchdog.delete().await["Status"], "SUCCESS");
    assert_eq!(world.aws().calls("ecs", "StopServiceDeployment"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_never_ends_is_stopped() {
    let world = world();
    let mut watchdog = Resource::new(&world, KIND, "Watchdog");
    let well = Course::Completes(Duration::from_mins(1));
    tokio::join!(watchdog.create(properties(1)), cloudformation(&world, "CREATE", well, (5, Some(90))));
    let event = "(service web) was unable to place a task because no container instance met all of its requirements.";
    let at = world.now() + Duration::from_secs(60);
    world.aws().ecs.services.of("main/web").events.push((at, event.to_owned()));
    let before = world.now();
    let (answer, ()) =
        tokio::join!(watchdog.update(properties(2)), cloudformation(&world, "UPDATE", Course::Hangs, (5, None)));
    let reason = answer["Reason"].as_str().unwrap();
    assert!(reason.starts_with("the service ShopWebService is not stable after 60"), "{reason}");
    assert!(reason.contains("ECS goes back to what it ran before") && reason.contains(event), "{reason}");
    let waited = world.now().duration_since(before).unwrap().as_secs();
    assert!((600..640).contains(&waited), "{waited}: and the way back is at once");
    assert_eq!(world.aws().calls("ecs", "StopServiceDeployment"), 1);
    assert_eq!(world.aws().ecs.services.of("main/web").task_definition(), DEFINITION);
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_has_nothing_to_go_back_to() {
    let world = world();
    let mut watchdog = Resource::new(&world, KIND, "Watchdog");
    let (answer, ()) =
        tokio::join!(watchdog.create(properties(1)), cloudformation(&world, "CREATE", Course::Hangs, (5, None)));
    assert!(answer["Reason"].as_str().unwrap().contains("(`MaxWait`): the stack goes back"), "{answer}");
    assert_eq!(world.aws().calls("ecs", "StopServiceDeployment"), 0);
}

#[tokio::test(start_paused = true)]
async fn without_service_deployments_the_stack_goes_back_alone() {
    let world = world();
    world.aws().ecs.services.of("main/web").has_history = false;
    let mut watchdog = Resource::new(&world, KIND, "Watchdog");
    watchdog.create(properties(1)).await;
    let (answer, ()) =
        tokio::join!(watchdog.update(properties(2)), cloudformation(&world, "UPDATE", Course::Hangs, (5, None)));
    assert!(answer["Reason"].as_str().unwrap().contains("(`MaxWait`): the stack goes back"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn nothing_that_begins_is_nothing_to_watch() {
    for status in ["", "UPDATE_COMPLETE", "UPDATE_FAILED"] {
        let world = world();
        service_is(&world, status, world.now() - Duration::from_hours(1));
        let before = world.now();
        let answer = Resource::new(&world, KIND, "Watchdog").create(properties(1)).await;
        assert_eq!(answer["Status"], "SUCCESS", "{answer}");
        let waited = world.now().duration_since(before).unwrap().as_secs();
        assert!((120..=140).contains(&waited), "{waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_by_itself_ends_it() {
    let world = world();
    let mut watchdog = Resource::new(&world, KIND, "Watchdog");
    let fails = async {
        cloudformation(&world, "CREATE", Course::Hangs, (5, None)).await;
        tokio::time::sleep(Duration::from_mins(2)).await;
        service_is(&world, "CREATE_FAILED", world.now());
    };
    let before = world.now();
    let (answer, ()) = tokio::join!(watchdog.create(properties(1)), fails);
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    assert!(world.now().duration_since(before).unwrap() < Duration::from_secs(150));
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_goes_back_is_not_watched() {
    let world = world();
    let mut watchdog = Resource::new(&world, KIND, "Watchdog");
    watchdog.create(properties(1)).await;
    service_is(&world, "UPDATE_IN_PROGRESS", world.now());
    let before = world.now();
    assert_eq!(watchdog.roll_back(properties(2)).await["Status"], "SUCCESS");
    assert_eq!(watchdog.delete().await["Status"], "SUCCESS");
    assert!(world.now().duration_since(before).unwrap() < Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_takes_several_runs_and_faults_change_nothing() {
    let world = world();
    for service in ["ecs", "cloudformation"] {
        for (place, fault) in [Fault::Throttled, Fault::Broken, Fault::Silent, Fault::Lost].into_iter().enumerate() {
            world.aws().plan(service, "*", place * 3, 2, fault);
        }
    }
    let mut watchdog = Resource::new(&world, KIND, "Watchdog");
    let mut asked = properties(1);
    asked["MaxWait"] = 3400.into();
    asked["ServiceTimeout"] = 3600.into();
    let (answer, ()) = tokio::join!(watchdog.create(asked), cloudformation(&world, "UPDATE", Course::Hangs, (5, None)));
    assert!(answer["Reason"].as_str().unwrap().contains("is not stable after 34"), "{answer}");
    assert!(world.aws().calls("lambda", "Invoke") >= 3);
    assert_eq!(world.aws().calls("ecs", "StopServiceDeployment"), 1);
}
