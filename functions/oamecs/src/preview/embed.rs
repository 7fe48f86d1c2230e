//! A template around a document, as `oamecs embed` writes it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use oamecs::compose::needed_variables;
use oamecs::document::{Fault, YamlError};
use serde_yaml::Value as Yaml;

/// The template around the document of `file`. The document is put into a block string as it is, so that anchors, merge keys
/// and quoting keep their meaning. What it cannot do without becomes a parameter: the image of a service that is built, and
/// each variable without a default.
pub(crate) fn embed(document: &str, file: &Path) -> Result<String, Fault> {
    let document = document.strip_prefix('\u{feff}').unwrap_or(document).replace("\r\n", "\n");
    let values = oamecs::document::parse(&document).map_err(fault)?;
    let Some(root) = values.iter().find(|value| !value.is_null()) else {
        return Err(refused("the document is empty", "write a Compose document, a map with `services`"));
    };
    let mut template = Template::default();
    if is_release(root) {
        template.parameter("ImageTag", "The tag of the images that are released, or a digest", false);
        template.properties.push_str("      ImageTag: !Ref ImageTag\n");
        return Ok(template.write("Release", "OamEcs::Rollout", &document));
    }
    let Some(services) = root.get("services").and_then(Yaml::as_mapping) else {
        return Err(refused(
            "this is neither a Compose document, which is a map with `services`, nor a configuration of ECS Toolkit, and only such can be embedded by this version",
            "write the services below `services:`, each by its name",
        ));
    };
    let id = logical_id(root.get("name").and_then(Yaml::as_str), file);
    template.ids.insert(id.clone());
    let is_built = |service: &Yaml| service.get("build").is_some() && service.get("image").is_none();
    for name in services.iter().filter(|(_, service)| is_built(service)).filter_map(|(name, _)| name.as_str()) {
        template.image(name);
    }
    let mut names = Vec::new();
    collect_variables(root, &mut names);
    services.values().filter_map(|service| service.get("environment")).for_each(|each| collect_unset(each, &mut names));
    let mut seen = BTreeSet::new();
    for name in names.iter().filter(|name| seen.insert(name.as_str())) {
        template.variable(name);
    }
    Ok(template.write(&id, "OamEcs::Compose", &document))
}

/// Whether a document is a configuration of ECS Toolkit: it names a cluster, and its services are a list.
fn is_release(root: &Yaml) -> bool {
    let value = |name: &str| {
        let mut entries = root.as_mapping().into_iter().flatten();
        entries.find(|(key, _)| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name))).map(|(_, value)| value)
    };
    value("cluster").is_some_and(Yaml::is_string) && !value("services").is_some_and(Yaml::is_mapping)
}

fn refused(message: &str, fix: &str) -> Fault {
    Fault { message: message.to_owned(), fix: Some(fix.to_owned()), position: None }
}

fn fault(error: YamlError) -> Fault {
    match error {
        YamlError::Syntax(fault) => fault,
        other => Fault { message: other.to_string(), fix: None, position: None },
    }
}

/// The parts of a template that follow from a document.
#[derive(Default)]
struct Template {
    /// Logical ids that are taken.
    ids: BTreeSet<String>,
    parameters: String,
    images: String,
    variables: String,
    /// Of the declaration, besides.
    properties: String,
}

impl Template {
    fn image(&mut self, service: &str) {
        let id = self.id(&format!("{}Image", pascal(service)));
        let description = format!("Image of the service {service}, built and pushed before");
        self.parameter(&id, &description, false);
        let _ = writeln!(self.images, "        {}: !Ref {id}", key(service));
    }

    fn variable(&mut self, name: &str) {
        let words: Vec<String> = name.split('_').map(|word| pascal(&word.to_ascii_lowercase())).collect();
        let id = self.id(&words.concat());
        let is_secret =
            ["PASSWORD", "PASSWD", "SECRET", "TOKEN"].iter().any(|word| name.to_ascii_uppercase().contains(word));
        self.parameter(&id, &format!("Value of the variable {name}"), is_secret);
        let _ = writeln!(self.variables, "        {}: !Ref {id}", key(name));
    }

    fn parameter(&mut self, id: &str, description: &str, is_secret: bool) {
        let _ = writeln!(self.parameters, "  {id}:\n    Type: String\n    Description: {description}");
        if is_secret {
            self.parameters.push_str("    NoEcho: true\n");
        }
    }

