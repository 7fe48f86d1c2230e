//! A template around documents, as `oamecs embed` writes it.

mod format;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use format::Format;
use oamecs::document::{Fault, YamlError};

/// A file with documents.
pub(crate) struct File<'a> {
    /// Where it is: its name may say what is in it, and what it is of.
    pub(crate) path: &'a Path,
    /// What is in it.
    pub(crate) text: &'a str,
}

/// The template around the documents of `files`, in their order. Each file is put into a block string as it is, so that
/// anchors, merge keys and quoting keep their meaning. What a document cannot do without becomes a parameter: the image of
/// a service that is built, each variable without a default, and what its tool had from the command line.
///
/// # Errors
/// The place in `files` of a file that cannot be embedded, and why.
pub(crate) fn embed(files: &[File<'_>]) -> Result<String, (usize, Fault)> {
    let mut template = Template::default();
    let (mut documents, mut format) = (Vec::new(), None);
    for (index, file) in files.iter().enumerate() {
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(file.text).replace("\r\n", "\n");
        let values = oamecs::document::parse(&text).map_err(|error| (index, fault(error)))?;
        let found = format::of(&values, file.path).map_err(|fault| (index, fault))?;
        if *format.get_or_insert(found) != found {
            let fix = "embed each format by itself, and copy the resources into one template";
            return Err((index, refused("this is of another format than the files before", fix)));
        }
        if template.id.is_empty() {
            template.id = match found {
                // The file is called like the tool.
                Format::Rollout => "Release".to_owned(),
                _ => logical_id(format::name(&values), file.path),
            };
            template.ids.insert(template.id.clone());
        }
        format::needs(found, &values, &mut template);
        documents.push(text);
    }
    Ok(format.map(|format| template.write(format.kind(), &documents)).unwrap_or_default())
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

/// The parts of a template that follow from documents.
#[derive(Default)]
struct Template {
    /// The logical id of the declaration.
    id: String,
    /// Logical ids that are taken.
    ids: BTreeSet<String>,
    /// Variables that have a parameter.
    known: BTreeSet<String>,
    parameters: String,
    /// Properties of the declaration that stand alone.
    properties: String,
    images: String,
    variables: String,
}

impl Template {
    /// A parameter for the image of a service that is built.
    fn image(&mut self, service: &str) {
        let id = self.id(&format!("{}Image", pascal(service)));
        let description = format!("Image of the service {service}, built and pushed before");
        self.parameter(&id, &description, false);
        let _ = writeln!(self.images, "        {}: !Ref {id}", key(service));
    }

    /// A parameter for a variable, once.
    fn variable(&mut self, name: &str) {
        if !self.known.insert(name.to_owned()) {
            return;
        }
        let words: Vec<String> = name.split('_').map(|word| pascal(&word.to_ascii_lowercase())).collect();
        let id = self.id(&words.concat());
        let is_secret = ["PASSWORD", "PASSWD", "PWD", "SECRET", "TOKEN"]
            .iter()
            .any(|word| name.to_ascii_uppercase().contains(word));
        self.parameter(&id, &format!("Value of the variable {name}"), is_secret);
        let _ = writeln!(self.variables, "        {}: !Ref {id}", key(name));
    }

    /// A parameter that a property of the declaration refers to; `{}` of the property is where.
    fn property(&mut self, parameter: &str, description: &str, property: &str) {
        if self.known.insert(parameter.to_owned()) {
            let id = self.id(parameter);
            self.parameter(&id, description, false);
            let _ = writeln!(self.properties, "      {}", property.replace("{}", &format!("!Ref {id}")));
        }
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

    fn write(&self, kind: &str, documents: &[String]) -> String {
        let section = |indentation: &str, name: &str, entries: &str| match entries {
            "" => String::new(),
            entries => format!("{indentation}{name}:\n{entries}"),
        };
        let mut text = String::from("Transform: OamEcs\n");
        text += &section("", "Parameters", &self.parameters);
        let _ = write!(text, "Resources:\n  {}:\n    Type: {kind}\n    Properties:\n", self.id);
        text += &self.properties;
        text += &section("      ", "Images", &self.images);
        text += &section("      ", "Variables", &self.variables);
        // The indicator tells the indentation where the first line is itself indented.
        let is_list = documents.len() > 1;
        let indentation = if is_list { "          " } else { "        " };
        text.push_str(if is_list { "      Document:\n" } else { "      Document: |2\n" });
        for document in documents {
            if is_list {
                text.push_str("        - |2\n");
            }
            for line in document.trim_end().lines() {
                if line.trim().is_empty() {
                    text.push('\n');
                } else {
                    let _ = writeln!(text, "{indentation}{line}");
                }
            }
        }
        text.trim_end().to_owned()
    }
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

    use super::{File, embed, logical_id};

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
        let file = File { path: Path::new("/home/shop.yaml"), text: document };
        assert_eq!(embed(&[file]).unwrap(), expected);
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
