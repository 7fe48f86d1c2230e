//! Secrets and configs: where their values come from, and where their files are.

use serde_json::json;

use super::{Declaration, Outcome};
use crate::expression::Expr;
use crate::program::secret::{Content, Source};
use crate::program::{Application, Workload};

/// What came of a service `web` with these attributes, beside the secrets `db` and `other` and the config `app`.
fn document(attributes: &str) -> Outcome {
    Declaration::default().text(&format!(
        "services:\n  web: {{ image: nginx, {attributes} }}\nsecrets:\n  db: {{ x-aws-generate: true }}\n  other: {{ external: {{ name: prod/other }} }}\nconfigs:\n  app: {{ content: x }}\n"
    ))
}

fn web(application: &Application) -> &Workload {
    application.workloads.get("web").expect("web")
}

/// Each file of the service: its path, owner and permissions.
fn files(attributes: &str) -> Vec<String> {
    let application = document(attributes).application();
    let files = web(&application).main.files.iter();
    let number = |number: Option<u32>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    files.map(|file| format!("{} {}:{} {:04o}", file.path, number(file.user), number(file.group), file.mode)).collect()
}

#[test]
fn files_are_below_run_secrets_or_where_their_target_says() {
    let cases = [
        ("secrets: [db]", "/run/secrets/db -:- 0444"),
        ("secrets: [{ source: db, target: a//b }]", "/run/secrets/a/b -:- 0444"),
        ("secrets: [{ source: db, target: /app/db }]", "/app/db -:- 0444"),
        ("secrets: [{ source: db, uid: '5', gid: 6, mode: '0400' }]", "/run/secrets/db 5:6 0400"),
        ("user: '1000:100', secrets: [{ source: db, mode: 0440 }]", "/run/secrets/db 1000:100 0440"),
        ("user: www, secrets: [{ source: db, mode: 0o550 }]", "/run/secrets/db -:- 0550"),
        ("configs: [app]", "/app -:- 0444"),
        ("configs: [{ source: app, target: /etc/app/x, mode: '0755' }]", "/etc/app/x -:- 0555"),
    ];
    for (attributes, expected) in cases {
        assert_eq!(files(attributes), [expected], "{attributes}");
    }
}

#[test]
fn permissions_of_digits_without_a_zero_are_asked_about() {
    let told = document("secrets: [{ source: db, mode: 440 }]").about("does not begin with 0");
    assert_eq!(told.len(), 1, "{told:#?}");
}

#[test]
fn each_way_to_name_a_secret_is_read() {
    let attributes =
        "x-aws-secrets: { A: db, B: 'other:key', C: prod/x, D: 'prod/x:key' }, x-aws-pull_credentials: other";
    let application = document(attributes).application();
    let container = &web(&application).main;
    let parts: Vec<_> = container
        .secrets
        .iter()
        .map(|(name, part)| format!("{name} {} {}", part.value.secret, part.value.key.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(parts, ["A db -", "B other key", "C prod/x -", "D prod/x key"]);
    assert_eq!(container.credentials.as_ref().map(|secret| secret.value.as_str()), Some("other"));
    assert_eq!(application.secrets.keys().collect::<Vec<_>>(), ["db", "other", "prod/x"]);
    let given = |name: &str| match &application.secrets.get(name).expect(name).source {
        Source::Given(given) => given.value.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((given("other"), given("prod/x")), (Expr::from("prod/other"), Expr::from("prod/x")));
}

#[test]
fn a_value_reaches_the_template_as_a_function_only() {
    let text = "services: { web: { image: a, secrets: [db] } }\nsecrets: { db: { environment: DB } }\n";
    let given = |value| Declaration { variables: &[("DB", value)], ..Declaration::default() }.text(text);
    let application = given(json!({"Ref": "Db"})).application();
    assert!(matches!(application.secrets.get("db").map(|secret| &secret.source), Some(Source::Value(_))));
    let told = given(json!("literal")).told;
    assert!(
        told.len() == 1 && told[0].contains("would stand in the template") && !told[0].contains("literal"),
        "{told:#?}"
    );
}

#[test]
fn keys_are_files_in_a_directory() {
    let text = |keys: &str| {
        format!(
            "services: {{ web: {{ image: a, secrets: [db], command: cat /run/secrets/db/user }} }}\nsecrets: {{ db: {{ external: true, x-aws-keys: {keys} }} }}\n"
        )
    };
    let application = Declaration::default().text(&text("[user, password]")).application();
    let paths: Vec<&str> = web(&application).main.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["/run/secrets/db/user", "/run/secrets/db/password"]);
    let application = Declaration::default().text(&text("'*'")).application();
    let file = &web(&application).main.files[0];
    assert!(matches!(&file.content, Content::Keys(secret) if secret == "db") && file.path == "/run/secrets/db");
}

#[test]
fn files_that_are_delivered_are_not_missed() {
    let told = document("secrets: [db], environment: { A_FILE: /run/secrets/db }, command: 'cat /run/secrets/db'").told;
    assert!(told.iter().all(|line| !line.contains("there is no file")), "{told:#?}");
    let told = document("secrets: [db], environment: { A_FILE: /run/secrets/other }").about("there is no file");
    assert_eq!(
        told,
        [
            "error services.web.environment.A_FILE: there is no file at `/run/secrets/other`, as the service has no such secret. Fix: add `other` to `secrets` of the service, or give the value itself, as `x-aws-secrets: { A: other }`"
        ]
    );
}
