//! Variables: whose value counts, what stands for others, and what is secret.

use serde_json::json;

use super::{Outcome, declaration, service, service_with, with};
use crate::expression::{Deferred, Expr, Piece};
use crate::program::secret::Source;

/// The values of variables that are known.
fn texts(outcome: &Outcome) -> Vec<(String, String)> {
    let environment = outcome.container("web").environment.iter();
    environment.map(|(name, value)| (name.clone(), value.value.known().cloned().unwrap_or_default())).collect()
}

fn text(value: &str) -> Outcome {
    service(&format!("environment:\n  - A: {value}"))
}

fn one(outcome: &Outcome) -> Expr<String> {
    outcome.container("web").environment.get("A").expect("A").value.clone()
}

fn reference(name: &str) -> Piece {
    Piece::Function(json!({ "Ref": name }))
}

#[test]
fn a_service_wins_over_defaults() {
    let outcome = with(
        json!({}),
        "defaults: { environment: [{ A: 1, B: 2 }, { C: 3 }] }\nservices:\n- web: { image: nginx, environment: [{ B: own, D: 4 }] }\n",
    );
    let expected = [("A", "1"), ("B", "own"), ("C", "3"), ("D", "4")];
    assert_eq!(texts(&outcome), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn a_map_is_taken_too() {
    assert_eq!(texts(&service("environment: { A: b }")), [("A".to_owned(), "b".to_owned())]);
    service("environment: [A=b]").refuses(&["services[0].web.environment[0]", "Fix: write `A: b`"]);
    service("environment: [{ A: [b] }]").refuses(&["services[0].web.environment[0].A", "a single value"]);
    service("environment: [{ A: b }, { A: c }]").notes(&["`A` is there twice"]);
}

#[test]
fn booleans_are_yaml_or_python() {
    let python = |value: bool, text: &str| {
        let properties = json!({ "PythonValues": value });
        service_with(properties, &format!("environment: [{{ A: {text} }}]"))
    };
    let outcome = text("true");
    assert_eq!(one(&outcome), Expr::from("true"));
    outcome.notes(&["`true`, where ecs-compose made `True`", "PythonValues: true"]);
    assert_eq!(one(&python(false, "true")), Expr::from("true"));
    assert_eq!(python(false, "true").told, Vec::<String>::new());
    assert_eq!(one(&python(true, "true")), Expr::from("True"));
    assert_eq!(one(&python(true, "null")), Expr::from("None"));
    assert_eq!(python(true, "false").told, Vec::<String>::new());
    python(true, "yes").notes(&["`yes` stays as it is"]);
    text("null").refuses(&["services[0].web.environment[0].A", "`A` has no value", "PythonValues"]);
    assert_eq!(one(&text("'True'")), Expr::from("True"));
    assert_eq!(one(&text("1.5")), Expr::from("1.5"));
    assert_eq!(one(&text("8080")), Expr::from("8080"));
    assert_eq!(one(&text("Grüße")), Expr::from("Grüße"));
}

#[test]
fn variables_come_from_beside_the_document_or_from_parameters() {
    let given = |text: &str| {
        service_with(
            json!({ "Variables": { "TAG": "7", "HOST": { "Ref": "Level" } } }),
            &format!("environment:\n  - A: {text}\n  - B: $TAG$HOST"),
        )
    };
    assert_eq!(one(&given("$TAG-x")), Expr::from("7-x"));
    assert_eq!(one(&given("${TAG}x$$TAG")), Expr::from("7x$7"));
    assert_eq!(one(&given("'$'")), Expr::from("$"));
    let expected = crate::expression::concatenate([
        Piece::Literal("a-".to_owned()),
        reference("Level"),
        Piece::Literal("-b".to_owned()),
    ]);
    assert_eq!(one(&given("a-${HOST}-b")), expected);
    assert_eq!(one(&given("a-${Level}-b")), expected);
    given("$LEVEL").notes(&["`$LEVEL` becomes the value of the parameter `Level`"]);
    // Those of lists are no text.
    given("$Names").notes(&["`$Names` stays as it is"]);
}

#[test]
fn what_nobody_gives_stays() {
    for value in ["$UNSET", "${UNSET}-x", "${AWS::Region}"] {
        let outcome = text(&format!("'{value}'"));
        assert_eq!(one(&outcome), Expr::from(value));
        outcome.notes(&["services[0].web.environment[0].A", "stays as it is"]);
    }
    text("'${AWS::Region}'").notes(&["`!Sub`"]);
    for value in ["costs 5 $", "${}", "${open"] {
        assert_eq!(one(&text(&format!("'{value}'"))), Expr::from(value));
    }
    service_with(json!({ "Variables": { "TGA": "1" } }), "privileged: false")
        .notes(&["Properties.Variables.TGA", "`$TGA`"]);
}

#[test]
fn functions_are_values() {
    let outcome = declaration(
        json!({}),
        json!({ "services": [{ "web": { "image": { "Fn::Sub": "nginx:${Level}" }, "environment": [{ "A": { "Ref": "Level" } }] } }] }),
    );
    assert_eq!(one(&outcome), Expr::Deferred(Deferred::function(json!({ "Ref": "Level" }))));
}

#[test]
fn hidden_parameters_become_secrets() {
    for value in ["$DB_PWD", "${DbPwd}", "!Ref DbPwd", "pg://$DB_PWD@db"] {
        let outcome = text(value);
        assert!(outcome.container("web").environment.is_empty(), "{value}");
        let part = &outcome.container("web").secrets.get("A").expect("a secret").value;
        let secret = outcome.application().secrets.get(&part.secret).expect("a secret");
        assert!(matches!(secret.source, Source::Value(_)), "{secret:?}");
    }
}

#[test]
fn secrets_beside_the_document_take_the_place_of_values() {
    let outcome = service_with(
        json!({ "Secrets": { "A": "shop/db:password", "web.B": "generate", "other": "x" } }),
        "environment: [{ A: hunter2 }]",
    );
    outcome.notes(&["Properties.Secrets.other", "no service has a variable"]);
    let secrets = &outcome.container("web").secrets;
    let part = |name: &str| secrets.get(name).map(|part| (part.value.secret.as_str(), part.value.key.as_deref()));
    assert_eq!(part("A"), Some(("shop/db", Some("password"))));
    assert_eq!(part("B"), Some(("web.B", None)));
    assert!(outcome.container("web").environment.is_empty());
    assert!(matches!(outcome.application().secrets["web.B"].source, Source::Generated { .. }));
    service_with(json!({ "Secrets": "generate" }), "privileged: false").refuses(&["`Secrets: generate`"]);
    service("environment: [{ DB_PASSWORD: hunter2 }]")
        .notes(&["`DB_PASSWORD` is read by everybody", "Secrets: { DB_PASSWORD: … }"]);
}
