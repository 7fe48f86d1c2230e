//! From declarations to the program, each by the front end of its type.

use std::collections::BTreeSet;

use crate::compose;
use crate::diagnostic::{Diagnostics, Located, Origin, Origins};
use crate::document::{Document, Early, Fields, Reader, suggestion};
use crate::environment;
use crate::expression::Expr;
use crate::fragment::{Declaration, Kind};
use crate::gather::Gather;
use crate::program::Program;
use crate::program::application::Surroundings;
use crate::program::environment::{Environment, Network};
use crate::program::settle::settle;
use crate::settings::{self, Choice, Says};

/// The key, and the beginning of the logical ids, of the environment that nobody declared.
const IMPLICIT: &str = "OamEcs";

/// What has been said of the environment that applications share.
type Shared = Says;

/// Reads all declarations of a template.
pub(crate) fn lower(
    declarations: &mut [Declaration],
    early: &mut dyn Early,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Program {
    let mut program = Program::default();
    let mut reader = Reader { diagnostics, early };
    let mut shared = Shared { network: false, cluster: false };
    let environments: BTreeSet<String> =
        declarations.iter().filter(|each| each.kind == Kind::Environment).map(|each| each.id.clone()).gather();
    for declaration in declarations {
        if declaration.id == IMPLICIT {
            reader
                .diagnostics
                .error(
                    declaration.origin,
                    format!("the logical ids of what applications share begin with `{IMPLICIT}`"),
                )
                .fix("give it another logical id");
        }
        let (documents, fields) = declaration.take();
        match declaration.kind {
            Kind::Environment => lower_environment(declaration, fields, &mut program, &mut reader),
            Kind::Compose => {
                lower_compose(
                    declaration,
                    (documents, fields),
                    &environments,
                    &mut shared,
                    &mut program,
                    origins,
                    &mut reader,
                );
            }
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
    declaration: &mut Declaration,
    (documents, fields): (Vec<Document>, Fields),
    environments: &BTreeSet<String>,
    shared: &mut Shared,
    program: &mut Program,
    origins: &mut Origins,
    reader: &mut Reader<'_>,
) {
    let mut settings = settings::load(fields, reader);
    let compose = compose::Settings {
        id: &declaration.id,
        origin: declaration.origin,
        variables: std::mem::take(&mut settings.variables),
        images: std::mem::take(&mut settings.images),
        files: std::mem::take(&mut settings.files),
        machines: settings.machines(),
        bind_mounts: std::mem::take(&mut settings.bind_mounts),
        secrets: std::mem::take(&mut settings.secrets),
        is_complete: settings.is_complete,
    };
    let Some(place) = documents.first().map(|document| document.node.origin) else { return };
    let mut project = compose::load(documents, &compose, origins, reader);
    if let Some(project) = &mut project {
        declaration.overlay = std::mem::take(&mut project.overlay);
    }
    let said = project.as_mut().map(|project| std::mem::take(&mut project.surroundings)).unwrap_or_default();
    let choice = settings.choose(said, place, reader);
    let (environment, surroundings) = choose(declaration, choice, environments, shared, program, reader.diagnostics);
    let Some(project) = project else { return };
    let Some(mut application) = compose::lower(project, &compose, environment, reader.diagnostics) else { return };
    compose.files.report_unused(reader.diagnostics);
    application.surroundings = surroundings;
    settings.apply(&mut application, reader);
    settle(&mut application, reader.diagnostics);
    program.applications.insert(declaration.id.clone(), application);
}

/// The key of the environment that a declaration runs in, which is put into the program where it is not there yet, and what
/// the application uses instead of what that has.
///
/// A network that is given is the application's own. Else it is in the network that is made for all applications without
/// one, so that a certificate that is added later moves nothing to another network.
fn choose(
    declaration: &Declaration,
    choice: Choice,
    environments: &BTreeSet<String>,
    shared: &mut Shared,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> (String, Surroundings) {
    match choice {
        Choice::Implicit => {
            let silent = Says { network: false, cluster: false };
            share(environment::implicit(declaration.origin), silent, shared, program, diagnostics);
            (IMPLICIT.to_owned(), Surroundings::default())
        }
        Choice::Own(mut environment, says) => {
            let surroundings = Surroundings {
                load_balancer: environment.load_balancer.take(),
                namespace: environment.namespace.take(),
                certificate: environment.certificate.take(),
                hosted_zone: environment.hosted_zone.take(),
            };
            if matches!(environment.network, Network::Made { .. }) {
                share(*environment, says, shared, program, diagnostics);
                return (IMPLICIT.to_owned(), surroundings);
            }
            program.environments.insert(declaration.id.clone(), *environment);
            (declaration.id.clone(), surroundings)
        }
        Choice::Declared(Located { origin, value }) => {
            if !environments.contains(&value) {
                report_unknown(origin, &value, environments, diagnostics);
            }
            (value, Surroundings::default())
        }
    }
}

/// Puts the environment that applications share into the program. What one says of its network and cluster counts for all;
/// two that say different things contradict each other.
fn share(
    environment: Environment,
    says: Says,
    shared: &mut Shared,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) {
    let Environment { origin, network, cluster, .. } = environment;
    let target = program.environments.entry(IMPLICIT.to_owned()).or_insert_with(|| environment::implicit(origin));
    let mut contradicts = false;
    if says.network {
        contradicts |= shared.network && target.network != network;
        target.network = network;
        shared.network = true;
    }
    if says.cluster {
        contradicts |= shared.cluster && target.cluster != cluster;
        target.cluster = cluster;
        shared.cluster = true;
    }
    if contradicts {
        diagnostics
            .error(
                origin,
                "applications without a network of their own share one, and two of them describe it differently",
            )
            .fix("declare an `OamEcs::Environment` for each network, and name it with `Environment: !Ref …`");
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
    let mut seen: Vec<(&Expr<String>, &str)> = Vec::new();
    for (id, environment) in &program.environments {
        let Some(prefix) = &environment.export_prefix else { continue };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == prefix) {
            diagnostics
                .error(environment.origin, format!("`{first}` and `{id}` would be exported under the same names"))
                .fix("give one of them an `ExportPrefix`");
        }
        seen.push((prefix, id));
    }
}