    /// A logical id that is not taken.
    fn id(&mut self, wanted: &str) -> String {
        let wanted = identifier(wanted.to_owned());
        let mut id = wanted.clone();
        let mut number = 1;
        while !self.ids.insert(id.clone()) {
            number += 1;
            id = format!("{wanted}{number}");
        }
        id
    }

    fn write(&self, id: &str, kind: &str, document: &str) -> String {
        let section = |indentation: &str, name: &str, entries: &str| match entries {
            "" => String::new(),
            entries => format!("{indentation}{name}:\n{entries}"),
        };
        let mut text = String::from("Transform: OamEcs\n");
        text += &section("", "Parameters", &self.parameters);
        let _ = write!(text, "Resources:\n  {id}:\n    Type: {kind}\n    Properties:\n");
        text += &self.properties;
        text += &section("      ", "Images", &self.images);
        text += &section("      ", "Variables", &self.variables);
        // The indicator tells the indentation where the first line is itself indented.
        text.push_str("      Document: |2\n");
        for line in document.trim_end().lines() {
            if line.trim().is_empty() {
                text.push('\n');
            } else {
                let _ = writeln!(text, "        {line}");
            }
        }
        text.trim_end().to_owned()
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

/// A logical id of the project's name, else of the file's, else of the folder's where all files are called `compose.yaml`.
fn logical_id(name: Option<&str>, file: &Path) -> String {
    let text = |part: Option<&std::ffi::OsStr>| part.and_then(std::ffi::OsStr::to_str).map(str::to_owned);
    let stem =
        text(file.file_stem()).filter(|stem| !matches!(stem.split('.').next(), Some("compose" | "docker-compose")));
    let name = name.filter(|name| !name.contains('$')).map(str::to_owned);
    let folder = || text(file.parent().and_then(Path::file_name));
    identifier(pascal(&name.or(stem).or_else(folder).unwrap_or_default()))
}

/// A logical id starts with a letter.
fn identifier(id: String) -> String {
    if id.starts_with(|first: char| first.is_ascii_alphabetic()) { id } else { format!("App{id}") }
}

fn pascal(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    words
        .filter_map(|word| {
            let mut characters = word.chars();
            Some(characters.next()?.to_ascii_uppercase().to_string() + characters.as_str())
        })
        .collect()
}

/// A key that YAML reads as the text it is.
fn key(name: &str) -> String {
    const WORDS: [&str; 10] = ["on", "off", "yes", "no", "y", "n", "true", "false", "null", "nan"];
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "_-.".contains(character))
        && !WORDS.contains(&name.to_ascii_lowercase().as_str());
    if is_plain { name.to_owned() } else { format!("{name:?}") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{embed, logical_id};

    #[test]
    fn what_a_document_cannot_do_without_becomes_a_parameter() {
        let document = "services:\n  web:\n    build: .\n    environment: [API_KEY, A=b]\n    command: \"${DB_PASSWORD} ${TAG:-1}\"\n";
        let expected = "\
Transform: OamEcs
Parameters:
  WebImage:
    Type: String
    Description: Image of the service web, built and pushed before
  DbPassword:
    Type: String
    Description: Value of the variable DB_PASSWORD
    NoEcho: true
  ApiKey:
    Type: String
    Description: Value of the variable API_KEY
Resources:
  Shop:
    Type: OamEcs::Compose
    Properties:
      Images:
        web: !Ref WebImage
      Variables:
        DB_PASSWORD: !Ref DbPassword
        API_KEY: !Ref ApiKey
      Document: |2
        services:
          web:
            build: .
            environment: [API_KEY, A=b]
            command: \"${DB_PASSWORD} ${TAG:-1}\"";
        assert_eq!(embed(document, Path::new("/home/shop.yaml")), Ok(expected.to_owned()));
    }

    #[test]
    fn the_logical_id_is_that_of_the_project_the_file_or_the_folder() {
        for (name, file, id) in [
            (Some("my-shop"), "/a/b.yaml", "MyShop"),
            (None, "/a/web-shop.yaml", "WebShop"),
            (None, "/my_shop/compose.yaml", "MyShop"),
            (None, "/shop/docker-compose.override.yml", "Shop"),
            (None, "/compose.yaml", "App"),
            (None, "/2048/compose.yaml", "App2048"),
        ] {
            assert_eq!(logical_id(name, Path::new(file)), id);
        }
    }
}
