//! Which format documents are of, and what of it becomes a parameter.

use std::path::Path;

use oamecs::compose::needed_variables;
use oamecs::document::Fault;
use serde_yaml::Value as Yaml;

use super::{Template, refused};

/// A format of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Compose.
    Compose,
    /// The Open Application Model, of any version.
    Application,
    /// A stackfile of ecs-compose.
    Stackfile,
    /// A configuration of ECS Toolkit.
    Rollout,
}

impl Format {
    /// The type of the declaration.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Compose => "OamEcs::Compose",
            Self::Application => "OamEcs::Application",
            Self::Stackfile => "OamEcs::Stackfile",
            Self::Rollout => "OamEcs::Rollout",
        }
    }
}

/// The format of a file, by what its documents hold; an Appfile, which has `services` as Compose has, by its name.
pub(super) fn of(values: &[Yaml], path: &Path) -> Result<Format, Fault> {
    let Some(root) = values.iter().find(|value| !value.is_null()) else {
        return Err(refused("the document is empty", "write a Compose document, a map with `services`"));
    };
    let has = |key: &str| root.get(key).is_some_and(|value| !value.is_null());
    let is_appfile = path.file_stem().is_some_and(|stem| stem == "vela");
    if has("apiVersion") && has("kind") || is_appfile && has("services") {
        return Ok(Format::Application);
    }
    if has("version") && has("cluster") {
        return Ok(Format::Rollout);
    }
    match root.get("services") {
        Some(Yaml::Mapping(_)) => Ok(Format::Compose),
        Some(Yaml::Sequence(_)) => Ok(Format::Stackfile),
        // Further stackfiles may hold what services have in common.
        _ if has("defaults") || has("vpc") || has("service_discovery") => Ok(Format::Stackfile),
        _ => Err(refused(
            "this is a document of none of the formats that can be embedded",
            "write a Compose document (`services`, a map), an OAM document (`apiVersion` and `kind`), a stackfile (`services`, a list), or an ECS Toolkit configuration (`version` and `cluster`)",
        )),
    }
}

/// What the documents of a file call what they describe.
pub(super) fn name(values: &[Yaml]) -> Option<&str> {
    let of_application = || {
        let is_application = |value: &&Yaml| {
            value.get("kind").and_then(Yaml::as_str).is_some_and(|kind| kind.starts_with("Application"))
        };
        values.iter().find(is_application)?.get("metadata")?.get("name")?.as_str()
    };
    values.iter().find_map(|value| value.get("name")?.as_str()).or_else(of_application)
}

/// Gives a template the parameters that its documents cannot do without.
pub(super) fn needs(format: Format, values: &[Yaml], template: &mut Template) {
    match format {
        Format::Compose => {
            for root in values {
                compose(root, template);
            }
        }
        // Its parameters have values in the document.
        Format::Application => {}
        Format::Stackfile => {
            let property = "Environment: { Cluster: {} }";
            template.property("Cluster", "Name of the cluster, the argument of ecs-compose", property);
            let mut names = Vec::new();
            for root in values {
                collect_variables(root, &mut names);
            }
            for name in &names {
                template.variable(name);
            }
        }
        Format::Rollout => {
            template.property("ImageTag", "The tag that is rolled out, an option of ECS Toolkit", "ImageTag: {}");
        }
    }
}

fn compose(root: &Yaml, template: &mut Template) {
    let mut names = Vec::new();
    collect_variables(root, &mut names);
    for (name, service) in root.get("services").and_then(Yaml::as_mapping).into_iter().flatten() {
        let is_built = service.get("build").is_some() && service.get("image").is_none();
        if let Some(name) = name.as_str().filter(|_| is_built) {
            template.image(name);
        }
        if let Some(environment) = service.get("environment") {
            collect_unset(environment, &mut names);
        }
    }
    for name in &names {
        template.variable(name);
    }
}

/// The variables that the values of a document cannot do without.
fn collect_variables(value: &Yaml, names: &mut Vec<String>) {
    match value {
        Yaml::String(text) => names.extend(needed_variables(text)),
        Yaml::Sequence(items) => items.iter().for_each(|item| collect_variables(item, names)),
        Yaml::Mapping(entries) => entries.values().for_each(|value| collect_variables(value, names)),
        Yaml::Tagged(tagged) => collect_variables(&tagged.value, names),
        Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) => {}
    }
}

/// The variables of an `environment` that Compose would take from its own.
fn collect_unset(environment: &Yaml, names: &mut Vec<String>) {
    let is_name = |name: &&str| !name.is_empty() && !name.contains(['=', '$', ' ']);
    let unset: Vec<&str> = match environment {
        Yaml::Sequence(items) => items.iter().filter_map(Yaml::as_str).filter(is_name).collect(),
        Yaml::Mapping(entries) => entries
            .iter()
            .filter(|(_, value)| value.is_null())
            .filter_map(|(name, _)| name.as_str())
            .filter(is_name)
            .collect(),
        _ => Vec::new(),
    };
    names.extend(unset.into_iter().map(str::to_owned));
}
