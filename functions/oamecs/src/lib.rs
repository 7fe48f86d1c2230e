//! The compiler behind `Transform: OamEcs`.
//!
//! A template on its way through the program:
//!
//! ```text
//! fragment ─► Declaration ─┬► compose::Project ────┬► Program ─► Lowered ─► fragment′
//!                          ├► oam::Application ────┤
//!                          ├► rollout::Configuration┤
//!                          └► stackfile::Stack ────┘
//!       find            load                   lower       lower      patch, splice, verify
//! ```
//!
//! | stage | module | in → out |
//! |---|---|---|
//! | find | [`fragment`] | the template → its pseudo resources, with their [`document`]s as trees |
//! | load | [`compose`], [`oam`], [`rollout`], [`stackfile`] | documents → the format's own canonical model |
//! | lower | [`compose`], [`oam`], [`rollout`], [`stackfile`] | that → [`program`], the model of what is to run |
//! | lower | [`ecs`] | the model → resources, in the words of [`cloudformation`] |
//! | patch, splice, verify | [`fragment`] | resources → back into the template |
//!
//! [`environment`], [`settings`] and [`options`] read what declarations say beside their documents, and [`definition`] publishes
//! what that may be; [`support`] is what tables of a format's attributes are
//! made of; [`source`] reads templates for the preview and the tests. Every value carries an
//! [`Origin`](diagnostic::Origin); every stage writes to one [`Diagnostics`](diagnostic::Diagnostics).
//!
//! The compiler is a pure function: what it needs from the world comes in the [`Request`], and the same request gives the
//! same bytes.

pub mod cloudformation;
pub mod compose;
pub mod definition;
pub mod diagnostic;
pub mod document;
pub mod ecs;
pub mod environment;
pub mod expression;
pub mod fragment;
pub mod installation;
pub mod oam;
pub mod options;
pub mod program;
pub mod rollout;
pub mod settings;
pub mod source;
pub mod stackfile;
pub mod support;

mod decimal;
mod front_end;
mod gather;
mod path;
mod port_notation;

use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use thiserror::Error;

use diagnostic::{Diagnostics, Origin, Origins, Rendered};
use fragment::{EarlyValues, Size};
use installation::Installation;
use settings::defaults::Defaults;

/// What is to be expanded.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The template without its `Transform` section.
    pub fragment: Map<String, Json>,
    /// The values of its parameters (`templateParameterValues` of a macro request); `Default` counts for those left out.
    pub parameters: Map<String, Json>,
    /// `Parameters` of the transform (`params` of a macro request): options for all declarations.
    pub transform_parameters: Map<String, Json>,
    /// What the installation settles.
    pub installation: Installation,
    /// What no other request has (`requestId` of a macro request), for what happens on every deployment and for nothing else.
    pub nonce: String,
}

/// An expanded template.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// The template with native resources, as compact JSON.
    pub json: Box<RawValue>,
    /// What its author should know.
    pub notes: Vec<Rendered>,
}

/// Why a template cannot be expanded.
#[derive(Clone, Debug, Error)]
#[error("{message}")]
pub struct Failure {
    /// All errors, as far as they fit a stack event.
    pub message: String,
    /// Each error and note.
    pub findings: Vec<Rendered>,
}

/// Everything that came of a request, errors or not.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// The template with native resources, as compact JSON; without meaning where `findings` holds an error.
    pub json: Box<RawValue>,
    /// Errors and notes, in the order of what the author wrote.
    pub findings: Vec<Rendered>,
    /// How large the fragment is.
    pub size: Size,
}

impl Expansion {
    /// The template as a tree, for tools that go on with it.
    pub fn fragment(&self) -> Map<String, Json> {
        serde_json::from_str(self.json.get()).unwrap_or_default()
    }
}

impl Compilation {
    /// The template as a tree, for tools that go on with it.
    pub fn fragment(&self) -> Map<String, Json> {
        serde_json::from_str(self.json.get()).unwrap_or_default()
    }
}

/// Expands a template.
///
/// # Errors
/// Where anything in it is wrong, or cannot be had on ECS: all of it at once.
pub fn expand(request: Request) -> Result<Expansion, Failure> {
    let log_group = request.installation.log_group.clone();
    let Compilation { json, findings, size: _ } = compile(request);
    let (errors, notes): (Vec<_>, Vec<_>) = findings.iter().cloned().partition(|finding| finding.is_error);
    if errors.is_empty() {
        return Ok(Expansion { json, notes });
    }
    Err(Failure { message: diagnostic::message(&errors, log_group.as_deref()), findings })
}

/// Expands a template and keeps what came of it, errors or not: for tools that show more than a stack event does.
pub fn compile(request: Request) -> Compilation {
    let Request { fragment, parameters, transform_parameters, mut installation, nonce } = request;
    let mut origins = Origins::default();
    let mut diagnostics = Diagnostics::default();
    let mut early = EarlyValues::new(&fragment, parameters);
    let stated = installation.defaults.as_deref();
    let defaults = Defaults::read(transform_parameters, &fragment, stated, &mut origins, &mut diagnostics);
    installation.permissions_boundary = defaults.permissions_boundary().or(installation.permissions_boundary);
    let (template, mut declarations) = fragment::find(fragment, &mut origins, &mut diagnostics);
    let program = front_end::lower(&mut declarations, defaults, &mut early, &mut origins, &mut diagnostics);
    let mut lowered = ecs::lower(&program, &installation, &nonce, &mut diagnostics);
    fragment::patch(&mut declarations, &mut lowered, &mut diagnostics);
    let mut spliced = fragment::splice(template, &declarations, lowered, &mut origins, &mut diagnostics);
    fragment::verify(&spliced, &mut diagnostics);
    // What is refused costs nothing.
    if diagnostics.errors() == 0 {
        ecs::advise_prices(&program, spliced.generated(), &mut diagnostics);
    }
    let size = spliced.measure(&mut diagnostics);
    advise(&early, size, &mut diagnostics);
    let findings = diagnostic::render(&diagnostics, &origins);
    spliced.annotate(findings.iter().filter(|finding| !finding.is_error).map(Rendered::without_position));
    Compilation { json: spliced.write(), findings, size }
}

/// What holds for the template as a whole.
fn advise(early: &EarlyValues, size: Size, diagnostics: &mut Diagnostics) {
    if !early.used().is_empty() {
        let names: Vec<&str> = early.used().iter().map(String::as_str).collect();
        diagnostics.advice(
            Origin::TEMPLATE,
            format!("{} decided which resources there are: to change them, update the stack with the original template, as `use existing template` keeps what they decided", document::list(&names)),
        );
    }
    if !size.fits_inline() && size.fits() {
        diagnostics.advice(
            Origin::TEMPLATE,
            format!("processed, the template has more than {} bytes: deploy it by way of S3, as `sam deploy` and the CDK do by themselves", fragment::INLINE_BYTES),
        );
    }
}
