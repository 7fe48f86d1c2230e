//! What a document may say. TK-01 is the fixture `rollout-readme`.

use serde_json::json;

use super::{document, service, task};

/// TK-02: what the tool took.
#[test]
fn what_the_tool_took_is_taken() {
    for text in [
        "{version: v1, cluster: shop}",
        "{version: v1, cluster: shop, tasks: ~, services: ~}",
        "{version: v1, cluster: shop, tasks: {pre: ~, post: []}}",
        "{VERSION: v1, Cluster: shop, Services: [{NAME: web, containers: [app]}]}",
        "{version: v1, cluster: shop, services: {name: web, containers: app}}",
        "{version: v1, cluster: 'arn:aws-cn:ecs:eu-west-1:123456789012:cluster/shop', services: [{name: web, containers: [app], force: 'true', max_wait: '5'}]}",
        "{version: v1, cluster: shop, services: [{name: web, containers: 'app,proxy', force: 1, max_wait: 58}]}",
        "{version: v1, cluster: shop, services: [{name: web, containers: [app, '']}]}",
        "{version: v1, cluster: shop, tasks: {pre: [{family: a, count: 10, containers: [app], network_configuration: ~}]}}",
    ] {
        let outcome = document(text);
        assert!(outcome.told.iter().all(|line| line.starts_with("note")), "{text}: {:#?}", outcome.told);
    }
    let web = service("{name: web, containers: 'app, proxy'}");
    assert_eq!(web.of("ReleaseWebRollout")["Containers"], json!([{ "Name": "app" }, { "Name": "proxy" }]));
}

/// TK-02: what the tool refused, and what it let pass that ECS refuses.
#[test]
fn what_is_wrong_is_refused() {
    let network = |inside: &str| {
        format!(
            "{{family: a, count: 1, containers: [app], network_configuration: {{vpc_configuration: {{{inside}}}}}}}"
        )
    };
    let strategies =
        |items: &str| format!("{{family: a, count: 1, containers: [app], capacity_provider_strategies: {items}}}");
    for (text, expected) in [
        ("{count: 1, containers: [app]}".to_owned(), "error tasks.pre[0]: `family` is missing"),
        ("{family: a, containers: [app]}".to_owned(), "error tasks.pre[0]: `count` is missing"),
        ("{family: a, count: 1}".to_owned(), "error tasks.pre[0]: `containers` is missing"),
        ("{family: '', count: 1, containers: [app]}".to_owned(), "error tasks.pre[0].family: this is empty"),
        ("{family: a, count: 1, containers: []}".to_owned(), "no container is named"),
        ("{family: a, count: 1, containers: [app], launch_type: ''}".to_owned(), "is none of the choices"),
        (
            "{family: a, count: 1, containers: [app], launch_type: fargate}".to_owned(),
            "`network_configuration` is missing",
        ),
        (
            "{family: a, count: 1, containers: [app], network_configuration: {}}".to_owned(),
            "`vpc_configuration` is missing",
        ),
        (network("assign_public_ip: true, subnets: [s]"), "`security_groups` is missing"),
        (network("assign_public_ip: true, security_groups: [g]"), "`subnets` is missing"),
        (network("security_groups: [g], subnets: [s]"), "`assign_public_ip` is missing"),
        (network("assign_public_ip: maybe, security_groups: [g], subnets: [s]"), "`maybe` is not a boolean"),
        (
            network("assign_public_ip: true, security_groups: [a, b, c, d, e, f], subnets: [s]"),
            "a task is in 1 to 5 security groups, not in 6",
        ),
        (
            network("assign_public_ip: true, security_groups: [a], subnets: []"),
            "a task is in 1 to 16 subnets, not in 0",
        ),
        (strategies("[{base: 1}]"), "`capacity_provider` is missing"),
        (strategies("[{capacity_provider: a, base: -1}]"), "`-1` is not a number of tasks from 0 to 100000"),
        (strategies("[{capacity_provider: a, weight: 9999}]"), "`9999` is not a weight from 0 to 1000"),
        (
            strategies("[{capacity_provider: a, weight: 1, base: 1}, {capacity_provider: b, base: 1}]"),
            "only one of the capacity providers has a `base`",
        ),
        (
            strategies("[{capacity_provider: a}, {capacity_provider: b}]"),
            "none of several capacity providers has a `weight`",
        ),
    ] {
        let outcome = task(&text);
        assert!(
            outcome.only().starts_with("error ") && outcome.only().contains(expected),
            "{text}: {:#?}",
            outcome.told
        );
    }
    for (text, expected) in [
        ("{cluster: shop, services: [{name: web, containers: [app]}]}", "`version` is missing"),
        ("{version: v1, services: [{name: web, containers: [app]}]}", "`cluster` is missing"),
        (
            "{version: v2, cluster: shop, services: [{name: web, containers: [app]}]}",
            "`v2` is no version of this format",
        ),
        (
            "{version: v1, cluster: shop, Cluster: shop, services: [{name: web, containers: [app]}]}",
            "`Cluster` is there already, in letters of another case",
        ),
    ] {
        assert!(document(text).only().contains(expected), "{text}: {:#?}", document(text).told);
    }
    for (text, expected) in [
        ("{containers: [app]}", "`name` is missing"),
        ("{name: web}", "`containers` is missing"),
        ("{name: web, containers: [app], max_wait: 0}", "`0` is not a number of minutes from 5 to 58"),
        ("{name: web, containers: [app], max_wait: 4}", "`4` is not a number of minutes from 5 to 58"),
        ("{name: web, containers: [app], max_wait: 59}", "`59` is not a number of minutes from 5 to 58"),
        ("{name: web, containers: [app]}, {name: web, containers: [proxy]}", "the service `web` is here already"),
    ] {
        assert!(service(text).only().contains(expected), "{text}: {:#?}", service(text).told);
    }
}

