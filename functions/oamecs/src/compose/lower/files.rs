//! [`secrets`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#secrets) and
//! [`configs`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#configs) of a service, as files.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::Grant;
use super::super::model::secret::Keys;
use super::Lowering;
use crate::diagnostic::{Located, Origin};
use crate::document::{list, suggestion};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::path::is_within;
use crate::program::secret::{Content, File, Part};

/// Where secrets are whose target is no path from the root.
pub(super) const SECRETS: &str = "/run/secrets";

/// Permissions where a document says nothing: everybody reads.
const MODE: u32 = 0o444;

/// The files of a service.
pub(super) struct Delivered {
    pub(super) files: Vec<File>,
    /// Where files are to be, those included that errors were reported for.
    paths: BTreeSet<String>,
}

impl Delivered {
    /// Whether there is, or was to be, a file at `path`, or a directory of files at or above it.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|delivered| is_within(path, delivered) || is_within(delivered, path))
    }
}

/// The files of a service with these secrets and configs besides those that it mounts, which runs as `user`.
pub(super) fn lower(
    mounted: Vec<File>,
    secrets: Vec<Grant>,
    configs: Vec<Grant>,
    user: Option<&Located<Expr<String>>>,
    lowering: &mut Lowering<'_>,
) -> Delivered {
    let owner = user.and_then(|user| user.value.known()).map(|user| numbers(user)).unwrap_or_default();
    let paths = mounted.iter().map(|file| file.path.clone()).gather();
    let mut delivered = Delivered { files: mounted, paths };
    for grant in secrets {
        let given = grant.target.clone().unwrap_or_else(|| grant.source.clone());
        let Some(path) = path(&given, SECRETS, lowering) else { continue };
        delivered.paths.insert(path.clone());
        let source = &grant.source.value;
        let Some(secret) = lowering.secrets.get(source) else {
            let secrets = lowering.secrets;
            report_undefined(&grant.source, "secret", secrets.keys().chain(&lowering.unused.secrets), lowering);
            continue;
        };
        let part = |key: Option<&str>| Content::Secret(Part { secret: source.clone(), key: key.map(str::to_owned) });
        let contents = match secret.keys.as_ref().map(|keys| &keys.value) {
            None => vec![(path, part(None))],
            Some(Keys::All) => vec![(path, Content::Keys(source.clone()))],
            Some(Keys::Some(keys)) => {
                keys.iter().map(|key| (format!("{path}/{}", key.value), part(Some(&key.value)))).collect()
            }
        };
        let template = file(&grant, owner, lowering);
        let files = contents.into_iter().map(|(path, content)| File { content, path, ..template.clone() });
        delivered.files.extend(files);
    }
    for grant in configs {
        let given = grant.target.clone().unwrap_or_else(|| grant.source.clone());
        let Some(path) = path(&given, "", lowering) else { continue };
        delivered.paths.insert(path.clone());
        let source = &grant.source.value;
        if !lowering.configs.contains_key(source) {
            let configs = lowering.configs;
            report_undefined(&grant.source, "config", configs.keys().chain(&lowering.unused.configs), lowering);
            continue;
        }
        let template = file(&grant, owner, lowering);
        if let Some(content) = lowering.contents.get(source).cloned() {
            delivered.files.push(File { content, path, ..template });
        }
    }
    report_repeated(&delivered.files, lowering);
    delivered
}

/// A file with the owner and the permissions of a grant.
fn file(grant: &Grant, owner: (Option<u32>, Option<u32>), lowering: &mut Lowering<'_>) -> File {
    let Grant { origin, source, target: _, uid, gid, mode } = grant;
    let number = |number: &Option<Located<u32>>| number.as_ref().map(|number| number.value);
    let (user, group) = (number(uid).or(owner.0), number(gid).or(owner.1));
    let given = number(mode).unwrap_or(MODE);
    if let Some(mode) = mode {
        if given & 0o222 != 0 {
            lowering.diagnostics.note(
                mode.origin,
                format!("the file has the permissions {:04o}: whoever writes to it changes it for one task only, so that nobody may", given & !0o222),
            );
        }
        if given & 0o004 == 0 && user.is_none() && group.is_none() {
            lowering.diagnostics.advice(
                mode.origin,
                format!(
                    "root owns `{}`, and others cannot read it; where the image runs as another user, write `uid`",
                    source.value
                ),
            );
        }
    }
    File {
        origin: *origin,
        content: Content::Text(Expr::from("")),
        path: String::new(),
        user,
        group,
        mode: given & !0o222,
        replaces: None,
    }
}

/// The path from the root of a target, which is below `directory` where it does not begin there.
fn path(target: &Located<String>, directory: &str, lowering: &mut Lowering<'_>) -> Option<String> {
    let whole =
        if target.value.starts_with('/') { target.value.clone() } else { format!("{directory}/{}", target.value) };
    let steps: Vec<&str> = whole.split('/').filter(|step| !matches!(*step, "" | ".")).collect();
    if steps.is_empty() || steps.contains(&"..") || whole.ends_with('/') {
        lowering
            .diagnostics
            .error(target.origin, format!("`{}` is no path of a file", target.value))
            .fix("write a path without `..`, with the file's name at its end");
        return None;
    }
    Some(format!("/{}", steps.join("/")))
}

/// The user and the group of `1000:1000`, as far as they are numbers.
fn numbers(user: &str) -> (Option<u32>, Option<u32>) {
    let (user, group) = user.split_once(':').unwrap_or((user, ""));
    (user.parse().ok(), group.parse().ok())
}

fn report_undefined<'a>(
    source: &Located<String>,
    what: &str,
    known: impl Iterator<Item = &'a String>,
    lowering: &mut Lowering<'_>,
) {
    let name = &source.value;
    let known: Vec<&str> = known.map(String::as_str).collect();
    let error = lowering.diagnostics.error(source.origin, format!("the document has no {what} `{name}`"));
    match suggestion(name, known.iter().copied()) {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None if known.is_empty() => {
            let example = if what == "secret" { "x-aws-generate: true" } else { "content: …" };
            error.fix(format!("add it at the top of the document: `{what}s: {{ {name}: {{ {example} }} }}`"));
        }
        None => error.fix(format!("add it under `{what}s` at the top of the document, which has {}", list(&known))),
    }
}

/// Two files of one path, and a file where another needs a directory.
fn report_repeated(files: &[File], lowering: &mut Lowering<'_>) {
    let mut origins: BTreeMap<&str, Origin> = BTreeMap::new();
    for file in files {
        if origins.insert(&file.path, file.origin).is_some() {
            lowering
                .diagnostics
                .error(file.origin, format!("two files have the same path, `{}`", file.path))
                .fix("give one of them another `target`");
        }
    }
    for (path, origin) in &origins {
        let above =
            path.match_indices('/').filter_map(|(end, _)| path.get(..end)).find(|above| origins.contains_key(above));
        if let Some(above) = above {
            lowering
                .diagnostics
                .error(*origin, format!("`{above}` is a file, so that `{path}` cannot be below it"))
                .fix("give one of them another `target`");
        }
    }
}
