//! Documents and variables in files, which `Files` has.

use serde_json::json;

use super::*;

fn declaration<'a>(files: &'a [(&'a str, Json)]) -> Declaration<'a> {
    Declaration { files, ..Declaration::default() }
}

/// The variables of a service.
fn variables(application: &Application, service: &str) -> Vec<(String, String)> {
    let text = |value: &Expr<String>| match value {
        Expr::Known(text) => text.clone(),
        Expr::Deferred(deferred) => format!("{:?}", deferred.pieces()),
    };
    let environment = &application.workloads[service].main.environment;
    environment.iter().map(|(name, value)| (name.clone(), text(&value.value))).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn image(application: &Application, service: &str) -> String {
    application.workloads[service].main.image.value.known().cloned().unwrap_or_default()
}

fn errors(files: &[(&str, Json)], text: &str) -> Vec<String> {
    declaration(files).text(text).about("error")
}

#[test]
fn services_extend_others() {
    let common = "services:
  base: { image: nginx, environment: { A: 1, B: 1 }, env_file: base.env, ports: ['80:80'], profiles: [never] }
  middle: { extends: base, environment: [B=2], profiles: !override [] }
";
    let files = [("common/compose.yaml", json!(common)), ("common/base.env", json!("A=0\nE=0\n"))];
    let application = declaration(&files)
        .text(
            "services:
  web: { extends: { file: ./common/compose.yaml, service: middle }, environment: { C: 3 }, ports: !reset [] }
  api: { extends: { service: web }, image: api }
  last: { extends: api, command: x }
",
        )
        .application();
    for (service, of) in [("web", "nginx"), ("api", "api"), ("last", "api")] {
        assert_eq!(image(&application, service), of);
        let expected = pairs(&[("A", "1"), ("B", "2"), ("C", "3"), ("E", "0")]);
        assert_eq!(variables(&application, service), expected);
        assert!(application.workloads[service].exposures.is_empty());
    }
}

#[test]
fn what_is_extended_must_be_there() {
    let files = [("a.yaml", json!("services: { base: { image: a } }"))];
    assert_eq!(
        errors(
            &files,
            "services:
  a: { extends: bse, image: a }
  b: { extends: { file: b.yaml, service: base } }
  c: { extends: { file: a.yaml, service: bas } }
  d: { extends: { file: 'https://example.com/a.yaml', service: base } }
  e: { extends: { file: a.yaml } }
  f: { extends: g }
  g: { extends: f }
  h: { extends: h }
  base: { image: a }
",
        ),
        [
            "error services.a.extends: there is no service `bse` in this document that could be extended. Fix: did you mean `base`?",
            "error services.b.extends.file: there is no file `b.yaml`: a template has no files beside it. Fix: did you mean `a.yaml`? Otherwise give its content under `Files` of `Shop`: `Files: { b.yaml: \"services: …\" }`",
            "error services.c.extends.service: there is no service `bas` in `a.yaml` that could be extended. Fix: did you mean `base`?",
            "error services.d.extends.file: `https://example.com/a.yaml` is not fetched: a template is expanded without a network. Fix: give its content under `Files` of `Shop`, `Files: { ./other.yaml: \"services: …\" }`, and write that path here",
            "error services.e.extends: `service` is missing. Fix: write `service:` and the name of a service",
            "error services.g.extends: a service cannot extend itself: `f` extends `g` extends `f`. Fix: remove one `extends` of these",
            "error services.h.extends: a service cannot extend itself: `h` extends `h`. Fix: remove one `extends` of these",
        ]
    );
    let told = Declaration::default()
        .texts(&["services: { base: { image: a } }", "services: { web: { extends: base } }"])
        .about("extends");
    assert!(
        matches!(told.as_slice(), [line] if line.contains("`extends` looks in its own document only")),
        "{told:#?}"
    );
}

#[test]
fn an_error_in_a_file_is_told_there() {
    let files = [("a.yaml", json!("services:\n  base:\n    image: a\n    memory: 1\n"))];
    let told = errors(&files, "services: { web: { extends: { file: a.yaml, service: base } } }");
    assert_eq!(
        told,
        ["error Files[\"a.yaml\"].services.base.memory: unknown key `memory`. Fix: did you mean `mem_limit`?"]
    );
}

#[test]
fn documents_include_others() {
    let files = [
        (
            "db/compose.yaml",
            json!(
                "include: [../log/a.yaml]\nservices: { db: { image: 'db:${TAG}-${OWN}', env_file: ./db.env, volumes: ['data:/data'] } }\nvolumes: { data: {} }\nname: other\n"
            ),
        ),
        ("./db/.env", json!("TAG=1\nOWN=2\n")),
        ("db/db.env", json!({"A": {"Ref": "Secret"}, "B": "${TAG}"})),
        ("log/a.yaml", json!({"services": {"log": {"image": "log:${LEVEL}"}}})),
        ("log/b.yaml", json!("services: { log: { command: b } }")),
        ("log/c.env", json!("LEVEL=x")),
    ];
    let declaration = Declaration {
        files: &files,
        variables: &[("TAG", json!("9")), ("LEVEL", json!("info"))],
        ..Declaration::default()
    };
    let text = "
include:
  - db/compose.yaml
services:
  web: { image: a, depends_on: [db] }
";
    let application = declaration.texts(&[text, "services: { db: { command: c } }"]).application();
    assert_eq!(application.name.value, "shop");
    assert_eq!(application.workloads.keys().collect::<Vec<_>>(), ["db", "log", "web"]);
    assert_eq!(image(&application, "db"), "db:9-2");
    assert_eq!(image(&application, "log"), "log:info");
    assert_eq!(application.workloads["db"].main.command, Some(vec![Expr::from("c")]));
    let expected = pairs(&[("A", "[Function(Object {\"Ref\": String(\"Secret\")})]"), ("B", "9")]);
    assert_eq!(variables(&application, "db"), expected);
    let text = "include: [{ path: [log/a.yaml, log/b.yaml], env_file: log/c.env, project_directory: . }]";
    let application = super::files::declaration(&files).text(text).application();
    assert_eq!(image(&application, "log"), "log:x");
    assert_eq!(application.workloads["log"].main.command, Some(vec![Expr::from("b")]));
}

#[test]
fn what_is_included_must_be_there_once() {
    let files = [
        ("a.yaml", json!("include: [b.yaml]\nservices: { a: { image: a }, same: { image: s } }")),
        ("b.yaml", json!("include: [a.yaml]\nservices: { b: { image: b } }")),
    ];
    assert_eq!(
        errors(
            &files,
            "include: [a.yaml, c.yaml, 'oci://docker.io/a:b', { project_directory: a }]
services: { a: { image: other }, same: { image: s } }
",
        ),
        [
            "error include[1]: there is no file `c.yaml`: a template has no files beside it. Fix: did you mean `a.yaml`? Otherwise give its content under `Files` of `Shop`: `Files: { c.yaml: \"services: …\" }`",
            "error include[2]: `oci://docker.io/a:b` is not fetched: a template is expanded without a network. Fix: give its content under `Files` of `Shop`, `Files: { ./other.yaml: \"services: …\" }`, and write that path here",
            "error include[3]: `path` is missing. Fix: write `path: ./other.yaml`",
            "error Files[\"a.yaml\"].services.a: the document that includes this one has another `a` under `services`. Fix: give one of them another name; to change what is included, write the change into a further document of the list under `Document`",
            "error Files[\"b.yaml\"].include[0]: a document cannot include itself: `a.yaml` includes `b.yaml` includes `a.yaml`. Fix: remove one `include` of these",
        ]
    );
}

#[test]
fn env_files_give_variables_that_environment_overrides() {
    let files = [
        ("a.env", json!("A=1\nB=${A}2\nC=\"${TAG} \\$A\\n\"\nD='$A'\nE=file\nexport F=x # comment\nTAG=own\nG=$TAG\n")),
        ("b.env", json!("A=2\nH=$A\nI=$E\n")),
        ("raw.env", json!("R=\"$A\" # b\n")),
        ("web.labels", json!("com.example.team=shop\nl=file\n")),
    ];
    let declaration = Declaration { files: &files, variables: &[("TAG", json!("t"))], ..Declaration::default() };
    let application = declaration
        .text(
            "services:
  web:
    image: a
    env_file: [a.env, ./b.env, { path: none.env, required: false }, { path: raw.env, format: raw }]
    label_file: web.labels
    environment: { E: own }
    labels: [l=own]
",
        )
        .application();
    assert_eq!(
        variables(&application, "web"),
        pairs(&[
            ("A", "2"),
            ("B", "12"),
            ("C", "t $A\n"),
            ("D", "$A"),
            ("E", "own"),
            ("F", "x"),
            ("G", "t"),
            ("H", "2"),
            ("I", "own"),
            ("R", "\"$A\" # b"),
            ("TAG", "own"),
        ])
    );
    let labels = &application.workloads["web"].main.labels;
    assert_eq!(format!("{labels:?}"), "{\"com.example.team\": Known(\"shop\"), \"l\": Known(\"own\")}");
}

#[test]
fn faults_of_env_files_are_told_with_their_lines() {
    let files = [("a.env", json!("A=1\nB C=2\nD=\"x\nE=${NONE}\nF\n")), ("b.env", json!({"G": ["x"]}))];
    let told = errors(
        &files,
        "services: { web: { image: a, env_file: [a.env, b.env, c.env, 'arn:aws-cn:s3:::bucket/a.env', { required: false }] } }",
    );
    assert_eq!(
        told,
        [
            "error services.web.env_file[2]: there is no file `c.env`: a template has no files beside it. Fix: did you mean `a.env`? Otherwise give its content under `Files` of `Shop`: `Files: { c.env: \"NAME=value\" }`",
            "error services.web.env_file[3]: this object is to win over the files before it, but ECS lets what the template says win over objects. Fix: write objects before files, or give the content of this one under `Files`",
            "error services.web.env_file[4]: `path` is missing. Fix: write `path: ./web.env`",
            "error Files[\"b.env\"].G: this must be text, as all of the values here, not a list. Fix: write one text after `G:`; where the program reads JSON, write it in quotes",
            "error Files[\"a.env\"]: `B C` is no name of a variable. Fix: write `NAME=value`, the name in letters, digits and `_`",
            "error Files[\"a.env\"]: the quotation mark before the value of `D` is not closed. Fix: close it at the end of the value, or remove it",
            "error Files[\"a.env\"]: the variable `NONE` is not set. Fix: give it under `Variables` of `Shop`, or write a default: `${NONE:-…}`",
            "error Files[\"a.env\"]: `F` has no value: Compose would take it from the environment that it runs in, and a template has none. Fix: write a value, or give `F` under `Variables` of `Shop`",
        ]
    );
}

#[test]
fn the_env_file_of_the_project_gives_defaults() {
    let files = [(".env", json!("TAG=1\nCOMPOSE_PROFILES=debug\n"))];
    let text = "services: { web: { image: 'a:$TAG' }, tool: { image: b, profiles: [debug] } }";
    let application = declaration(&files).text(text).application();
    assert_eq!(image(&application, "web"), "a:1");
    assert_eq!(application.workloads.len(), 2);
    let declaration = Declaration { files: &files, variables: &[("TAG", json!("2"))], ..Declaration::default() };
    assert_eq!(image(&declaration.text(text).application(), "web"), "a:2");
}

#[test]
fn sources_are_seen_from_their_own_directory() {
    let files = [("sub/compose.yaml", json!("services: { web: { image: a, volumes: ['./a.conf:/a.conf'] } }"))];
    let told = errors(&files, "include: [sub/compose.yaml]");
    assert!(told[0].contains("`./sub/a.conf` looks like a file of your machine"), "{told:#?}");
}
