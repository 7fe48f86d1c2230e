//! From declarations to the program, each by the front end of its type.

mod owned;

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::compose;
use crate::diagnostic::{Diagnostics, Located, Origin, Origins};
use crate::document::{Document, Early, Fields, Node, Reader, suggestion};
use crate::environment;
use crate::expression::Expr;
use crate::fragment::{Declaration, Kind};
use crate::gather::Gather;
use crate::oam;
use crate::program::application::Surroundings;
use crate::program::environment::{Environment, Namespace, Network};
use crate::program::settle::settle;
use crate::program::{Application, Program};
use crate::rollout;
use crate::settings::defaults::Defaults;
use crate::settings::{self, Choice, Says, Settings, bind_mounts, files};
use crate::stackfile;

/// The key, and the beginning of the logical ids, of the environment that nobody declared.
const IMPLICIT: &str = "OamEcs";

/// What has been said of the environment that applications share.
type Shared = Says;

/// Reads all declarations of a template; `defaults` is what holds where they are silent.
pub(crate) fn lower(
    declarations: &mut [Declaration],
    defaults: Defaults,
    early: &mut dyn Early,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Program {
    let environments: BTreeSet<String> =
        declarations.iter().filter(|each| each.kind == Kind::Environment).map(|each| each.id.clone()).gather();
    let mut lowering = Lowering {
        environments: &environments,
        shared: Shared { network: false, cluster: false },
        program: Program::default(),
        stackfiles: Vec::new(),
        origins,
        reader: &mut Reader { diagnostics, early },
    };
    for declaration in declarations {
        if declaration.id == IMPLICIT {
            lowering
                .reader
                .diagnostics
                .error(
                    declaration.origin,
                    format!("the logical ids of what applications share begin with `{IMPLICIT}`"),
                )
                .fix("give it another logical id");
        }
        let (documents, mut fields) = declaration.take();
        match declaration.kind {
            Kind::Application | Kind::Compose | Kind::Stackfile => defaults.fill(&mut fields),
            Kind::Environment | Kind::Rollout => {}
        }
        match declaration.kind {
            Kind::Application => lowering.oam(declaration, documents, fields),
            Kind::Compose => lowering.compose(declaration, documents, fields),
            Kind::Environment => {
                lower_environment(declaration, fields, &mut lowering.program, lowering.reader);
            }
            Kind::Rollout => lowering.rollout(declaration, documents, fields),
            Kind::Stackfile => lowering.stackfile(declaration, documents, fields),
        }
    }
    let Lowering { mut program, stackfiles, reader, .. } = lowering;
    for id in &stackfiles {
        let Program { environments, applications, .. } = &mut program;
        if let Some(application) = applications.get_mut(id)
            && let Some(environment) = environments.get(&application.environment)
        {
            stackfile::place(id, application, environment, reader.diagnostics);
        }
    }
    for application in program.applications.values_mut() {
        settle(application, reader.diagnostics);
    }
    owned::settle(&mut program, reader.diagnostics);
    defaults.tag(&mut program, reader);
    check_exports(&program, reader.diagnostics);
    program
}

/// What the declarations of a template share on their way.
struct Lowering<'a, 'r> {
    /// The logical ids of declared environments.
    environments: &'a BTreeSet<String>,
    shared: Shared,
    program: Program,
    /// The logical ids of stackfiles, whose clusters may be declared after them.
    stackfiles: Vec<String>,
    origins: &'a mut Origins,
    reader: &'a mut Reader<'r>,
}

fn lower_environment(declaration: &Declaration, mut fields: Fields, program: &mut Program, reader: &mut Reader<'_>) {
    let tags = settings::tags(&mut fields, reader);
    let mut environment = environment::load(fields, true, tags, reader);
    environment.origin = declaration.origin;
    program.environments.insert(declaration.id.clone(), environment);
    program.declared.insert(declaration.id.clone());
}

impl Lowering<'_, '_> {
    fn compose(&mut self, declaration: &mut Declaration, documents: Vec<Document>, mut fields: Fields) {
        let bind_mounts = bind_mounts::read(fields.take("BindMounts"), self.reader);
        let files = files::read(fields.take("Files"), self.reader);
        let mut settings = settings::load(fields, &compose::KEYS, self.reader);
        let compose = compose::Settings {
            id: &declaration.id,
            origin: declaration.origin,
            variables: std::mem::take(&mut settings.variables),
            images: std::mem::take(&mut settings.images),
            is_complete: settings.is_complete && files.is_some(),
            files: files.unwrap_or_default(),
            machines: settings.machines(),
            bind_mounts,
            secrets: std::mem::take(&mut settings.secrets),
        };
        let Some(place) = documents.first().map(|document| document.node.origin) else { return };
        let mut project = compose::load(documents, &compose, self.origins, self.reader);
        if let Some(project) = &mut project {
            declaration.overlay = std::mem::take(&mut project.overlay);
        }
        let said = project.as_mut().map(|project| std::mem::take(&mut project.surroundings)).unwrap_or_default();
        let (environment, surroundings) = self.choose(declaration, &mut settings, said, place);
        let Some(project) = project else { return };
        let Some(application) = compose::lower(project, &compose, environment, self.reader.diagnostics) else { return };
        compose.files.report_unused(self.reader.diagnostics);
        self.add(declaration, application, surroundings, settings);
    }

    fn oam(&mut self, declaration: &Declaration, documents: Vec<Document>, mut fields: Fields) {
        let own = oam::settings::read(&mut fields, self.reader);
        let mut settings = settings::load(fields, &oam::settings::KEYS, self.reader);
        let oam = oam::Settings {
            id: &declaration.id,
            origin: declaration.origin,
            variables: std::mem::take(&mut settings.variables),
            images: std::mem::take(&mut settings.images),
            secrets: std::mem::take(&mut settings.secrets),
            machines: settings.machines(),
            is_complete: settings.is_complete,
            own,
        };
        let Some(place) = documents.first().map(|document| document.node.origin) else { return };
        let mut application = oam::load(documents, &oam, self.reader);
        // Nothing runs, so that nothing is made for it to run in.
        if application.as_ref().is_some_and(|application| application.components.is_empty()) {
            return;
        }
        let said = application.as_mut().map(|application| std::mem::take(&mut application.network.environment));
        let (environment, surroundings) = self.choose(declaration, &mut settings, said.unwrap_or_default(), place);
        let Some(application) = application else { return };
        let Some(application) = oam::lower(application, &oam, environment, self.reader.diagnostics) else { return };
        oam.own.report_unused(self.reader.diagnostics);
        self.add(declaration, application, surroundings, settings);
    }

    fn stackfile(&mut self, declaration: &Declaration, documents: Vec<Document>, mut fields: Fields) {
        let own = stackfile::settings::read(&mut fields, self.reader);
        let mut settings = settings::load(fields, &stackfile::settings::KEYS, self.reader);
        let stackfile = stackfile::Settings {
            id: &declaration.id,
            origin: declaration.origin,
            network_modes: settings.network_modes(),
            variables: std::mem::take(&mut settings.variables),
            images: std::mem::take(&mut settings.images),
            secrets: std::mem::take(&mut settings.secrets),
            machines: settings.machines(),
            is_complete: settings.is_complete,
            own,
        };
        let Some(place) = documents.first().map(|document| document.node.origin) else { return };
        let mut stack = stackfile::load(documents, &stackfile, self.reader);
        // Nothing runs, so that nothing is made for it to run in.
        if stack.as_ref().is_some_and(|stack| stack.services.is_empty()) {
            return;
        }
        let said = stack.as_mut().map(|stack| std::mem::take(&mut stack.vpc.environment)).unwrap_or_default();
        let namespace = stack.as_ref().and_then(|stack| stack.namespace.clone());
        let (environment, mut surroundings) = self.choose(declaration, &mut settings, said, place);
        let Some(stack) = stack else { return };
        if let (Some(namespace), Some(_)) = (&namespace, &surroundings.namespace) {
            let message = "the name space that `Environment` says beside the document counts, not this";
            self.reader.diagnostics.note(namespace.origin, message);
        }
        surroundings.namespace = surroundings.namespace.or(namespace.map(Namespace::Shared));
        let Some(application) = stackfile::lower(stack, &stackfile, environment, self.reader.diagnostics) else {
            return;
        };
        self.add(declaration, application, surroundings, settings);
        self.stackfiles.push(declaration.id.clone());
    }

    fn rollout(&mut self, declaration: &Declaration, documents: Vec<Document>, fields: Fields) {
        let settings = rollout::settings::read(fields, self.reader);
        let Some(configuration) = rollout::load(documents, self.reader) else { return };
        let release = rollout::lower(configuration, &settings, declaration.origin, self.reader);
        self.program.releases.insert(declaration.id.clone(), release);
    }

    /// The environment of a declaration, by what it says beside its documents and what these say.
    fn choose(
        &mut self,
        declaration: &Declaration,
        settings: &mut Settings,
        said: IndexMap<String, Node>,
        place: Origin,
    ) -> (String, Surroundings) {
        let choice = settings.choose(said, place, self.reader);
        let diagnostics = &mut *self.reader.diagnostics;
        choose(declaration, choice, self.environments, &mut self.shared, &mut self.program, diagnostics)
    }

    /// Adds an application to the program, with what its declaration says whatever the format.
    fn add(
        &mut self,
        declaration: &Declaration,
        mut application: Application,
        surroundings: Surroundings,
        settings: Settings,
    ) {
        application.surroundings = surroundings;
        settings.apply(&mut application, self.reader);
        self.program.applications.insert(declaration.id.clone(), application);
    }
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
