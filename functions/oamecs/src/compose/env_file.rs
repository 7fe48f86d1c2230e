//! [`env_file`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#env_file) and
//! [`label_file`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#label_file): the variables and labels
//! of files, which `Files` has.
//!
//! In: the merged tree. Out: the tree with their content under `environment` and `labels`, whose own entries win. What is
//! left under `env_file` is a list of objects of S3, each its ARN, which ECS reads by itself.

mod dotenv;

use std::rc::Rc;

use indexmap::IndexMap;

use super::Loader;
use super::canonical::expression;
use super::interpolation::Defaults;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Kind, Node, NotEarly};
use crate::expression::Expr;
use crate::settings::Content;
use dotenv::{Assignment, Read, Value};

/// A file that a document asks for.
struct Request {
    path: Located<String>,
    is_required: bool,
    is_raw: bool,
}

/// Reads the files that services name.
pub(super) fn read(document: &mut Node, loader: &mut Loader<'_, '_, '_>) {
    let Kind::Mapping(top) = &mut document.kind else { return };
    let Some(Node { kind: Kind::Mapping(services), .. }) = top.get_mut("services") else { return };
    for service in services.values_mut() {
        let origin = service.origin;
        let Kind::Mapping(attributes) = &mut service.kind else { continue };
        if let Some(files) = attributes.shift_remove("env_file") {
            let (requests, left) = requests(files, loader);
            if let Some(left) = left {
                attributes.insert("env_file".to_owned(), left);
            }
            put(attributes, "environment", &requests, origin, loader);
        }
        if let Some(files) = attributes.shift_remove("label_file") {
            let items = loader.reader.items(files, "a path, or a list of paths").unwrap_or_default();
            let paths = items.iter().filter_map(|item| loader.reader.known_text(item));
            let requests: Vec<_> = paths.map(|path| Request { path, is_required: true, is_raw: false }).collect();
            put(attributes, "labels", &requests, origin, loader);
        }
    }
}

/// The variables that env files of the project or of an included document give. Those of `outer` win, and so does a file over
/// those before it.
pub(super) fn defaults(
    paths: &[Located<String>],
    outer: &Rc<Defaults>,
    loader: &mut Loader<'_, '_, '_>,
) -> Rc<Defaults> {
    let before = loader.variables.set_defaults(Rc::clone(outer));
    let mut found = Defaults::new();
    for path in paths {
        let request = Request { path: path.clone(), is_required: true, is_raw: false };
        if let Some(said) = content(&request, loader) {
            evaluate(said, &Defaults::new(), &mut found, loader);
        }
    }
    loader.variables.set_defaults(before);
    found.extend(outer.iter().map(|(name, value)| (name.clone(), value.clone())));
    Rc::new(found)
}

/// The files that `env_file` asks for, and the ARNs of objects among them.
fn requests(files: Node, loader: &mut Loader<'_, '_, '_>) -> (Vec<Request>, Option<Node>) {
    let origin = files.origin;
    let mut requests = Vec::new();
    let mut left = Vec::new();
    for item in loader.reader.items(files, "a path, or a list of paths").unwrap_or_default() {
        let Some(mut fields) = loader.reader.fields(item, "a path, or a map with `path`") else { continue };
        let Some(path) = fields.take("path") else {
            loader.reader.diagnostics.error(fields.origin, "`path` is missing").fix("write `path: ./web.env`");
            continue;
        };
        let required = fields.take("required").and_then(|node| loader.reader.any_bool(&node));
        let read = |text: &str| (text == "raw").then_some(());
        let fix = "write `format: raw`, or leave it out";
        let format = fields.take("format").and_then(|node| loader.parsed(&node, read, "a format of env files", fix));
        fields.finish(&["format", "path", "required"], loader.reader.diagnostics);
        let is_object = match &path.kind {
            Kind::Text(path) => path.starts_with("arn:"),
            Kind::Deferred(_) => true,
            _ => false,
        };
        if is_object {
            let optional = required.filter(|flag| !flag.value).map(|flag| flag.origin);
            check_object(path.origin, optional, !requests.is_empty(), format.is_some(), loader.reader.diagnostics);
            left.push(path);
        } else if let Some(path) = loader.reader.known_text(&path) {
            let is_required = required.is_none_or(|flag| flag.value);
            requests.push(Request { path, is_required, is_raw: format.is_some() });
        }
    }
    (requests, (!left.is_empty()).then(|| Node::new(origin, Kind::Sequence(left))))
}

/// Reports where ECS treats an object otherwise than Compose treats a file. `optional` is where it says that it may be missing.
fn check_object(
    origin: Origin,
    optional: Option<Origin>,
    is_after_file: bool,
    is_raw: bool,
    diagnostics: &mut Diagnostics,
) {
    if let Some(optional) = optional {
        diagnostics
            .error(optional, "ECS starts no task without an object that it is told to read")
            .fix("remove `required`, and see that the object is there, empty if need be");
    }
    if is_after_file {
        diagnostics
            .error(
                origin,
                "this object is to win over the files before it, but ECS lets what the template says win over objects",
            )
            .fix("write objects before files, or give the content of this one under `Files`");
    }
    if !is_raw {
        diagnostics.note(
            origin,
            "ECS takes each line of an object as it is: quotation marks are kept, and `$` means itself; `format: raw` says that this is meant",
        );
    }
}

