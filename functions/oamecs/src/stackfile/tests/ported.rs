//! The assertions of ecs-compose's own tests, on a document with the same features, and what is otherwise now.

use serde_json::json;

use super::{Outcome, document, with};
use crate::expression::Expr;
use crate::program::container::Gpus;
use crate::program::platform::Driver;
use crate::program::probe::Command;

const SHOP: &str = include_str!("shop.yml");

fn shop() -> Outcome {
    with(json!({ "Environment": { "Cluster": "staging" }, "Secrets": { "vision.DB_PWD": "shop/db" } }), SHOP)
}

#[test]
fn it_loads() {
    assert_eq!(shop().errors(), Vec::<&str>::new());
}

#[test]
fn it_has_four_services() {
    let names: Vec<String> = shop().application().workloads.keys().cloned().collect();
    assert_eq!(names, ["orders_v2", "proxy", "stock_v2", "vision"]);
}

#[test]
fn it_has_a_network() {
    use crate::program::environment::{Network, Subnets};
    let shop = shop();
    let environment = shop.program.environments.get(&shop.application().environment).expect("an environment");
    let Network::Given { id, public: Some(Subnets::Each(public)), private: Some(Subnets::Each(private)) } =
        &environment.network
    else {
        panic!("{:?}", environment.network)
    };
    assert_eq!((id.value.clone(), public.len(), private.len()), (Expr::from("vpc-0a1b2c3d"), 3, 3));
}

#[test]
fn the_proxy_is_there_and_listens_at_its_port() {
    let shop = shop();
    let ports: Vec<u16> = shop.container("proxy").ports.iter().map(|port| port.value.number).collect();
    assert_eq!(ports, [80]);
}

#[test]
fn a_service_has_the_health_check_that_it_says() {
    let shop = shop();
    let probe = shop.container("orders_v2").probe.as_ref().expect("a probe");
    assert!(matches!(&probe.command, Command::Shell(line) if *line == Expr::from("sh check.sh")), "{probe:?}");
    assert_eq!(probe.start_period.as_ref().map(|period| period.value), Some(60));
    let numbers =
        [&probe.interval, &probe.timeout, &probe.retries].map(|number| number.as_ref().map(|number| number.value));
    assert_eq!(numbers, [Some(30), Some(5), Some(3)]);
    assert!(shop.container("stock_v2").probe.is_none());
}

#[test]
fn one_service_has_a_gpu() {
    let shop = shop();
    assert_eq!(shop.container("vision").gpus.as_ref().map(|gpus| gpus.value), Some(Gpus::Count(1)));
    assert!(shop.container("orders_v2").gpus.is_none());
}

#[test]
fn one_service_has_two_placement_constraints() {
    let shop = shop();
    let expressions = |name: &str| {
        let constraints = shop.workload(name).platform.placement_constraints.clone();
        constraints.map(|all| all.value.into_iter().map(|one| one.value).collect::<Vec<_>>()).unwrap_or_default()
    };
    let expected = ["attribute:ecs.instance-type =~ c7.*", "attribute:ecs.availability-zone == eu-west-1a"];
    assert_eq!(expressions("orders_v2"), expected.map(Expr::from));
    assert_eq!(expressions("stock_v2"), []);
}

#[test]
fn a_service_is_deployed_as_it_says() {
    let shop = shop();
    let update = &shop.workload("orders_v2").update;
    let percent = |percent: &Option<crate::diagnostic::Located<u32>>| percent.as_ref().map(|percent| percent.value);
    assert_eq!((percent(&update.maximum_percent), percent(&update.minimum_percent)), (Some(100), Some(0)));
}

#[test]
fn a_variable_is_expanded_from_what_stands_beside_the_document() {
    let shop = with(json!({ "Variables": { "DB_PWD": "secret" } }), SHOP);
    let value = shop.container("vision").environment.get("DB_PWD").map(|value| value.value.clone());
    assert_eq!(value, Some(Expr::from("secret")));
}