/// TK-02: unknown keys have no effect, and are no longer lost without a word.
#[test]
fn unknown_keys_are_noted() {
    let outcome = service("{name: web, containers: [app], maxwait: 1}");
    assert_eq!(
        outcome.only(),
        "note services[0].maxwait: the key `maxwait` is unknown and has no effect. Fix: did you mean `max_wait`?"
    );
}

/// TK-03.
#[test]
fn a_version_that_is_a_number_is_told_which_text_it_is() {
    let outcome = document("{version: 1, cluster: shop, services: [{name: web, containers: [app]}]}");
    assert_eq!(
        outcome.only(),
        "error version: `1` is no version of this format: the only one is `v1`. Fix: write `version: v1`"
    );
}

/// TK-04.
#[test]
fn counts_are_whole_numbers_from_1_to_10() {
    let count = |count: &str| task(&format!("{{family: a, count: {count}, containers: [app]}}"));
    assert_eq!(count("'3'").of("ReleaseAPreTask")["Count"], json!(3));
    assert_eq!(count("1").of("ReleaseAPreTask").get("Count"), None);
    for (text, expected) in [
        ("0", "1 to 10 tasks can be run at once, not 0"),
        ("11", "1 to 10 tasks can be run at once, not 11"),
        ("-1", "`-1` is not a number of tasks from 1 to 10"),
        ("2.7", "`2.7` is not a number of tasks from 1 to 10"),
    ] {
        assert!(count(text).only().contains(expected), "{:#?}", count(text).told);
    }
}

/// TK-09.
#[test]
fn families_are_named_in_three_ways() {
    for (family, name) in [
        ("migrate", "migrate"),
        ("'migrate:7'", "migrate:7"),
        (
            "'arn:aws-cn:ecs:eu-west-1:123456789012:task-definition/migrate:7'",
            "arn:aws-cn:ecs:eu-west-1:123456789012:task-definition/migrate:7",
        ),
    ] {
        let outcome = task(&format!("{{family: {family}, count: 1, containers: [app]}}"));
        assert_eq!(outcome.of("ReleaseMigratePreTask")["TaskDefinition"], json!(name));
    }
    let twice =
        task("{family: migrate, count: 1, containers: [app]}, {family: 'migrate:7', count: 1, containers: [app]}");
    assert!(twice.only().contains("the family `migrate` is in this stage already"), "{:#?}", twice.told);
}

/// TK-10.
#[test]
fn tasks_run_on_what_is_asked_for() {
    let network =
        "network_configuration: {vpc_configuration: {assign_public_ip: false, security_groups: [g], subnets: [s]}}";
    for (text, expected) in
        [("ec2", "EC2"), ("EC2", "EC2"), ("fargate", "FARGATE"), ("Fargate", "FARGATE"), ("EXTERNAL", "EXTERNAL")]
    {
        let outcome = task(&format!("{{family: a, count: 1, containers: [app], launch_type: {text}, {network}}}"));
        let task = outcome.of("ReleaseAPreTask");
        assert_eq!(task["LaunchType"], json!(expected));
        assert_eq!(task["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"], json!("DISABLED"));
    }
    let items = |count: usize| {
        let items = (0..count).map(|number| format!("{{capacity_provider: p{number}, weight: 1}}"));
        let items = items.collect::<Vec<_>>().join(", ");
        task(&format!("{{family: a, count: 1, containers: [app], capacity_provider_strategies: [{items}]}}"))
    };
    let six = items(6);
    let names: Vec<_> = six.of("ReleaseAPreTask")["CapacityProviderStrategy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["CapacityProvider"].clone())
        .collect();
    assert_eq!(names, ["p0", "p1", "p2", "p3", "p4", "p5"]);
    assert!(items(7).only().contains("there are 7 capacity providers, and at most 6 are possible"));
    let both = task(
        "{family: a, count: 1, containers: [app], launch_type: ec2, capacity_provider_strategies: [{capacity_provider: p}]}",
    );
    assert!(both.only().contains("a launch type or capacity providers, not both"), "{:#?}", both.told);
}
