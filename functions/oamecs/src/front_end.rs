//! From declarations to the program, each by the front end of its type.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Document, Early, Fields, Reader, suggestion};
use crate::environment;
use crate::fragment::{Declaration, Kind};
use crate::program::{Application, Program};
use crate::settings::{self, Choice};

/// The key, and the beginning of the logical ids, of the environment that nobody declared.
const IMPLICIT: &str = "OamEcs";

/// Reads all declarations of a template.
pub(crate) fn lower(declarations: &mut [Declaration], early: &mut dyn Early, diagnostics: &mut Diagnostics) -> Program {
    let mut program = Program::default();
    let mut reader = Reader { diagnostics, early };
    let environments: BTreeSet<String> =
        declarations.iter().filter(|each| each.kind == Kind::Environment).map(|each| each.id.clone()).collect();
    for declaration in declarations {
        let (documents, fields) = declaration.take();
        match declaration.kind {
            Kind::Environment => lower_environment(declaration, fields, &mut program, &mut reader),
            Kind::Compose => lower_compose(declaration, documents, fields, &environments, &mut program, &mut reader),
        }
    }
    check_exports(&program, reader.diagnostics);
    program
}

fn lower_environment(declaration: &Declaration, mut fields: Fields, program: &mut Program, reader: &mut Reader<'_>) {
    let tags = settings::tags(&mut fields, reader);
    let mut environment = environment::load(fields, true, tags, reader);
    environment.origin = declaration.origin;
    program.environments.insert(declaration.id.clone(), environment);
    program.declared.insert(declaration.id.clone());
}

fn lower_compose(
    declaration: &Declaration,
    documents: Vec<Document>,
    fields: Fields,
    environments: &BTreeSet<String>,
    program: &mut Program,
    reader: &mut Reader<'_>,
) {
    let mut settings = settings::load(fields, reader);
    let environment = choose(declaration, &mut settings.environment, environments, program, reader.diagnostics);
    let mut documents = documents.into_iter();
    let Some(document) = documents.next() else { return };
    if let Some(second) = documents.next() {
        reader
            .diagnostics
            .error(second.node.origin, "several documents in one declaration are not merged by this version")
            .fix("merge them into one, or give each a declaration of its own");
    }
    let compose = compose::Settings {
        id: &declaration.id,
        origin: declaration.origin,
        variables: std::mem::take(&mut settings.variables),
        images: std::mem::take(&mut settings.images),
    };
    let Some(project) = compose::load(document, &compose, reader) else { return };
    let Some(mut application) = compose::lower(project, &compose, environment, reader.diagnostics) else { return };
    settings.apply(&mut application, reader);
    insert(&declaration.id, application, program);
}

fn insert(id: &str, application: Application, program: &mut Program) {
    program.applications.insert(id.to_owned(), application);
}

/// The key of the environment that a declaration runs in, which is put into the program where it is not there yet.
fn choose(
    declaration: &Declaration,
    choice: &mut Choice,
    environments: &BTreeSet<String>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> String {
    match std::mem::replace(choice, Choice::Implicit) {
        Choice::Implicit => {
            let implied = || environment::implicit(declaration.origin);
            program.environments.entry(IMPLICIT.to_owned()).or_insert_with(implied);
            IMPLICIT.to_owned()
        }
        Choice::Own(environment) => {
            program.environments.insert(declaration.id.clone(), *environment);
            declaration.id.clone()
        }
        Choice::Declared(Located { origin, value }) => {
            if !environments.contains(&value) {
                report_unknown(origin, &value, environments, diagnostics);
            }
            value
        }
    }
}

fn report_unknown(origin: Origin, id: &str, environments: &BTreeSet<String>, diagnostics: &mut Diagnostics) {
    let entry = diagnostics.error(origin, format!("the template has no `OamEcs::Environment` called `{id}`"));
    match suggestion(id, environments.iter().map(String::as_str)) {
        Some(near) => entry.fix(format!("did you mean `{near}`?")),
        None => entry.fix("declare it, or leave `Environment` out"),
    }
}

/// Two environments cannot be exported under the same names.
fn check_exports(program: &Program, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (id, environment) in &program.environments {
        let Some(prefix) = &environment.export_prefix else { continue };
        if let Some(first) = seen.insert(format!("{prefix:?}"), id) {
            diagnostics
                .error(environment.origin, format!("`{first}` and `{id}` would be exported under the same names"))
                .fix("give one of them an `ExportPrefix`");
        }
    }
}