#[test]
fn the_order_of_variables_changes_nothing() {
    let turned = SHOP
        .replace("        - PROFILES: ecs\n        - PORT: 7071\n", "        - PORT: 7071\n        - PROFILES: ecs\n");
    assert_ne!(turned, SHOP);
    let texts = |outcome: &Outcome| {
        let environment = outcome.container("stock_v2").environment.clone();
        environment.into_iter().map(|(name, value)| (name, value.value)).collect::<Vec<_>>()
    };
    assert_eq!(texts(&document(&turned)), texts(&document(SHOP)));
}

/// What ecs-compose's own comparison of what runs with what is wanted looked at, with what makes a difference: each must reach the
/// application, or a change of it would be lost (as changes of anything else were).
#[test]
fn changes_are_not_lost() {
    for (before, after) in [
        ("command: [CMD-SHELL, sh check.sh]", "command: [CMD-SHELL, sh other.sh]"),
        ("eu-west-1a", "eu-west-1b"),
        ("image: nginx:1.27", "image: nginx:1.28"),
        ("minimum_healthy_percent: 0", "minimum_healthy_percent: 10"),
        ("path: /health", "path: /live"),
        ("name: stock_v2.staging", "name: stock.staging"),
        ("tag: staging", "tag: production"),
        ("memory: 600", "memory: 700"),
        ("gpus: 1", "gpus: 2"),
        ("public: [sg-0000aaaa]", "public: [sg-0000bbbb]"),
        ("namespace: shop.internal", "namespace: store.internal"),
    ] {
        let changed = SHOP.replace(before, after);
        assert_ne!(changed, SHOP, "{before}");
        let text = |outcome: &Outcome| format!("{:?}", outcome.application());
        assert_ne!(text(&document(&changed)), text(&document(SHOP)), "{before}");
    }
}

#[test]
fn drivers_keep_their_options_apart() {
    let shop = shop();
    let log = |name: &str| shop.container(name).log.clone().expect("a log");
    let stock = log("stock_v2");
    assert_eq!(stock.driver, Driver::CloudWatch);
    let options: Vec<&str> = stock.options.keys().map(String::as_str).collect();
    assert_eq!(options, ["awslogs-create-group", "awslogs-group", "awslogs-region", "awslogs-stream-prefix"]);
    assert_eq!(log("proxy").driver, Driver::Gelf);
}

/// The features of ecs-compose's fixture that cannot be: a target that nobody listens at, and one name for two load balancers.
#[test]
fn what_cannot_be_is_refused_where_it_is() {
    let broken = SHOP
        .replace("ports: { public: 443, container: 80 }", "ports: { public: 443, container: 8080 }")
        .replace("vision.example.com", "shop.example.com");
    let outcome = document(&broken);
    let errors = outcome.errors();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert!(errors[0].starts_with("error Shop services[2].proxy.elb.ports.container: "), "{}", errors[0]);
    assert!(errors[0].ends_with("Fix: write `80`, or add `\"8080:8080\"` to `ports` of `proxy`"), "{}", errors[0]);
    assert!(
        errors[1].starts_with("error Shop services[3].vision.elb.dns.record_name: `shop.example.com` leads to"),
        "{}",
        errors[1]
    );
}

#[test]
fn values_are_what_they_are() {
    let shop = shop();
    let environment = &shop.container("orders_v2").environment;
    let value = |name: &str| environment.get(name).and_then(|value| value.value.known().cloned());
    assert_eq!(value("JAVA_OPTS").as_deref(), Some(r#"-Dfile.encoding="UTF-8" -Xmx400m -XX:MaxMetaspaceSize=120m"#));
    assert_eq!(value("PROFILES").as_deref(), Some("staging,ecs,plain"));
    assert_eq!(value("PORT").as_deref(), Some("7070"));
}