/// Puts what the files hold before the entries that stand under `key`.
fn put(
    attributes: &mut IndexMap<String, Node>,
    key: &str,
    requests: &[Request],
    service: Origin,
    loader: &mut Loader<'_, '_, '_>,
) {
    let own = match attributes.shift_remove(key) {
        None | Some(Node { kind: Kind::Null, .. }) => Node::new(service, Kind::Mapping(IndexMap::new())),
        Some(node) => node,
    };
    let Kind::Mapping(own_entries) = own.kind else {
        attributes.insert(key.to_owned(), own);
        return;
    };
    let mut fixed = Defaults::new();
    if key == "environment" {
        let texts = own_entries.iter().filter_map(|(name, value)| Some((name.clone(), known(value)?)));
        fixed.extend(texts);
    }
    let mut entries = IndexMap::new();
    let mut seen = Defaults::new();
    for request in requests {
        if let Some(said) = content(request, loader) {
            entries.extend(evaluate(said, &fixed, &mut seen, loader));
        }
    }
    entries.extend(own_entries);
    attributes.insert(key.to_owned(), Node::new(own.origin, Kind::Mapping(entries)));
}

/// What a file says, in its order.
struct Said(Vec<(String, Located<Given>)>);

/// What a name is set to.
enum Given {
    /// A value that means itself.
    Literal(Kind),
    /// Text in the notation of interpolation.
    Template(String),
    /// The value of the variable of this name.
    Inherited,
}

/// What a file says. `None` where there is none, which is told.
fn content(request: &Request, loader: &mut Loader<'_, '_, '_>) -> Option<Said> {
    let settings = loader.settings;
    let path = &request.path;
    let Some(entry) = settings.files.get(&path.value) else {
        if request.is_required {
            loader.report_missing(path, "NAME=value");
        } else {
            loader.reader.diagnostics.note(
                path.origin,
                format!("there is no file `{}` under `Files` of `{}`, and none is required", path.value, settings.id),
            );
        }
        return None;
    };
    let origin = entry.origin;
    let text = match &entry.content {
        Content::Map(entries) => {
            let given = |value: &Node| match &value.kind {
                Kind::Text(text) => Given::Template(text.clone()),
                Kind::Null => Given::Inherited,
                kind => Given::Literal(kind.clone()),
            };
            let said = entries.iter().map(|(name, value)| (name.clone(), Located::new(value.origin, given(value))));
            return Some(Said(said.collect()));
        }
        Content::Text(Expr::Known(text)) => text.clone(),
        Content::Text(Expr::Deferred(deferred)) => {
            if let Some(function) = deferred.alone()
                && let Err(NotEarly { reason, .. }) = loader.reader.early.resolve(function)
            {
                loader
                    .reader
                    .diagnostics
                    .error(origin, format!("a file is read when the template is expanded, but {reason}"))
                    .fix(format!("write a map, whose values may be functions: `{}: {{ NAME: … }}`", entry.path));
                return None;
            }
            loader.reader.resolve(origin, deferred)?
        }
    };
    let Read { assignments, faults } = if request.is_raw { dotenv::read_raw(&text) } else { dotenv::read(&text) };
    for (line, fault) in faults {
        let place = loader.origins.mark(origin, (line, 1));
        loader.reader.diagnostics.error(place, fault.to_string()).fix(fault.fix());
    }
    let said = assignments.into_iter().map(|Assignment { name, value, line }| {
        let given = match value {
            Value::Literal(text) => Given::Literal(Kind::Text(text)),
            Value::Template(text) => Given::Template(text),
            Value::Inherited => Given::Inherited,
        };
        (name, Located::new(loader.origins.mark(origin, (line, 1)), given))
    });
    Some(Said(said.collect()))
}

/// The values of a file. Its variables are those of `Variables`, else `fixed` ones, else `seen` ones, which stand before them
/// in a file; what the file sets is seen from there on.
fn evaluate(
    said: Said,
    fixed: &Defaults,
    seen: &mut Defaults,
    loader: &mut Loader<'_, '_, '_>,
) -> IndexMap<String, Node> {
    let outer = loader.variables.set_defaults(Rc::default());
    let mut defaults = std::mem::take(seen);
    for (name, value) in fixed.iter().chain(outer.iter()) {
        defaults.insert(name.clone(), value.clone());
    }
    let mut values: IndexMap<String, Node> = IndexMap::new();
    for (name, given) in said.0 {
        let place = given.origin;
        let node = match given.value {
            Given::Literal(kind) => Node::new(place, kind),
            Given::Template(text) => {
                loader.variables.set_defaults(Rc::new(std::mem::take(&mut defaults)));
                let kind = loader.variables.text(&text, place, loader.reader);
                defaults = Rc::unwrap_or_clone(loader.variables.set_defaults(Rc::default()));
                Node::new(place, kind)
            }
            Given::Inherited => match loader.variables.get(&name).or_else(|| defaults.get(&name).cloned()) {
                Some(value) => expression(place, value),
                None => loader.report_inherited(&name, place),
            },
        };
        if let Some(value) = known(&node).filter(|_| !fixed.contains_key(&name) && !outer.contains_key(&name)) {
            defaults.insert(name.clone(), value);
        }
        values.insert(name, node);
    }
    *seen = defaults;
    loader.variables.set_defaults(outer);
    values
}

/// The text that a value is, where it is one.
fn known(value: &Node) -> Option<Expr<String>> {
    match &value.kind {
        Kind::Text(text) => Some(Expr::Known(text.clone())),
        Kind::Number(number) => Some(Expr::Known(number.to_string())),
        Kind::Bool(value) => Some(Expr::Known(value.to_string())),
        Kind::Deferred(deferred) => Some(Expr::Deferred(deferred.clone())),
        _ => None,
    }
}
