//! What a declaration says beside OAM documents, and what only these need.
//!
//! In: the properties of an `OamEcs::Application`. Out: [`Settings`].

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Fields, Kind, Node, Reader};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::settings::{Machines, Secrets};

/// How a certificate is given where a document asks for one and has none.
pub(super) const TLS_REMEDY: &str =
    "give one beside `Document`, by host or by the name of the secret: `Certificates: { shop.example.com: !Ref Arn }`";

/// The properties that are read here.
pub const KEYS: [&str; 6] = ["Aliases", "Certificates", "DefaultExposure", "IgnoreTraits", "Policies", "Volumes"];

/// What a declaration says beside its documents.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Its place.
    pub origin: Origin,
    /// `Variables`: what `[fromVariable(NAME)]` becomes; wins over `spec.variables`.
    pub variables: BTreeMap<String, Located<Expr<String>>>,
    /// `Images`: the image of a component's first container, by the component's name; wins over the document.
    pub images: BTreeMap<String, Located<Expr<String>>>,
    /// `Secrets`: where the values of secrets come from.
    pub secrets: Secrets,
    /// On what components run, as `Defaults` and `Workloads` say.
    pub machines: Machines,
    /// Whether `Variables`, `Images` and `Secrets` could be read: else what they lack is no error of a document.
    pub is_complete: bool,
    /// What is for OAM only.
    pub own: Own,
}

/// The properties that other formats do not have.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// `Aliases`: types of a platform's own, and the types of components and traits that they stand for.
    pub aliases: Named<String>,
    /// `Certificates`: ARNs, by host or by the name of the secret that a document calls its certificate.
    pub certificates: Named<Expr<String>>,
    /// `DefaultExposure`: who reaches a server that has no trait which says so.
    pub default_exposure: Option<Located<DefaultExposure>>,
    /// `IgnoreTraits`: types of traits that are left out.
    pub ignored_traits: Named<()>,
    /// `Policies`: the policies that count, where the workflow does not say; `None`: nothing is said.
    pub policies: Option<Located<Vec<Located<String>>>>,
    /// `Volumes`: file systems that exist, by the claim that they are for.
    pub volumes: BTreeMap<String, Located<Expr<String>>>,
}

/// What is said of names, by name. Each is there for somebody to ask for.
#[derive(Clone, Debug)]
pub struct Named<T> {
    entries: BTreeMap<String, (Located<T>, Cell<bool>)>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new() }
    }
}

impl<T> Named<T> {
    fn new(entries: impl IntoIterator<Item = (String, Located<T>)>) -> Self {
        Self { entries: entries.into_iter().map(|(name, value)| (name, (value, Cell::new(false)))).gather() }
    }

    /// What is said of a name, which counts as asked for.
    pub fn get(&self, name: &str) -> Option<&Located<T>> {
        let (value, is_asked) = self.entries.get(name)?;
        is_asked.set(true);
        Some(value)
    }

    /// Whether anything is said of a name, which counts as asked for.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The names that nobody asked for, and where they are.
    fn unused(&self) -> Vec<(&str, Origin)> {
        let unused = self.entries.iter().filter(|(_, (_, is_asked))| !is_asked.get());
        unused.map(|(name, (value, _))| (name.as_str(), value.origin)).collect()
    }
}

impl Own {
    /// Notes what is said of types, hosts and secrets that the documents do not have.
    pub fn report_unused(&self, diagnostics: &mut Diagnostics) {
        let Self { aliases, certificates, default_exposure: _, ignored_traits, policies: _, volumes: _ } = self;
        for (name, origin) in aliases.unused() {
            diagnostics.note(origin, format!("the alias has no effect: nothing is of the type `{name}`"));
        }
        for (name, origin) in certificates.unused() {
            let message = format!(
                "the certificate has no effect: nothing is reached by TLS at `{name}`, or calls a certificate so"
            );
            diagnostics.note(origin, message);
        }
        for (name, origin) in ignored_traits.unused() {
            diagnostics.note(origin, format!("there is no trait `{name}` to be left out"));
        }
    }
}

/// Who reaches a server that has no trait which says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultExposure {
    /// The world, by a Network Load Balancer, as with oam-ecs.
    NetworkLoadBalancer,
    /// The other components, as on Kubernetes.
    Internal,
}

const EXPOSURES: [(&str, DefaultExposure); 2] =
    [("internal", DefaultExposure::Internal), ("nlb", DefaultExposure::NetworkLoadBalancer)];

/// Takes what is for OAM out of the properties of a declaration.
pub fn read(fields: &mut Fields, reader: &mut Reader<'_>) -> Own {
    let policies = fields.take("Policies");
    let ignored = names(fields.take("IgnoreTraits"), reader);
    let ignored = ignored.into_iter().map(|name| (name.value, Located::new(name.origin, ())));
    Own {
        aliases: Named::new(map(fields.take("Aliases"), "Aliases: { my-service: webservice }", reader, known_text)),
        certificates: Named::new(map(
            fields.take("Certificates"),
            "Certificates: { shop.example.com: !Ref Arn }",
            reader,
            text,
        )),
        default_exposure: fields.take("DefaultExposure").and_then(|node| reader.choice(&node, &EXPOSURES)),
        ignored_traits: Named::new(ignored),
        policies: policies.map(|node| Located::new(node.origin, names(Some(node), reader))),
        volumes: map(fields.take("Volumes"), "Volumes: { data: fs-0123456789abcdef0 }", reader, text),
    }
}

fn text(reader: &mut Reader<'_>, node: &Node) -> Option<Located<Expr<String>>> {
    reader.text(node)
}

fn known_text(reader: &mut Reader<'_>, node: &Node) -> Option<Located<String>> {
    reader.known_text(node)
}

/// The entries of a map whose values are of one kind.
fn map<T>(
    node: Option<Node>,
    example: &str,
    reader: &mut Reader<'_>,
    read: fn(&mut Reader<'_>, &Node) -> Option<Located<T>>,
) -> BTreeMap<String, Located<T>> {
    let Some(node) = node else { return BTreeMap::new() };
    let Kind::Mapping(entries) = node.kind else {
        let message = format!("this must be a map, not {}", node.description());
        reader.diagnostics.error(node.origin, message).fix(format!("write a map, `{example}`"));
        return BTreeMap::new();
    };
    entries.into_iter().filter_map(|(name, node)| Some((name, read(reader, &node)?))).gather()
}

/// One name, or a list of them.
fn names(node: Option<Node>, reader: &mut Reader<'_>) -> Vec<Located<String>> {
    let items = match node {
        None => Vec::new(),
        Some(Node { kind: Kind::Sequence(items), .. }) => items,
        Some(node) => vec![node],
    };
    items.iter().filter_map(|item| reader.known_text(item)).collect()
}
