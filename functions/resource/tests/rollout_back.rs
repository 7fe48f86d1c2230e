//! `Custom::OamEcsRollout` taken back: what the service ran before is what it runs again, and nothing else is touched.

use std::time::Duration;

use oamecs_tests::stand_in::{Course, Fault, Refusal, Running};
use serde_json::{Value, json};

use crate::rollout::{DEFINITIONS, next, properties, reason, runs, succeeded, with, world};
use crate::world::{Resource, World, remembered};

const KIND: &str = "Custom::OamEcsRollout";

/// A second service, with the same task definition.
fn with_web(world: &World) {
    let web = Running::new(&format!("{DEFINITIONS}api:1"));
    world.aws().ecs.services.services.insert("main/web".to_owned(), web);
}

fn web(tag: &str) -> Value {
    with(properties(tag), &json!({"Service": "web"}))
}

fn web_runs(world: &World) -> String {
    world.aws().ecs.services.of("main/web").task_definition().trim_start_matches(DEFINITIONS).to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_nothing_rolls_back_is_given_back() {
    let world = world();
    next(&world, Course::Fails { after: Duration::from_mins(4), rolls_back: false });
    world.aws().ecs.services.of("main/api").has_history = false;
    let mut rollout = Resource::new(&world, KIND, "Api");
    let answer = rollout.create(properties("2")).await;
    assert!(reason(&answer).contains("the circuit breaker found it failed"), "{answer}");
    assert_eq!(runs(&world), "api:1", "the resource that was being made goes, and so does what it did");
}

/// TK-27.
#[tokio::test(start_paused = true)]
async fn a_rollback_restores_what_ran_before() {
    let world = world();
    let mut rollout = Resource::new(&world, KIND, "Api");
    rollout.create(properties("2")).await;
    rollout.update(properties("3")).await;
    assert_eq!(runs(&world), "api:3");
    let data = succeeded(&rollout.roll_back(properties("2")).await);
    assert_eq!(
        (data["Status"].as_str(), data["TaskDefinitionArn"].as_str()),
        ("Restored", &*format!("{DEFINITIONS}api:2"))
    );
    assert_eq!(runs(&world), "api:2");
    // Another rollback, of an update that never came to touch the service.
    let skipped = with(properties("4"), &json!({"Skip": "true"}));
    assert_eq!(succeeded(&rollout.update(skipped).await)["Status"], "Skipped");
    rollout.roll_back(properties("2")).await;
    assert_eq!(runs(&world), "api:2");
    // What somebody else deployed after the update stays.
    rollout.update(properties("5")).await;
    let now = world.now();
    world.aws().ecs.services.of("main/api").deploy_now(&format!("{DEFINITIONS}api:1"), now);
    succeeded(&rollout.roll_back(properties("2")).await);
    assert_eq!(runs(&world), "api:1");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_always_goes_well() {
    // It does not become stable.
    let world = world();
    let mut rollout = Resource::new(&world, KIND, "Api");
    rollout.create(properties("2")).await;
    rollout.update(properties("3")).await;
    next(&world, Course::Hangs);
    let before = world.now();
    succeeded(&rollout.roll_back(properties("2")).await);
    let waited = world.now().duration_since(before).unwrap();
    assert!((540..=660).contains(&waited.as_secs()), "{waited:?}");
    // It is not there any more, or cannot be read, or takes nothing.
    for (operation, fault) in [
        ("DescribeServices", Fault::Refused(Refusal::new("AccessDeniedException", "no"))),
        ("UpdateService", Fault::Refused(Refusal::new("ClientException", "TaskDefinition is inactive"))),
        ("*", Fault::Broken),
    ] {
        let world = self::world();
        let mut rollout = Resource::new(&world, KIND, "Api");
        rollout.create(properties("2")).await;
        rollout.update(properties("3")).await;
        world.aws().plan("ecs", operation, 0, 100, fault);
        succeeded(&rollout.roll_back(properties("2")).await);
    }
    let world = self::world();
    let mut rollout = Resource::new(&world, KIND, "Api");
    rollout.create(properties("2")).await;
    rollout.update(properties("3")).await;
    world.aws().ecs.services.of("main/api").status = "INACTIVE";
    succeeded(&rollout.roll_back(properties("2")).await);
    succeeded(&rollout.delete().await);
}

#[tokio::test(start_paused = true)]
async fn without_a_ledger_the_earlier_tag_is_rolled_out_again() {
    let world = world();
    let without = World::without_ledger();
    std::mem::swap(&mut world.aws().ecs, &mut without.aws().ecs);
    let mut rollout = Resource::new(&without, KIND, "Api");
    rollout.create(properties("2")).await;
    rollout.update(properties("3")).await;
    let data = succeeded(&rollout.roll_back(properties("2")).await);
    assert_eq!(data["Status"], "Restored");
    let aws = without.aws();
    let (definition, _) = aws.ecs.task_definitions.find(&data["TaskDefinitionArn"]).unwrap();
    assert_eq!(definition["containerDefinitions"][0]["image"], "repo/api:2");
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_goes_leaves_the_service_or_restores_it() {
    for (on_delete, expected) in
        [(json!({}), "api:3"), (json!({"OnDelete": "leave"}), "api:3"), (json!({"OnDelete": "restore"}), "api:1")]
    {
        let world = world();
        let mut rollout = Resource::new(&world, KIND, "Api");
        rollout.create(with(properties("2"), &on_delete)).await;
        rollout.update(with(properties("3"), &on_delete)).await;
        succeeded(&rollout.delete().await);
        assert_eq!(runs(&world), expected, "{on_delete}");
        assert!(
            !world.aws().tables.items.keys().any(|key| key.starts_with("resource/")),
            "nothing is left in the ledger"
        );
    }
    // The stack fails to be made after it, and goes.
    let world = self::world();
    let mut rollout = Resource::new(&world, KIND, "Api");
    rollout.create(properties("2")).await;
    world.stack_is("ROLLBACK_IN_PROGRESS");
    rollout.goes().await;
    assert_eq!(runs(&world), "api:1");
}

#[tokio::test(start_paused = true)]
async fn another_service_is_another_rollout() {
    let world = world();
    with_web(&world);
    let mut rollout = Resource::new(&world, KIND, "Api");
    rollout.create(properties("2")).await;
    let web = with(properties("2"), &json!({"Service": "web"}));
    assert_eq!(succeeded(&rollout.update(web).await)["Status"], "Completed");
    assert_eq!(runs(&world), "api:2", "it is left as it is");
    assert_eq!(world.aws().ecs.services.of("main/web").task_definition(), format!("{DEFINITIONS}api:3"));
    rollout.roll_back(properties("2")).await;
    assert_eq!(runs(&world), "api:2");
    assert_eq!(
        world.aws().ecs.services.of("main/web").task_definition(),
        format!("{DEFINITIONS}api:1"),
        "it is given back"
    );
}

/// No answer ever names the other service: nobody else gives it back.
#[tokio::test(start_paused = true)]
async fn a_failed_update_of_another_service_is_taken_back() {
    for (course, minutes) in [
        (Course::Fails { after: Duration::from_mins(4), rolls_back: false }, 0),
        (Course::Fails { after: Duration::from_mins(4), rolls_back: true }, 0),
        (Course::Hangs, 0),
        // The update is cancelled while it goes on.
        (Course::Completes(Duration::from_mins(8)), 2),
    ] {
        let world = world();
        with_web(&world);
        let mut rollout = Resource::new(&world, KIND, "Api");
        rollout.create(properties("2")).await;
        let before = remembered(&world);
        {
            let mut aws = world.aws();
            let service = aws.ecs.services.of("main/web");
            service.courses.push_back(course);
            service.has_history = false;
        }
        world.stack_is("UPDATE_IN_PROGRESS");
        let forward = rollout.event("Update", &web("3"), Some(&properties("2")));
        if minutes == 0 {
            assert_eq!(world.ask(&forward).await["Status"], "FAILED");
            rollout.properties = web("3");
            let data = succeeded(&rollout.roll_back(properties("2")).await);
            assert_eq!(
                data["TaskDefinitionArn"],
                format!("{DEFINITIONS}api:2"),
                "of the service that is the resource's"
            );
        } else {
            let back = rollout.event("Update", &properties("2"), Some(&web("3")));
            tokio::join!(world.run(&forward, "a"), async {
                tokio::time::sleep(Duration::from_mins(minutes)).await;
                world.stack_is("UPDATE_ROLLBACK_IN_PROGRESS");
                world.deliver(&back).await;
            });
            rollout.properties = properties("2");
        }
        assert_eq!((runs(&world).as_str(), web_runs(&world).as_str()), ("api:2", "api:1"), "{course:?}");
        assert_eq!(remembered(&world), before, "{course:?}: nobody owns it any more");
        assert_eq!(succeeded(&rollout.update(web("4")).await)["Status"], "Completed");
        rollout.delete().await;
        assert!(remembered(&world).is_empty(), "{:?}", remembered(&world));
    }
}

/// What runs after a rollback is the resource's own as well.
#[tokio::test(start_paused = true)]
async fn what_has_gone_back_is_still_restored_at_the_end() {
    let asked = |tag: &str| with(properties(tag), &json!({"OnDelete": "restore"}));
    for rolls_back in [None, Some(true), Some(false)] {
        let world = world();
        let mut rollout = Resource::new(&world, KIND, "Api");
        rollout.create(asked("2")).await;
        match rolls_back {
            None => {
                rollout.update(asked("3")).await;
                rollout.roll_back(asked("2")).await;
            }
            Some(rolls_back) => {
                next(&world, Course::Fails { after: Duration::from_mins(4), rolls_back });
                assert_eq!(rollout.update(asked("3")).await["Status"], "FAILED");
                rollout.properties = asked("2");
            }
        }
        assert_eq!(runs(&world), "api:2");
        succeeded(&rollout.delete().await);
        assert_eq!(runs(&world), "api:1", "{rolls_back:?}");
    }
}
